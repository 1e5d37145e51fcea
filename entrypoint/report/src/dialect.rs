//! What a program's line says of itself: how serious it is, and which part of it is the message.
//!
//! php-fpm writes `[21-Nov-2026 16:24:19] NOTICE: fpm is running, pid 7` for itself, and for PHP
//! `NOTICE: PHP message: PHP Warning:  …`, where every level but the inner one is a notice. nginx's error
//! log is `2026/11/21 16:24:19 [warn] 14#14: …`. A job of ours puts `<3>` before a line, as
//! sd-daemon(3) has it.

use super::level::Level;

/// How to read a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// JSON objects that only the program itself can have written: nginx's access log, metrics.
    Objects,
    Nginx,
    PhpFpm,
    Prioritised,
    Text,
}

/// A line, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spoken<'a> {
    pub(super) level: Option<Level>,
    /// Without what is told in fields of their own: time and level.
    pub(super) message: &'a [u8],
    /// For people, who are shown no fields.
    pub(super) plain: &'a [u8],
}

impl Dialect {
    pub(super) fn read(self, line: &[u8]) -> Spoken<'_> {
        match self {
            Self::Objects | Self::Text => Spoken::as_it_is(line),
            Self::Nginx => nginx(line),
            Self::PhpFpm => php_fpm(line),
            Self::Prioritised => prioritised(line),
        }
    }
}

impl<'a> Spoken<'a> {
    fn as_it_is(line: &'a [u8]) -> Self {
        Self {
            level: None,
            message: line,
            plain: line,
        }
    }
}

fn php_fpm(line: &[u8]) -> Spoken<'_> {
    let undated = without_date(line).unwrap_or(line);
    let Some((level, said)) = after_word(undated, &FPM_LEVELS) else {
        return Spoken::as_it_is(line);
    };
    match said.strip_prefix(b"PHP message: ") {
        Some(message) => Spoken {
            level: Some(after_word(message, &PHP_LEVELS).map_or(level, |(level, _)| level)),
            message,
            plain: message,
        },
        None => Spoken {
            level: Some(level),
            message: said,
            plain: line,
        },
    }
}

/// php-src, `fpm/zlog.c`.
const FPM_LEVELS: [(&[u8], Level); 5] = [
    (b"NOTICE: ", Level::Notice),
    (b"WARNING: ", Level::Warning),
    (b"ERROR: ", Level::Error),
    (b"ALERT: ", Level::Critical),
    (b"DEBUG: ", Level::Debug),
];

/// php-src, `php_error_cb` in `main/main.c`.
const PHP_LEVELS: [(&[u8], Level); 7] = [
    (b"PHP Warning: ", Level::Warning),
    (b"PHP Notice: ", Level::Notice),
    (b"PHP Deprecated: ", Level::Notice),
    (b"PHP Fatal error: ", Level::Error),
    (b"PHP Parse error: ", Level::Error),
    (b"PHP Recoverable fatal error: ", Level::Error),
    (b"PHP Unknown error: ", Level::Error),
];

/// `[21-Nov-2026 16:24:19] `, or with microseconds.
fn without_date(line: &[u8]) -> Option<&[u8]> {
    let inside = line.strip_prefix(b"[")?;
    let end = inside.iter().take(32).position(|byte| *byte == b']')?;
    let looks_right = inside.first()?.is_ascii_digit() && inside[..end].contains(&b':');
    inside[end..].strip_prefix(b"] ").filter(|_| looks_right)
}

fn after_word<'a>(text: &'a [u8], words: &[(&[u8], Level)]) -> Option<(Level, &'a [u8])> {
    words
        .iter()
        .find_map(|(word, level)| Some((*level, text.strip_prefix(*word)?)))
}

