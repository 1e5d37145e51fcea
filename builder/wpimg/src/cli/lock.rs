//! The arguments of `wpimg lock`, `update`, `outdated` and `vendor`.

use std::path::PathBuf;

use clap::Args;

use super::SourceArgs;

const LOCK_EXAMPLE: &str = "\
Example:
  wpimg lock && git add wpimg.lock";

/// Write down exactly what the recipe resolves to, in wpimg.lock
///
/// The lock lies beside the recipe and is made to fit it with as few changes as possible: versions
/// that are locked already stay. `wpimg update` takes newer ones.
#[derive(Debug, Args)]
#[command(after_help = LOCK_EXAMPLE)]
pub(crate) struct LockArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Write nothing; fail if the lock does not fit the recipe
    #[arg(long)]
    pub(crate) check: bool,
}

const UPDATE_EXAMPLE: &str = "\
Example:
  wpimg update nginx php8.4-fpm";

/// Take newer versions into wpimg.lock, and print what changes
///
/// Without names everything is updated; with names only these packages, plugins and themes, and
/// what they cannot do without.
#[derive(Debug, Args)]
#[command(after_help = UPDATE_EXAMPLE)]
pub(crate) struct UpdateArgs {
    /// Packages, plugins or themes to update
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Print what would change and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const OUTDATED_EXAMPLE: &str = "\
Example:
  wpimg outdated || wpimg update";

/// Print what `wpimg update` would change; the exit status tells
///
/// Exits with 0 when everything locked is the newest, and with 3 when it is not. Nothing is written.
#[derive(Debug, Args)]
#[command(after_help = OUTDATED_EXAMPLE)]
pub(crate) struct OutdatedArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Look at updates from security suites only
    #[arg(long)]
    pub(crate) security: bool,
}

const VENDOR_EXAMPLE: &str = "\
Example:
  wpimg vendor ./vendor && wpimg build --vendor ./vendor";

/// Write everything a locked build needs into a directory
///
/// `wpimg build --vendor DIR` then needs no network and no cache. The directory is brought into
/// step with the lock: files that no package needs any more are removed.
#[derive(Debug, Args)]
#[command(after_help = VENDOR_EXAMPLE)]
pub(crate) struct VendorArgs {
    /// The directory to write
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}
