//! What a script in `/usr/share/wpimg/jobs` writes: lines for the log, and lines for us.
//!
//! A line that begins with [`FOR_US`] is not logged: it names the process that runs the script, or how the
//! script ended. One that ends without saying so has failed, whatever killed it.

use super::lines::LineSplitter;

/// No log line begins with this control character.
const FOR_US: u8 = 0x01;

/// What has been understood of the script's output so far.
#[derive(Debug, Default)]
pub(super) struct ScriptOutput {
    /// Up to the empty line, php-fpm writes the header of a web page.
    header_is_over: bool,
    lines: LineSplitter,
    process: Option<i32>,
    verdict: Option<u8>,
    values: Vec<String>,
}

impl ScriptOutput {
    /// Takes in output; each line for the log goes to `log`.
    pub(super) fn push(&mut self, output: &[u8], mut log: impl FnMut(&[u8])) {
        let Self {
            header_is_over,
            lines,
            process,
            verdict,
            values,
        } = self;
        lines.push(output, |line| {
            let text = line.trim_ascii_end();
            if !*header_is_over {
                *header_is_over = text.is_empty();
                return;
            }
            let Some(told) = text.strip_prefix(&[FOR_US]) else {
                if !text.is_empty() {
                    log(line);
                }
                return;
            };
            let told = String::from_utf8_lossy(told);
            match told.split_once(' ') {
                // The first one counts: the site's own code is not loaded before it is written.
                Some(("process", pid)) => *process = process.or(pid.parse().ok()),
                Some(("exit", code)) => *verdict = code.parse().ok(),
                Some(("value", value)) => values.push(value.to_owned()),
                _ => {}
            }
        });
    }

    /// The process that runs the script.
    pub(super) fn process(&self) -> Option<i32> {
        self.process
    }

    /// The exit status of the script, and what it answers; `None` when it was cut short.
    pub(super) fn finish(self, mut log: impl FnMut(&[u8])) -> Option<(u8, Vec<String>)> {
        self.lines.finish(|line| {
            if !line.starts_with(&[FOR_US]) {
                log(line);
            }
        });
        self.verdict.map(|code| (code, self.values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Understood {
        process: Option<i32>,
        logged: Vec<String>,
        verdict: Option<(u8, Vec<String>)>,
    }

    fn understood(pieces: &[&str]) -> Understood {
        let mut logged = Vec::new();
        let mut output = ScriptOutput::default();
        let mut log = |line: &[u8]| logged.push(String::from_utf8_lossy(line).into_owned());
        for piece in pieces {
            output.push(piece.as_bytes(), &mut log);
        }
        let process = output.process();
        let verdict = output.finish(&mut log);
        Understood {
            process,
            logged,
            verdict,
        }
    }

    #[test]
    fn lines_are_logged_without_the_header_and_without_what_is_for_us() {
        let all = understood(&[
            "X-Powered-By: x\r\nContent-type: text/html\r\n\r",
            "\n\u{1}process 42\nwaiting for the ",
            "database\n\n\u{1}value http://a b\n\u{1}exit 0\n",
        ]);
        assert_eq!(all.process, Some(42));
        assert_eq!(all.logged, ["waiting for the database\n"]);
        assert_eq!(all.verdict, Some((0, vec!["http://a b".to_owned()])));
    }

    #[test]
    fn a_script_that_does_not_say_how_it_ended_has_no_verdict() {
        let all = understood(&["A: b\r\n\r\nFatal error: x"]);
        assert_eq!(all.logged, ["Fatal error: x\n"]);
        assert_eq!(all.verdict, None);
    }

    #[test]
    fn only_the_first_process_counts() {
        let all = understood(&["\r\n\u{1}process 42\n\u{1}process 1\n"]);
        assert_eq!(all.process, Some(42));
    }
}
