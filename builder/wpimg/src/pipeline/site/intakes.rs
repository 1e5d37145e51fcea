//! Everything that is taken in during one build: one spool for the contents, one list of what was
//! left out.

use thiserror::Error;
use wpimg_assemble::spool::{Spool, SpoolError};
use wpimg_site::exclude::{Exclude, LeftOut};
use wpimg_site::intake::{self, Intake, IntakeError, Options, Problem, Source};

use super::sink::HashingSpool;
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::report::Report;
use crate::report::units::count;

/// More than a person reads; `--verbose` shows them all.
const MOST_SHOWN: usize = 5;

/// A thing cannot be taken in, or the disk refuses what is in it.
#[derive(Debug, Error)]
pub(crate) enum TakeInError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl Hint for TakeInError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Intake(error) => error.hint(),
            Self::Spool(error) => error.hint(),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Intake(error) => match &error.problem {
                Problem::Sink { .. } => ExitStatus::Failure,
                _ => ExitStatus::Usage,
            },
            Self::Spool(error) => error.exit_status(),
        }
    }
}

/// The intakes of a build.
pub(super) struct Intakes {
    pub(super) sink: HashingSpool,
    left_out: Vec<(String, LeftOut)>,
}

impl Intakes {
    pub(super) fn new(spool: Spool) -> Self {
        Self {
            sink: HashingSpool::new(spool),
            left_out: Vec::new(),
        }
    }

    /// Takes in one thing.
    pub(super) fn take_in(
        &mut self,
        source: &Source,
        exclude: Exclude,
    ) -> Result<Intake, TakeInError> {
        let options = Options {
            exclude,
            ..Options::default()
        };
        let intake = intake::take_in(source, &options, &mut self.sink)?;
        // Whoever looks what it is reads some of it back.
        self.sink.finish()?;
        if !intake.left_out.is_empty() {
            self.left_out
                .push((intake.origin.clone(), intake.left_out.clone()));
        }
        Ok(intake)
    }

    /// Makes all contents readable and says what was left out.
    pub(super) fn finish(&mut self, report: &Report) -> Result<(), SpoolError> {
        self.sink.finish()?;
        for (origin, left_out) in std::mem::take(&mut self.left_out) {
            let paths = left_out.paths.iter();
            let texts: Vec<String> = paths
                .map(|found| format!("{} ({})", found.path, found.reason))
                .collect();
            let shown = texts.iter().take(MOST_SHOWN).cloned().collect::<Vec<_>>();
            let more = left_out.count - shown.len();
            let more = match more {
                0 => String::new(),
                _ => format!(" and {more} more"),
            };
            let number = count(left_out.count, "path");
            let shown = shown.join(", ");
            report.status("Left out", &format!("{number} of {origin}: {shown}{more}"));
            for text in texts.iter().skip(MOST_SHOWN) {
                report.detail(&format!("left out of {origin}: {text}"));
            }
        }
        Ok(())
    }
}
