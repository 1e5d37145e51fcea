//! One request to php-fpm over its socket.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use thiserror::Error;

use super::records::{Answer, Record, request};
use super::script::ScriptOutput;
use crate::process::Signals;

/// From the signal that ends a job to the end of its script, which may finish what it is doing. A second
/// less than the schedule's own patience, so that we are still there to end it.
const LAST_CHANCE: Duration = Duration::from_secs(4);

/// A request is small, and php-fpm reads it at once.
const SENDING: Duration = Duration::from_secs(5);

/// Where php-fpm is, and who asks.
pub(in crate::jobs) struct Call<'a> {
    pub(in crate::jobs) socket: PathBuf,
    /// Its TERM ends the script.
    pub(in crate::jobs) signals: &'a Signals,
}

/// A page of the site as php-fpm answers it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::jobs) struct Page {
    pub(in crate::jobs) length: usize,
    pub(in crate::jobs) took: Duration,
}

#[derive(Debug, Error)]
pub(in crate::jobs) enum CallError {
    #[error("cannot reach php-fpm at `{socket}`")]
    Connect {
        socket: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("lost the connection to php-fpm during `{script}`")]
    Lost {
        script: String,
        #[source]
        source: io::Error,
    },
    #[error("php-fpm refused to run `{script}` (FastCGI status {status})")]
    Refused { script: String, status: u8 },
    #[error("`{script}` ended without saying how; the lines before this one may say why")]
    NoVerdict { script: String },
    #[error("`{script}` was ended before it had finished")]
    Ended { script: String },
    #[error("`{script}` took longer than {limit:?}")]
    TookTooLong { script: String, limit: Duration },
}

impl CallError {
    pub(in crate::jobs) fn hint(&self) -> Option<String> {
        match self {
            Self::Connect { .. } => {
                Some("jobs run inside php-fpm: start them in a container that serves".to_owned())
            }
            Self::Lost { .. }
            | Self::Refused { .. }
            | Self::NoVerdict { .. }
            | Self::Ended { .. }
            | Self::TookTooLong { .. } => None,
        }
    }
}

/// Runs a script of ours; its lines go to `log`. Returns its exit status and what it answers.
pub(in crate::jobs) fn run_script(
    call: &Call<'_>,
    script: &Path,
    parameters: &[(&str, &str)],
    log: &mut dyn FnMut(&[u8]),
) -> Result<(u8, Vec<String>), CallError> {
    let name = script.display().to_string();
    let mut all = vec![
        ("SCRIPT_FILENAME", name.as_str()),
        ("SCRIPT_NAME", "/index.php"),
        ("REQUEST_URI", "/"),
        ("HTTP_HOST", "localhost"),
        ("SERVER_NAME", "localhost"),
        ("SERVER_PORT", "80"),
    ];
    all.extend_from_slice(parameters);
    let mut output = ScriptOutput::default();
    let mut connection = Connection::open(call, &name, &all)?;
    let mut end = None;
    loop {
        let limit = end.map(|end: Instant| end.saturating_duration_since(Instant::now()));
        match connection.wait(limit)? {
            Came::Record(Record::Output(text) | Record::Error(text)) => {
                output.push(&text, &mut *log);
            }
            Came::Record(Record::End { status: 0 }) | Came::Closed => break,
            Came::Record(Record::End { status }) => {
                let script = name;
                return Err(CallError::Refused { script, status });
            }
            Came::Term => {
                end.get_or_insert_with(|| Instant::now() + LAST_CHANCE);
            }
            Came::NothingInTime => {
                if let Some(process) = output.process() {
                    end_worker(process);
                }
                return Err(CallError::Ended { script: name });
            }
        }
    }
    let verdict = output.finish(log);
    verdict.ok_or(CallError::NoVerdict { script: name })
}

/// Asks for a page of the site as a visitor would, for at most `limit`.
pub(in crate::jobs) fn visit(
    call: &Call<'_>,
    parameters: &[(&str, &str)],
    limit: Duration,
) -> Result<Page, CallError> {
    let began = Instant::now();
    let script = "index.php".to_owned();
    let mut connection = Connection::open(call, &script, parameters)?;
    let mut length = 0;
    loop {
        let left = limit.saturating_sub(began.elapsed());
        match connection.wait(Some(left))? {
            Came::Record(Record::Output(text)) => length += text.len(),
            Came::Record(Record::Error(_)) => {}
            Came::Record(Record::End { status: 0 }) | Came::Closed => {
                let took = began.elapsed();
                return Ok(Page { length, took });
            }
            Came::Record(Record::End { status }) => {
                return Err(CallError::Refused { script, status });
            }
            Came::Term | Came::NothingInTime => {
                return Err(CallError::TookTooLong { script, limit });
            }
        }
    }
}

/// php-fpm does not end a script whose client has gone. Its worker itself does when it gets TERM.
fn end_worker(process: i32) {
    // The number comes out of a process of the site, and we may be root: it must not name one that is more
    // than the site is.
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let is_ours_to_end = process > 1 && (!geteuid().is_root() || !is_of_root(&status));
    if is_ours_to_end {
        // ESRCH when it has ended by itself meanwhile.
        let _ = kill(Pid::from_raw(process), Signal::SIGTERM);
    }
}

/// Whether one of the four user ids in `/proc/PID/status` is root's. The owner of `/proc/PID` says nothing: it
/// is root for every process that has changed its user.
fn is_of_root(status: &str) -> bool {
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.is_none_or(|ids| ids.split_whitespace().any(|id| id == "0"))
}

enum Came {
    Record(Record),
    Closed,
    Term,
    NothingInTime,
}

