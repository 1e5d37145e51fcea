//! The exit codes of `wpimg deploy`: one table, kept stable for scripts.
//!
//! 1, 2, 3 and 70 keep what they mean for every command of wpimg, so what is a deployment's own begins at 10. 130 is what a
//! shell reports of a program that Ctrl-C has ended.

use crate::rollout::Outcome;

/// How a deployment ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeployExit {
    /// The new version serves, and the site has answered.
    Succeeded,
    /// Something was found before anything was touched.
    Refused,
    /// The new version failed, the previous one serves.
    RolledBack,
    /// The new version failed, and the previous one is not known to serve.
    Failed,
    /// It took too long, whatever became of it then.
    TimedOut,
    /// Somebody else's deployment took the place of this one.
    Superseded,
    /// There are no credentials, or not any more.
    NoCredentials,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// The table as `--help` shows it.
pub const DEPLOY_EXIT_HELP: &str = "\
Exit status of a deployment:
  0    The new version serves and the site answers
  10   Refused: something is missing, or another deployment is in progress; nothing was touched
  11   Rolled back: the new version failed, the previous one serves
  12   Failed: the new version failed and nothing was rolled back, or not to the end
  13   Timed out; the last lines say what was rolled back
  14   Superseded: another deployment took the place of this one
  15   No credentials, or they were lost on the way
  130  Interrupted; the last lines say what was rolled back";

impl DeployExit {
    pub const ALL: [Self; 8] = [
        Self::Succeeded,
        Self::Refused,
        Self::RolledBack,
        Self::Failed,
        Self::TimedOut,
        Self::Superseded,
        Self::NoCredentials,
        Self::Interrupted,
    ];

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::Refused => 10,
            Self::RolledBack => 11,
            Self::Failed => 12,
            Self::TimedOut => 13,
            Self::Superseded => 14,
            Self::NoCredentials => 15,
            Self::Interrupted => 130,
        }
    }
}

impl From<&Outcome> for DeployExit {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::RolledBack { .. } => Self::RolledBack,
            Outcome::Failed { .. } => Self::Failed,
            Outcome::TimedOut { .. } => Self::TimedOut,
            Outcome::Interrupted { .. } => Self::Interrupted,
            Outcome::Superseded { .. } => Self::Superseded,
            Outcome::CredentialsLost { .. } => Self::NoCredentials,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_end_has_a_code_and_a_line_of_its_own() {
        let codes: BTreeSet<u8> = DeployExit::ALL.map(DeployExit::code).into();
        assert_eq!(codes.len(), DeployExit::ALL.len());
        for code in &codes {
            let line = format!("\n  {code:<4} ");
            assert!(DEPLOY_EXIT_HELP.contains(&line), "no line for {code}");
        }
        let lines = DEPLOY_EXIT_HELP.lines().count() - 1;
        assert_eq!(lines, codes.len());
    }

    #[test]
    fn what_other_commands_exit_with_keeps_its_meaning() {
        for taken in [1, 2, 3, 70] {
            assert!(
                DeployExit::ALL.iter().all(|exit| exit.code() != taken),
                "{taken}"
            );
        }
    }
}