/// nginx, `ngx_log_error_core`: the date is always nineteen characters.
fn nginx(line: &[u8]) -> Spoken<'_> {
    const DATE: usize = "2026/11/21 16:24:19 ".len();
    let undated = match line.get(..DATE) {
        Some(date) if date[0].is_ascii_digit() && date[4] == b'/' => &line[DATE..],
        // `nginx: [emerg] …`, before there is a log.
        _ => line.strip_prefix(b"nginx: ").unwrap_or(line),
    };
    match after_word(undated, &NGINX_LEVELS) {
        Some((level, message)) => Spoken {
            level: Some(level),
            message,
            plain: line,
        },
        None => Spoken::as_it_is(line),
    }
}

const NGINX_LEVELS: [(&[u8], Level); 8] = [
    (b"[notice] ", Level::Notice),
    (b"[warn] ", Level::Warning),
    (b"[error] ", Level::Error),
    (b"[info] ", Level::Info),
    (b"[crit] ", Level::Critical),
    (b"[alert] ", Level::Critical),
    (b"[emerg] ", Level::Critical),
    (b"[debug] ", Level::Debug),
];

fn prioritised(line: &[u8]) -> Spoken<'_> {
    match line {
        [b'<', digit @ b'0'..=b'7', b'>', message @ ..] => Spoken {
            level: Level::of_priority(*digit),
            message,
            plain: message,
        },
        _ => Spoken::as_it_is(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dialect: Dialect, line: &str, level: Option<Level>, message: &str, plain: &str) {
        let spoken = dialect.read(line.as_bytes());
        assert_eq!(spoken.level, level, "{line}");
        assert_eq!(str::from_utf8(spoken.message).unwrap(), message);
        assert_eq!(str::from_utf8(spoken.plain).unwrap(), plain);
    }

    #[test]
    fn a_php_error_has_its_own_level_and_not_that_of_php_fpm() {
        for (said, level) in [
            ("PHP Warning:  no such key", Level::Warning),
            ("PHP Fatal error:  Uncaught Exception: boom", Level::Error),
            ("PHP Deprecated:  old", Level::Notice),
            ("what a plugin logs", Level::Notice),
        ] {
            let line = format!("NOTICE: PHP message: {said}");
            check(Dialect::PhpFpm, &line, Some(level), said, said);
        }
    }

    #[test]
    fn php_fpm_speaks_for_itself_too() {
        let line = "[21-Nov-2026 16:24:19] WARNING: [pool www] child 9 exited on signal 9";
        check(
            Dialect::PhpFpm,
            line,
            Some(Level::Warning),
            "[pool www] child 9 exited on signal 9",
            line,
        );
        for line in ["#0 /var/www/html/err.php(1): f()", "[1] x", "[", ""] {
            check(Dialect::PhpFpm, line, None, line, line);
        }
    }

    #[test]
    fn the_error_log_of_nginx_loses_its_date_where_there_is_a_field_for_it() {
        let line = "2026/11/21 16:24:19 [crit] 14#14: *1 open() failed";
        check(
            Dialect::Nginx,
            line,
            Some(Level::Critical),
            "14#14: *1 open() failed",
            line,
        );
        let early = "nginx: [emerg] unknown directive \"x\"";
        check(
            Dialect::Nginx,
            early,
            Some(Level::Critical),
            "unknown directive \"x\"",
            early,
        );
        for line in ["2026/11/21 16:24:19", "", "nginx: ready"] {
            check(Dialect::Nginx, line, None, line, line);
        }
    }

    #[test]
    fn a_job_says_how_serious_it_is() {
        check(
            Dialect::Prioritised,
            "<3>error: no such secret",
            Some(Level::Error),
            "error: no such secret",
            "error: no such secret",
        );
        for line in ["<b>bold</b>", "<9>", "<3", ""] {
            check(Dialect::Prioritised, line, None, line, line);
        }
        // Only a job of ours is believed.
        check(Dialect::Text, "<3>x", None, "<3>x", "<3>x");
    }

    #[test]
    fn every_level_survives_the_way_through_a_job() {
        for level in [
            Level::Debug,
            Level::Info,
            Level::Notice,
            Level::Warning,
            Level::Error,
            Level::Critical,
        ] {
            assert_eq!(Level::of_priority(level.priority()), Some(level));
        }
    }
}
