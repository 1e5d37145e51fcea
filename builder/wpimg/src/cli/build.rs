//! The arguments of `wpimg build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

const EXAMPLE: &str = "\
Example:
  wpimg build --platform linux/amd64,linux/arm64 --tag shop:6.8 --output shop.oci";

/// Build the image that a recipe describes
///
/// Writes an OCI layout and prints the image's digest. Nothing is pushed, no container is started
/// and no daemon is needed unless `--load` is given.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct BuildArgs {
    /// Read this recipe; without it ./wpimg.toml, else the built-in one [env: WPIMG_RECIPE]
    #[arg(long, value_name = "PATH")]
    pub(crate) recipe: Option<PathBuf>,

    /// Write the image here; a name that ends in .tar gives one archive instead of a directory
    #[arg(long, value_name = "PATH", default_value = "./wpimg.oci")]
    pub(crate) output: PathBuf,

    /// Build for these platforms instead of the recipe's, such as linux/amd64,linux/arm64
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) platform: Vec<String>,

    /// Fetch Debian packages from this mirror [env: WPIMG_MIRROR]
    #[arg(long, value_name = "URL")]
    pub(crate) mirror: Option<String>,

    /// Load the image into the Docker daemon as well [env: DOCKER_HOST]
    #[arg(long)]
    pub(crate) load: bool,

    /// Name the image; may be given more than once
    #[arg(long = "tag", value_name = "NAME")]
    pub(crate) tags: Vec<String>,

    /// Compress layers this way instead of the recipe's
    #[arg(long, value_name = "METHOD")]
    pub(crate) compression: Option<CompressionChoice>,
}

/// How layers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressionChoice {
    /// Smallest and fastest to unpack; needs a runtime from 2021 or later
    Zstd,
    /// Understood by every registry and runtime
    Gzip,
    /// For looking inside
    None,
}
