//! What every stage of a build works with.

use std::sync::atomic::AtomicUsize;

use wpimg_debian::keyring::Keyring;

use super::archive;
use crate::cache::Cache;
use crate::commands::Context;
use crate::error_report::Failure;
use crate::fetch::{Fetcher, RetryPolicy};
use crate::report::Report;
use crate::settings::SourceSettings;

/// The edges of a build.
pub(crate) struct Tools {
    pub(crate) fetcher: Fetcher,
    pub(crate) cache: Cache,
    pub(crate) keyring: Keyring,
    pub(crate) report: Report,
    /// How many things to compute at once.
    pub(crate) jobs: usize,
    /// How many layers had to be made, for the report.
    pub(crate) layers_written: AtomicUsize,
}

impl Tools {
    pub(crate) fn open(settings: &SourceSettings, context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            fetcher: Fetcher::new(RetryPolicy::default(), settings.network)?,
            cache: Cache::open(&context.settings.cache_directory)?,
            keyring: archive::keyring(context.environment.keyring.as_deref())?,
            report: context.report.clone(),
            jobs: context.settings.jobs.get(),
            layers_written: AtomicUsize::new(0),
        })
    }
}
