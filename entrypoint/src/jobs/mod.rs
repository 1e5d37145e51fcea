//! What the jobs are: one file each, and in `definitions` what the schedule and PID 1 have to know of them.
//!
//! `wpimg-init job NAME` runs one; PID 1 starts them so, and a person may too.

mod definitions;
mod metrics;
mod php;
mod settings;
mod uploads;
mod wordpress;

use crate::exit_code::ExitCode;
use crate::settings::Environment;
pub(crate) use definitions::{JobDefinition, definitions};
use wpimg_report::Report;

/// The jobs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Write the settings of WordPress to files, fetching the secrets among them.
    Settings,
    /// Look at the directories that the workers write to, before visitors come.
    Uploads,
    /// Walk through those that need it, while visitors are served.
    Ownership,
    /// Wait for the database, install WordPress, bring its tables up to date.
    Database,
    /// Compile the first page.
    Warm,
    /// Run what is due.
    Cron,
    /// Report the numbers of the last minute.
    Metrics,
}

impl Job {
    const ALL: [Self; 7] = [
        Self::Settings,
        Self::Uploads,
        Self::Ownership,
        Self::Database,
        Self::Warm,
        Self::Cron,
        Self::Metrics,
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Uploads => "uploads",
            Self::Ownership => "ownership",
            Self::Database => "database",
            Self::Warm => "warm",
            Self::Cron => "cron",
            Self::Metrics => "metrics",
        }
    }

    /// Does the job in this process.
    pub(crate) fn run(self, environment: &Environment, report: &mut Report) -> ExitCode {
        match self {
            Self::Settings => settings::run(environment, report),
            Self::Uploads => uploads::run(uploads::Part::BeforeVisitors, environment, report),
            Self::Ownership => uploads::run(uploads::Part::Rest, environment, report),
            Self::Database => wordpress::database(environment, report),
            Self::Warm => wordpress::warm(environment, report),
            Self::Cron => wordpress::cron(environment, report),
            Self::Metrics => metrics::run(environment, report),
        }
    }
}
