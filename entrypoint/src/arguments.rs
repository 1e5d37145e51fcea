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
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unexpected { argument } if argument.starts_with('-') => {
                "run `wpimg-init --help`".to_owned()
            }
            Self::Unexpected { argument } => {
                format!("to run a command, put `--` before it: `wpimg-init -- {argument}`")
            }
            Self::NoCommand => "run `wpimg-init` alone to serve WordPress".to_owned(),
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

Settings of WordPress, as in the official image. Each may be given as NAME_FILE instead, with the
path of a file that holds the value; to give both is an error:
  WORDPRESS_DB_HOST        Host, host:port or host:/path/of/socket of the database (mysql)
  WORDPRESS_DB_USER        (example username)
  WORDPRESS_DB_PASSWORD    (example password)
  WORDPRESS_DB_NAME        (wordpress)
  WORDPRESS_DB_CHARSET     (utf8)
  WORDPRESS_DB_COLLATE     (empty: as the charset has it)
  WORDPRESS_TABLE_PREFIX   Letters, digits and underscores (wp_)
  WORDPRESS_DEBUG          Anything but an empty value and 0 sets WP_DEBUG (empty)
  WORDPRESS_CONFIG_EXTRA   Lines of PHP for wp-config.php (empty)
  WORDPRESS_AUTH_KEY, _SECURE_AUTH_KEY, _LOGGED_IN_KEY, _NONCE_KEY,
  WORDPRESS_AUTH_SALT, _SECURE_AUTH_SALT, _LOGGED_IN_SALT, _NONCE_SALT
                           (derived from WPIMG_SALT_MASTER, else kept in the database)
  WPIMG_SALT_MASTER        One secret of at least 32 bytes from which missing keys are derived

Settings of the container:
  WPIMG_HTTP_PORT          Port nginx listens on, 1 to 65535 (8080)
  WPIMG_UPLOAD_LIMIT       Largest upload for nginx and PHP alike, with K, M or G; up to 16G (64M)
  WPIMG_PHP_WORKERS        Number of PHP workers, 1 to 1000 (four per processor and at least 5,
                           as far as 64 MiB each beside 256 MiB fit into the memory)
  WPIMG_STOP_TIMEOUT       Seconds from the stop signal to the end, 1 to 3600 (25)
  WPIMG_DRAIN_DELAY        Seconds of these to serve on with a failing /healthz (0)
  WPIMG_RUN_DIR            The one writable directory (/run/wpimg, else /dev/shm/wpimg, /tmp/wpimg)

Signals:
  TERM, INT, QUIT          Stop without losing a request; a second one hurries
  HUP                      Read every NAME_FILE again, reload nginx and php-fpm
  USR1                     Reopen logs
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Capacity, Settings};

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
        assert!(error.hint().contains("`wpimg-init -- bash`"));
    }

    #[test]
    fn dashes_without_a_command_are_refused() {
        assert_eq!(parsed(&["--"]), Err(ArgumentsError::NoCommand));
    }

    #[test]
    fn nothing_may_follow_help() {
        assert!(parsed(&["--help", "more"]).is_err());
    }

    #[test]
    fn help_names_the_defaults_that_count() {
        let settings = Settings::resolve(
            &[].into(),
            &|_, _| unreachable!(),
            Capacity::of_a_small_task(),
        );
        let server = settings.unwrap().server;
        let seconds = server.stop_budget.total().as_secs();
        for default in [
            format!("1 to 65535 ({})", server.http_port),
            format!("up to 16G ({})", server.upload_limit),
            format!("1 to 3600 ({seconds})"),
        ] {
            assert!(help().contains(&default), "{default}");
        }
    }
}
