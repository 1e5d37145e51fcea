//! What stands before the `--` of `wpimg-init [OPTIONS] -- CMD ARGS`.

use std::ffi::OsString;
use std::time::Duration;

use thiserror::Error;

use super::exit_remap::ExitRemap;
use super::rewrite::Rewrites;
use crate::process::SignalNumber;

/// What the command left behind gets this long to react to TERM; half of Docker's own patience.
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

const SECONDS: &str = "whole seconds from 0 to 3600";

/// Whom a forwarded signal reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Target {
    /// The command and whatever it started and did not put into a group of its own.
    #[default]
    Group,
    Child,
}

/// How to be an init.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(super) target: Target,
    pub(super) rewrites: Rewrites,
    pub(super) remap: ExitRemap,
    pub(super) grace: Duration,
    /// `None`: the command may take as long as it likes to end.
    pub(super) stop_timeout: Option<Duration>,
    /// What we get when whoever started us ends.
    pub(super) parent_death: Option<SignalNumber>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target: Target::default(),
            rewrites: Rewrites::default(),
            remap: ExitRemap::default(),
            grace: DEFAULT_GRACE,
            stop_timeout: None,
            parent_death: None,
        }
    }
}

/// A command, which is never empty, and how to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) options: Options,
    pub(super) command: Vec<OsString>,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum OptionError {
    #[error("unknown option `{option}`")]
    Unknown { option: String },
    #[error("`{option}` needs a value, {expected}")]
    NoValue {
        option: &'static str,
        expected: &'static str,
    },
    #[error("`{option}` is `{value}`, expected {expected}")]
    Wrong {
        option: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error("unexpected argument `{argument}`")]
    NoDashes { argument: String },
    #[error("`--` must be followed by a command")]
    NoCommand,
}

impl OptionError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unknown { .. } | Self::NoValue { .. } | Self::Wrong { .. } => {
                "run `wpimg-init --help`".to_owned()
            }
            Self::NoDashes { argument } => {
                format!("to run a command, put `--` before it: `wpimg-init -- {argument}`")
            }
            Self::NoCommand => "run `wpimg-init` alone to serve WordPress".to_owned(),
        }
    }
}

pub(crate) const HELP: &str = "  \
  --child-only             Forward signals to CMD alone, not to its process group
  --rewrite FROM:TO        Forward signal TO when FROM comes; FROM:0 drops it (repeatable)
  --remap-exit FROM:TO     Exit with TO when CMD ended with FROM, such as 143:0 (repeatable)
  --stop-timeout SECONDS   KILL what has not ended so long after TERM, INT or QUIT (never)
  --grace SECONDS          From TERM to KILL for what CMD leaves behind (5)
  --parent-death SIGNAL    Receive this signal when whoever started wpimg-init ends
";

impl Request {
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, OptionError> {
        let mut arguments = arguments.into_iter();
        let mut options = Options::default();
        loop {
            let Some(argument) = arguments.next() else {
                return Err(OptionError::NoCommand);
            };
            let text = argument.to_string_lossy();
            if text == "--" {
                break;
            }
            let (option, value) = match text.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (&*text, None),
            };
            let mut value = |option, expected| {
                let next = || {
                    arguments
                        .next()
                        .map(|next| next.to_string_lossy().into_owned())
                };
                let value = value.clone().or_else(next).filter(|value| value != "--");
                value.ok_or(OptionError::NoValue { option, expected })
            };
            match option {
                "--child-only" if text == option => options.target = Target::Child,
                "--rewrite" => {
                    let rewrites = &mut options.rewrites;
                    read("--rewrite", Rewrites::EXPECTED, &mut value, |text| {
                        rewrites.add(text)
                    })?;
                }
                "--remap-exit" => {
                    let remap = &mut options.remap;
                    read("--remap-exit", ExitRemap::EXPECTED, &mut value, |text| {
                        remap.add(text)
                    })?;
                }
                "--stop-timeout" => {
                    options.stop_timeout =
                        Some(read("--stop-timeout", SECONDS, &mut value, seconds)?);
                }
                "--grace" => options.grace = read("--grace", SECONDS, &mut value, seconds)?,
                "--parent-death" => {
                    let expected = SignalNumber::EXPECTED;
                    let signal = read("--parent-death", expected, &mut value, str::parse)?;
                    options.parent_death = Some(signal);
                }
                _ if text.starts_with('-') => {
                    let option = text.into_owned();
                    return Err(OptionError::Unknown { option });
                }
                _ => {
                    let argument = text.into_owned();
                    return Err(OptionError::NoDashes { argument });
                }
            }
        }
        let command: Vec<OsString> = arguments.collect();
        if command.is_empty() {
            return Err(OptionError::NoCommand);
        }
        Ok(Self { options, command })
    }
}

