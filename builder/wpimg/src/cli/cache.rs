//! The arguments of `wpimg cache`.

use clap::{Args, Subcommand};

const EXAMPLE: &str = "\
Example:
  wpimg cache size";
const DIR_EXAMPLE: &str = "\
Example:
  du -sh \"$(wpimg cache dir)\"";
const CLEAN_EXAMPLE: &str = "\
Example:
  wpimg cache clean";

/// Show or empty the cache
///
/// The cache only saves time: everything in it can be fetched or built again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

/// What can be done with the cache.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum CacheCommand {
    /// Print the cache directory
    ///
    /// The directory is not created.
    #[command(after_help = DIR_EXAMPLE)]
    Dir,

    /// Remove everything from the cache
    ///
    /// Files that wpimg did not put there are left alone, and a directory that is not a wpimg
    /// cache is refused.
    #[command(after_help = CLEAN_EXAMPLE)]
    Clean,

    /// Print how much space the cache takes
    ///
    /// Counts the bytes of the files; file systems round up.
    #[command(after_help = EXAMPLE)]
    Size,
}
