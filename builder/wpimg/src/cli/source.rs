//! The arguments of every command that reads a recipe.

use std::path::PathBuf;

use clap::Args;

/// What to build, and where its parts come from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceArgs {
    /// Read this recipe; without it ./wpimg.toml, else the built-in one [env: WPIMG_RECIPE]
    #[arg(long, value_name = "PATH")]
    pub(crate) recipe: Option<PathBuf>,

    /// Take these platforms instead of the recipe's, such as linux/amd64,linux/arm64
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) platform: Vec<String>,

    /// Fetch Debian packages from this mirror [env: WPIMG_MIRROR]
    #[arg(long, value_name = "URL")]
    pub(crate) mirror: Option<String>,

    /// Use no network: everything has to be in the cache
    #[arg(long)]
    pub(crate) offline: bool,
}