fn read<T>(
    option: &'static str,
    expected: &'static str,
    value: &mut impl FnMut(&'static str, &'static str) -> Result<String, OptionError>,
    parse: impl FnOnce(&str) -> Result<T, ()>,
) -> Result<T, OptionError> {
    let value = value(option, expected)?;
    parse(&value).map_err(|()| OptionError::Wrong {
        option,
        value,
        expected,
    })
}

fn seconds(text: &str) -> Result<Duration, ()> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    let seconds = seconds.filter(|seconds| *seconds <= 3600);
    seconds.map(Duration::from_secs).ok_or(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Request, OptionError> {
        Request::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn options_after_the_dashes_belong_to_the_command() {
        let request = parsed(&["--", "sh", "--child-only", "--"]).unwrap();
        assert_eq!(request.command, ["sh", "--child-only", "--"]);
        assert_eq!(request.options, Options::default());
    }

    #[test]
    fn a_value_may_follow_or_be_attached() {
        for arguments in [
            &["--grace", "7", "--parent-death", "KILL", "--", "true"][..],
            &["--grace=7", "--parent-death=9", "--", "true"],
        ] {
            let options = parsed(arguments).unwrap().options;
            assert_eq!(options.grace, Duration::from_secs(7));
            assert_eq!(options.parent_death, Some(SignalNumber::KILL));
        }
    }

    #[test]
    fn rewrites_and_remaps_add_up() {
        let rewrites = ["--rewrite", "TERM:QUIT", "--rewrite=HUP:0"];
        let remaps = ["--remap-exit", "143:0", "--remap-exit=3:4", "--", "true"];
        let options = parsed(&[&rewrites[..], &remaps].concat()).unwrap().options;
        assert_eq!(
            options.rewrites.apply(SignalNumber::TERM),
            "QUIT".parse().ok()
        );
        assert_eq!(options.rewrites.apply("HUP".parse().unwrap()), None);
        let ended = crate::exit_code::Exit::Code;
        assert_eq!(options.remap.apply(ended(143)).number(), 0);
        assert_eq!(options.remap.apply(ended(3)).number(), 4);
    }

    #[test]
    fn what_is_wrong_is_named_with_what_was_expected() {
        for (arguments, message) in [
            (
                &["--grace", "5s", "--", "x"][..],
                "`--grace` is `5s`, expected whole seconds from 0 to 3600",
            ),
            (
                &["--stop-timeout=3601", "--", "x"],
                "`--stop-timeout` is `3601`, expected whole seconds from 0 to 3600",
            ),
            (
                &["--rewrite"],
                "`--rewrite` needs a value, two signals such as TERM:QUIT, or a signal to drop such as HUP:0",
            ),
            (
                &["--remap-exit", "--", "x"],
                "`--remap-exit` needs a value, two exit codes from 0 to 255 such as 143:0",
            ),
            (
                &["--parent-death=0", "--", "x"],
                "`--parent-death` is `0`, expected a signal such as TERM, SIGTERM, 15 or RTMIN+3",
            ),
            (
                &["--child-only=yes", "--", "x"],
                "unknown option `--child-only=yes`",
            ),
            (&["-g", "--", "x"], "unknown option `-g`"),
            (&["--grace=1", "bash"], "unexpected argument `bash`"),
            (&["--grace=1"], "`--` must be followed by a command"),
            (&["--"], "`--` must be followed by a command"),
        ] {
            assert_eq!(parsed(arguments).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn help_names_every_option_and_its_default() {
        for option in [
            "--child-only",
            "--rewrite",
            "--remap-exit",
            "--stop-timeout",
            "--parent-death",
        ] {
            assert!(HELP.contains(option), "{option}");
        }
        let grace = HELP.lines().find(|line| line.contains("--grace")).unwrap();
        assert!(grace.ends_with(&format!("({})", DEFAULT_GRACE.as_secs())));
    }

    proptest! {
        #[test]
        fn the_command_is_never_touched(
            command in prop::collection::vec("\\PC{0,8}", 1..5),
            options in prop::collection::vec(prop_oneof![
                Just("--child-only"), Just("--grace=0"), Just("--rewrite=TERM:INT"), Just("--remap-exit=1:2"),
            ], 0..4),
        ) {
            let words = options.iter().map(ToString::to_string).chain(["--".to_owned()]);
            let arguments = words.chain(command.clone()).map(OsString::from);
            let command: Vec<OsString> = command.into_iter().map(OsString::from).collect();
            prop_assert_eq!(Request::parse(arguments).unwrap().command, command);
        }

        #[test]
        fn no_arguments_make_it_panic(arguments in prop::collection::vec("(--)?(grace|rewrite|\\PC){0,3}=?[0-9A-Z:]{0,6}", 0..5)) {
            let _ = Request::parse(arguments.into_iter().map(OsString::from));
        }
    }
}