struct Connection<'a> {
    stream: UnixStream,
    answer: Answer,
    script: String,
    signals: &'a Signals,
}

impl<'a> Connection<'a> {
    fn open(call: &Call<'a>, script: &str, parameters: &[(&str, &str)]) -> Result<Self, CallError> {
        let connect = || -> io::Result<UnixStream> {
            let stream = UnixStream::connect(&call.socket)?;
            stream.set_write_timeout(Some(SENDING))?;
            Ok(stream)
        };
        let mut connection = Self {
            stream: connect().map_err(|source| CallError::Connect {
                socket: call.socket.clone(),
                source,
            })?,
            answer: Answer::default(),
            script: script.to_owned(),
            signals: call.signals,
        };
        let common = [
            ("GATEWAY_INTERFACE", "CGI/1.1"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("SERVER_SOFTWARE", "wpimg-init"),
            ("REQUEST_METHOD", "GET"),
            ("QUERY_STRING", ""),
            ("REMOTE_ADDR", "127.0.0.1"),
        ];
        let all: Vec<_> = common.iter().chain(parameters).copied().collect();
        let sent = connection.stream.write_all(&request(&all));
        sent.map_err(|source| connection.lost(source))?;
        Ok(connection)
    }

    fn wait(&mut self, limit: Option<Duration>) -> Result<Came, CallError> {
        loop {
            if let Some(record) = self.answer.next() {
                return Ok(Came::Record(record));
            }
            if self.signals.take().contains(&Signal::SIGTERM) {
                return Ok(Came::Term);
            }
            let mut sources = [
                PollFd::new(self.stream.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.signals.wake(), PollFlags::POLLIN),
            ];
            let timeout = limit.map_or(PollTimeout::NONE, |limit| {
                let milliseconds = limit.as_millis().saturating_add(1);
                PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX)
            });
            match poll(&mut sources, timeout) {
                Ok(0) => return Ok(Came::NothingInTime),
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(self.lost(errno.into())),
            }
            let can_be_read = sources[0].any().unwrap_or(false);
            if can_be_read {
                let mut buffer = [0; 8192];
                match self.stream.read(&mut buffer) {
                    Ok(0) => return Ok(Came::Closed),
                    Ok(count) => self.answer.push(&buffer[..count]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(self.lost(error)),
                }
            }
        }
    }

    fn lost(&self, source: io::Error) -> CallError {
        CallError::Lost {
            script: self.script.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// Asks a server that reads one request and writes `answer`.
    fn check<T>(answer: &'static [u8], ask: impl FnOnce(&Call<'_>) -> T) -> T {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("fpm.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let server = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let count = connection.read(&mut request).unwrap();
            connection.write_all(answer).unwrap();
            request[..count].to_vec()
        });
        // Nothing sends it here.
        let signals = &Signals::install([Signal::SIGWINCH]).unwrap();
        let result = ask(&Call { socket, signals });
        let request = server.join().unwrap();
        let is_asked = |text: &[u8]| request.windows(text.len()).any(|window| window == text);
        assert!(is_asked(b"REQUEST_METHODGET"));
        result
    }

    fn run(answer: &'static [u8]) -> (Result<(u8, Vec<String>), CallError>, String) {
        let mut logged = Vec::new();
        let done = check(answer, |call| {
            let script = Path::new("/usr/share/wpimg/jobs/cron.php");
            let log = &mut |line: &[u8]| logged.extend_from_slice(line);
            run_script(call, script, &[("WPIMG_CRON_TIMEOUT", "300")], log)
        });
        (done, String::from_utf8(logged).unwrap())
    }

    #[test]
    fn a_script_is_asked_its_lines_are_logged_and_its_status_is_the_answer() {
        let (done, logged) = run(b"\x01\x06\0\x01\0\x15\0\0A: b\r\n\r\none\n\x01exit 75\n\
              \x01\x07\0\x01\0\x04\0\0two\n\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(done.unwrap(), (75, Vec::new()));
        assert_eq!(logged, "one\ntwo\n");
    }

    #[test]
    fn a_script_that_was_killed_has_failed() {
        let (done, logged) = run(b"\x01\x06\0\x01\0\x07\0\0\r\n\r\none");
        assert!(matches!(done, Err(CallError::NoVerdict { .. })), "{done:?}");
        assert_eq!(logged, "one\n");
    }

    #[test]
    fn an_overloaded_php_fpm_is_an_error_that_names_the_script() {
        let (done, _) = run(b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\x02\0\0\0");
        let message = done.unwrap_err().to_string();
        assert!(
            message.contains("cron.php") && message.contains("status 2"),
            "{message}"
        );
    }

    #[test]
    fn a_page_is_measured() {
        let page = check(
            b"\x01\x06\0\x01\0\x04\0\0page\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0",
            |call| visit(call, &[("HTTP_HOST", "shop.example")], SENDING),
        );
        assert_eq!(page.unwrap().length, 4);
    }

    #[test]
    fn a_socket_that_nobody_listens_to_is_named() {
        let signals = &Signals::install([Signal::SIGWINCH]).unwrap();
        let socket = "/nowhere/fpm.sock".into();
        let error = visit(&Call { socket, signals }, &[], SENDING).unwrap_err();
        assert!(error.to_string().contains("/nowhere/fpm.sock"));
        assert!(error.hint().is_some());
    }

    #[test]
    fn only_a_process_without_roots_rights_may_be_ended() {
        assert!(!is_of_root("Name:\tphp-fpm8.4\nUid:\t33\t33\t33\t33\n"));
        assert!(is_of_root("Uid:\t33\t33\t0\t33\n"));
        assert!(
            is_of_root(""),
            "it is gone, and its number may be another's"
        );
    }
}
