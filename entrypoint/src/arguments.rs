//! The command line: nothing, `-- CMD ARGS`, `--help` or `--version`.
//!
//! Written by hand because an argument parser would be larger than the rest of the binary. A bare
//! `wpimg-init CMD` is refused, so that later subcommands cannot change what an existing call means.

use std::ffi::OsString;

use thiserror::Error;

use crate::command::{self, OptionError, Request};
use crate::exec::{self, ExecOptionError};
use crate::exit_code;
use crate::healthcheck::Questions;
use crate::jobs::Job;
use crate::settings::reference;
use crate::status::Format;

/// What the program was asked to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Configure WordPress and supervise its services.
    Serve,
    /// Be a plain init for a command.
    Command(Request),
    /// Run a command beside the services.
    Exec(exec::Request),
    /// Do one of the jobs that PID 1 starts by itself.
    Job(Job),
    /// Tell what PID 1 of this container knows.
    Status(Format),
    /// Ask nginx and php-fpm whether they are well.
    Healthcheck(Questions),
    Help,
    Version,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ArgumentsError {
    #[error("unexpected argument `{argument}`")]
    Unexpected { argument: String },
    #[error(transparent)]
    Option(#[from] OptionError),
    #[error(transparent)]
    Exec(#[from] ExecOptionError),
}

impl ArgumentsError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unexpected { .. } => "run `wpimg-init --help`".to_owned(),
            Self::Option(error) => error.hint(),
            Self::Exec(error) => error.hint(),
        }
    }
}

pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Mode, ArgumentsError> {
    let mut arguments = arguments.into_iter();
    let Some(first) = arguments.next() else {
        return Ok(Mode::Serve);
    };
    let mode = match first.to_str() {
        Some("job") => {
            let name = arguments.next().unwrap_or_default();
            let job = name.to_str().and_then(Job::named);
            Mode::Job(job.ok_or_else(|| unexpected(&name))?)
        }
        Some("exec") => Mode::Exec(exec::Request::parse(arguments.by_ref())?),
        Some("status") => Mode::Status(status_format(&mut arguments)?),
        Some("healthcheck") => Mode::Healthcheck(questions(&mut arguments)?),
        Some("-h" | "--help") => Mode::Help,
        Some("-V" | "--version") => Mode::Version,
        _ => Mode::Command(Request::parse(
            [first].into_iter().chain(arguments.by_ref()),
        )?),
    };
    match arguments.next() {
        None => Ok(mode),
        Some(extra) => Err(unexpected(&extra)),
    }
}

fn status_format(arguments: &mut impl Iterator<Item = OsString>) -> Result<Format, ArgumentsError> {
    let Some(option) = arguments.next() else {
        return Ok(Format::Text);
    };
    let value = match option.to_str() {
        Some("--format") => arguments.next().unwrap_or_default(),
        Some("--format=json") => "json".into(),
        Some("--format=text") => "text".into(),
        Some(_) | None => return Err(unexpected(&option)),
    };
    match value.to_str() {
        Some("json") => Ok(Format::Json),
        Some("text") => Ok(Format::Text),
        Some(_) | None => Err(unexpected(&value)),
    }
}

fn questions(arguments: &mut impl Iterator<Item = OsString>) -> Result<Questions, ArgumentsError> {
    let mut questions = Questions::default();
    for option in arguments {
        match option.to_str() {
            Some("--ready") => questions.ready = true,
            Some("--database") => questions.database = true,
            Some(_) | None => return Err(unexpected(&option)),
        }
    }
    Ok(questions)
}

fn unexpected(argument: &OsString) -> ArgumentsError {
    ArgumentsError::Unexpected {
        argument: argument.to_string_lossy().into_owned(),
    }
}

pub(crate) fn help() -> String {
    let variables = reference::as_text();
    format!(
        "{HELP}{}\n{variables}\n{SIGNALS}\nExit codes:\n{}",
        command::HELP,
        exit_code::TABLE
    )
}

const HELP: &str = "\
Serve WordPress with nginx and php-fpm, or run a command under a small init

Usage:
  wpimg-init               Configure WordPress, then supervise php-fpm and nginx
  wpimg-init [OPTIONS] -- CMD ARGS
                           Run CMD, forward signals to it, reap orphans, exit with its code
  wpimg-init exec [--user NAME] -- CMD ARGS
                           Run CMD beside the services, with their settings, as their user
  wpimg-init status [--format text|json]
                           Tell what runs, since when, and how often it was started again
  wpimg-init healthcheck [--ready] [--database]
                           Ask nginx and php-fpm (also: whether visitors may come; whether WordPress
                           can use its database) and exit with 0 or 1, for a task definition's healthCheck
  wpimg-init --help        Print this text
  wpimg-init --version     Print the version

Options before `-- CMD`:
";

const SIGNALS: &str = "\
Signals:
  TERM, INT, QUIT          Stop without losing a request; a second one hurries
  HUP                      Fetch every secret and read every NAME_FILE again, reload nginx and php-fpm
  USR1                     Reopen logs
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Capacity, ServerSettings};

    fn parsed(arguments: &[&str]) -> Result<Mode, ArgumentsError> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn no_argument_means_serve() {
        assert_eq!(parsed(&[]), Ok(Mode::Serve));
    }

    #[test]
    fn a_bare_command_is_refused_with_the_right_call_as_hint() {
        let error = parsed(&["bash"]).unwrap_err();
        assert_eq!(error.to_string(), "unexpected argument `bash`");
        assert!(error.hint().contains("`wpimg-init -- bash`"));
    }

    #[test]
    fn subcommands_take_their_options_and_no_others() {
        let both = Questions {
            ready: true,
            database: true,
        };
        for (arguments, mode) in [
            (&["status"][..], Mode::Status(Format::Text)),
            (&["status", "--format", "json"], Mode::Status(Format::Json)),
            (&["status", "--format=json"], Mode::Status(Format::Json)),
            (&["healthcheck"], Mode::Healthcheck(Questions::default())),
            (
                &["healthcheck", "--database", "--ready"],
                Mode::Healthcheck(both),
            ),
        ] {
            assert_eq!(parsed(arguments), Ok(mode), "{arguments:?}");
        }
        for wrong in [
            &["status", "--format", "yaml"][..],
            &["status", "--format"],
            &["status", "--format=json", "more"],
            &["healthcheck", "--fast"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nothing_may_follow_help() {
        assert!(parsed(&["--help", "more"]).is_err());
    }

    #[test]
    fn help_names_the_defaults_that_count() {
        let server = ServerSettings::resolve(&[].into(), Capacity::of_a_small_task()).unwrap();
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
