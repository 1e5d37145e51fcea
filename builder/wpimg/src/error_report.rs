//! From a typed error to what the user reads: the message, its causes, and what to do next.
//!
//! ```text
//! error: could not fetch `http://mirror.example/debian/dists/trixie/InRelease`
//!   caused by: the server answered 503 Service Unavailable
//!
//! hint: try again later, or name another mirror with `--mirror URL`
//! ```
//!
//! Hints are data on the error (`Hint`), never prose in the message. Colour is added by `report`;
//! the text reads the same without it.

use std::{error::Error, fmt::Write as _, io, panic};

use crate::exit_status::ExitStatus;

/// An error that a command may end with: it knows its remedy and its exit status.
///
/// Implemented by every error enum that reaches a command. An enum whose variants wrap other
/// enums delegates in its `match`, so that a new variant forces the question.
pub(crate) trait Hint: Error + Send + Sync + 'static {
    /// A command to run or a file to edit, if there is one.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The exit status this error ends the command with.
    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Failure
    }
}

/// Implements [`Hint`] for error types of the library crates by way of their own `hint` method.
#[macro_export]
macro_rules! hint_from_inherent_method {
    ($($error:ty),+ $(,)?) => {
        $(impl $crate::error_report::Hint for $error {
            fn hint(&self) -> Option<String> {
                <$error>::hint(self)
            }
        })+
    };
}

/// What to do when a file cannot be written.
pub(crate) fn writing_hint(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space on that disk and run the same command again".to_owned()
        }
        _ => "check that its folder exists, and the permissions there".to_owned(),
    }
}

/// What every command returns.
pub(crate) type CommandResult = Result<ExitStatus, Failure>;

/// An error on its way to the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    status: ExitStatus,
    hint: Option<String>,
    error: Box<dyn Error + Send + Sync>,
    context: Option<String>,
}

impl<E: Hint> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            status: error.exit_status(),
            hint: error.hint(),
            error: Box::new(error),
            context: None,
        }
    }
}

impl Failure {
    /// Says what was being done, above the error itself.
    #[must_use]
    pub(crate) fn while_doing(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// The exit status the command ends with.
    pub(crate) fn status(&self) -> ExitStatus {
        self.status
    }

    /// The remedy, if the error knows one.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message and its causes, outermost first, without repetitions.
    ///
    /// Some libraries print their source inside their own message; a cause that the line above
    /// already ends with would only be noise.
    pub(crate) fn chain(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.context.iter().cloned().collect();
        let mut next: Option<&dyn Error> = Some(self.error.as_ref());
        while let Some(error) = next {
            let line = error.to_string();
            if !lines
                .last()
                .is_some_and(|previous| previous.ends_with(&line))
            {
                lines.push(line);
            }
            next = error.source();
        }
        lines
    }

    /// The whole report without colour.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        for (depth, line) in self.chain().iter().enumerate() {
            let label = if depth == 0 { "error" } else { "  caused by" };
            // Writing into a String cannot fail.
            let _ = writeln!(text, "{label}: {}", line.replace('\n', "\n    "));
        }
        if let Some(hint) = self.hint() {
            let _ = write!(text, "\nhint: {hint}");
        }
        text.trim_end().to_owned()
    }
}

/// Turns a panic, on whatever thread, into exit status 70 and a request for a report.
pub(crate) fn install_panic_hook() {
    panic::set_hook(Box::new(|information| {
        crate::report::last_words(&panic_report(&information.to_string()));
        crate::report::end_process(ExitStatus::Bug);
    }));
}

fn panic_report(what: &str) -> String {
    format!(
        "error: this is a bug in wpimg {}\n  caused by: {}\n\nhint: please report it with the \
         command line you used and the lines above",
        env!("CARGO_PKG_VERSION"),
        what.replace('\n', "\n    "),
    )
}

#[cfg(test)]
mod tests {
    use thiserror::Error;

    use super::{Failure, Hint, panic_report};
    use crate::exit_status::ExitStatus;

    #[derive(Debug, Error)]
    #[error("registry `{host}` refused the credentials")]
    struct Refused {
        host: &'static str,
    }

    #[derive(Debug, Error)]
    #[error("could not push `{name}`")]
    struct Push {
        name: &'static str,
        #[source]
        source: Refused,
    }

    impl Hint for Push {
        fn hint(&self) -> Option<String> {
            Some("run `aws sso login` and push again".to_owned())
        }

        fn exit_status(&self) -> ExitStatus {
            ExitStatus::Usage
        }
    }

    fn failure() -> Failure {
        Push {
            name: "shop:6.8",
            source: Refused {
                host: "registry.example",
            },
        }
        .into()
    }

    #[test]
    fn causes_are_indented_and_the_hint_follows_a_blank_line() {
        insta::assert_snapshot!(failure().render(), @"
        error: could not push `shop:6.8`
          caused by: registry `registry.example` refused the credentials

        hint: run `aws sso login` and push again
        ");
    }

    #[test]
    fn the_error_chooses_the_exit_status() {
        assert_eq!(failure().status(), ExitStatus::Usage);
    }

    #[test]
    fn context_becomes_the_first_line() {
        let lines = failure().while_doing("could not publish the site").chain();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], "could not publish the site");
    }

    #[test]
    fn a_cause_repeated_by_its_parent_is_shown_once() {
        let failure = failure().while_doing("failed: could not push `shop:6.8`");
        assert_eq!(
            failure.chain(),
            [
                "failed: could not push `shop:6.8`",
                "registry `registry.example` refused the credentials"
            ]
        );
    }

    #[test]
    fn a_panic_asks_for_a_report_and_names_the_version() {
        let text = panic_report("panicked at src/x.rs:1:1:\nboom");
        assert!(text.contains(env!("CARGO_PKG_VERSION")));
        assert!(text.contains("boom"));
        assert!(text.contains("please report it"));
    }
}
