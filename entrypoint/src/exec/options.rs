//! What stands between `exec` and its `--`.

use std::ffi::OsString;

use thiserror::Error;

/// A command, which is never empty, and as whom to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// `None`: as the workers, when it is root who asks.
    pub(super) user: Option<String>,
    pub(super) command: Vec<OsString>,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ExecOptionError {
    #[error("unexpected argument `{argument}`")]
    Unexpected { argument: String },
    #[error("`--user` needs a name or a number")]
    NoUser,
    #[error("`wpimg-init exec --` must be followed by a command")]
    NoCommand,
}

impl ExecOptionError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unexpected { argument } if !argument.starts_with('-') => {
                format!("put `--` before the command: `wpimg-init exec -- {argument}`")
            }
            Self::Unexpected { .. } | Self::NoUser | Self::NoCommand => {
                "run `wpimg-init exec [--user NAME] -- CMD ARGS`".to_owned()
            }
        }
    }
}

impl Request {
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, ExecOptionError> {
        let mut arguments = arguments.into_iter();
        let mut user = None;
        loop {
            let argument = arguments.next().ok_or(ExecOptionError::NoCommand)?;
            let text = argument.to_string_lossy();
            if text == "--" {
                break;
            }
            let given = match text.strip_prefix("--user") {
                Some("") => arguments
                    .next()
                    .map(|user| user.to_string_lossy().into_owned()),
                Some(attached) if attached.starts_with('=') => Some(attached[1..].to_owned()),
                _ => {
                    let argument = text.into_owned();
                    return Err(ExecOptionError::Unexpected { argument });
                }
            };
            let given = given.filter(|user| !user.is_empty() && user != "--");
            user = Some(given.ok_or(ExecOptionError::NoUser)?);
        }
        let command: Vec<OsString> = arguments.collect();
        if command.is_empty() {
            return Err(ExecOptionError::NoCommand);
        }
        Ok(Self { user, command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Request, ExecOptionError> {
        Request::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn the_command_follows_the_dashes_and_keeps_its_own() {
        let request = parsed(&["--", "wp", "--user", "1", "--"]).unwrap();
        assert_eq!(request.command, ["wp", "--user", "1", "--"]);
        assert_eq!(request.user, None);
    }

    #[test]
    fn a_user_may_follow_or_be_attached() {
        for arguments in [
            &["--user", "root", "--", "id"][..],
            &["--user=root", "--", "id"],
        ] {
            assert_eq!(parsed(arguments).unwrap().user.as_deref(), Some("root"));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_the_right_call() {
        for (arguments, message, hint) in [
            (
                &["wp", "plugin"][..],
                "unexpected argument `wp`",
                "`wpimg-init exec -- wp`",
            ),
            (
                &["--users=root", "--", "x"],
                "unexpected argument `--users=root`",
                "[--user NAME]",
            ),
            (
                &["--user", "--", "x"],
                "`--user` needs a name or a number",
                "[--user NAME]",
            ),
            (
                &["--user="],
                "`--user` needs a name or a number",
                "[--user NAME]",
            ),
            (
                &["--"],
                "`wpimg-init exec --` must be followed by a command",
                "CMD ARGS",
            ),
            (
                &[],
                "`wpimg-init exec --` must be followed by a command",
                "CMD ARGS",
            ),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.hint().contains(hint), "{}", error.hint());
        }
    }
}
