//! The command line: nothing, `-- CMD ARGS`, `--help` or `--version`.
//!
//! Written by hand because an argument parser would be larger than the rest of the binary. A bare
//! `wpimg-init CMD` is refused, so that later subcommands cannot change what an existing call means.

use std::ffi::OsString;

use thiserror::Error;

use crate::exit_code;

/// What the program was asked to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Configure WordPress and supervise its services.
    Serve,
    /// Be a plain init for this command, which is never empty.
    Command(Vec<OsString>),
    Help,
    Version,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ArgumentsError {
    #[error("unexpected argument `{argument}`")]
    Unexpected { argument: String },
    #[error("`--` must be followed by a command")]
    NoCommand,
}

impl ArgumentsError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Unexpected { argument } if argument.starts_with('-') => {
                Some("run `wpimg-init --help`".to_owned())
            }
            Self::Unexpected { argument } => Some(format!(
                "to run a command, put `--` before it: `wpimg-init -- {argument}`"
            )),
            Self::NoCommand => Some("run `wpimg-init` alone to serve WordPress".to_owned()),
        }
    }
}

pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Mode, ArgumentsError> {
    let mut arguments = arguments.into_iter();
    let Some(first) = arguments.next() else {
        return Ok(Mode::Serve);
    };
    let mode = match first.to_str() {
        Some("--") => {
            let command: Vec<OsString> = arguments.by_ref().collect();
            if command.is_empty() {
                return Err(ArgumentsError::NoCommand);
            }
            Mode::Command(command)
        }
        Some("-h" | "--help") => Mode::Help,
        Some("-V" | "--version") => Mode::Version,
        _ => return Err(unexpected(&first)),
    };
    match arguments.next() {
        None => Ok(mode),
        Some(extra) => Err(unexpected(&extra)),
    }
}

fn unexpected(argument: &OsString) -> ArgumentsError {
    ArgumentsError::Unexpected {
        argument: argument.to_string_lossy().into_owned(),
    }
}

pub(crate) fn help() -> String {
    format!("{HELP}\nExit codes:\n{}", exit_code::TABLE)
}

const HELP: &str = "\
Serve WordPress with nginx and php-fpm, or run a command under a small init

Usage:
  wpimg-init               Configure WordPress, then supervise php-fpm and nginx
  wpimg-init -- CMD ARGS   Run CMD, forward signals to it, reap orphans, exit with its code
  wpimg-init --help        Print this text
  wpimg-init --version     Print the version

Settings of WordPress, each also as NAME_FILE holding the path of a file with the value:
  WORDPRESS_DB_HOST, _DB_USER, _DB_PASSWORD, _DB_NAME, _DB_CHARSET, _DB_COLLATE,
  WORDPRESS_TABLE_PREFIX, WORDPRESS_DEBUG, WORDPRESS_CONFIG_EXTRA,
  WORDPRESS_AUTH_KEY, _SECURE_AUTH_KEY, _LOGGED_IN_KEY, _NONCE_KEY,
  WORDPRESS_AUTH_SALT, _SECURE_AUTH_SALT, _LOGGED_IN_SALT, _NONCE_SALT
  WPIMG_SALT_MASTER        One secret of at least 32 bytes from which missing keys are derived

Settings of the container:
  WPIMG_HTTP_PORT          Port nginx listens on (8080)
  WPIMG_UPLOAD_LIMIT       Largest upload, for nginx and PHP alike (64M)
  WPIMG_PHP_WORKERS        Number of PHP workers (twice the processors, at least 5)
  WPIMG_STOP_TIMEOUT       Seconds from the stop signal to the end, whatever happens (25)
  WPIMG_DRAIN_DELAY        Seconds to serve with a failing /healthz before stopping (0)
  WPIMG_RUN_DIR            The one writable directory (/run/wpimg)

Signals:
  TERM, INT, QUIT          Stop without losing a request; a second one hurries
  HUP                      Reload nginx and php-fpm
  USR1                     Reopen logs
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Mode, ArgumentsError> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn no_argument_means_serve() {
        assert_eq!(parsed(&[]), Ok(Mode::Serve));
    }

    #[test]
    fn options_after_the_dashes_belong_to_the_command() {
        assert_eq!(
            parsed(&["--", "sh", "--help", "--"]),
            Ok(Mode::Command(vec![
                "sh".into(),
                "--help".into(),
                "--".into()
            ]))
        );
    }

    #[test]
    fn a_bare_command_is_refused_with_the_right_call_as_hint() {
        let error = parsed(&["bash"]).unwrap_err();
        assert_eq!(error.to_string(), "unexpected argument `bash`");
        assert!(error.hint().unwrap().contains("`wpimg-init -- bash`"));
    }

    #[test]
    fn dashes_without_a_command_are_refused() {
        assert_eq!(parsed(&["--"]), Err(ArgumentsError::NoCommand));
    }

    #[test]
    fn nothing_may_follow_help() {
        assert!(parsed(&["--help", "more"]).is_err());
    }
}
