//! The arguments of `wpimg build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DestinationArgs, SourceArgs};

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
    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Build exactly what wpimg.lock says, or fail; the default where `CI` is set
    #[arg(long, conflicts_with = "unlocked")]
    pub(crate) locked: bool,

    /// Resolve anew although there is a lock
    #[arg(long)]
    pub(crate) unlocked: bool,

    /// Take everything from the directory that `wpimg vendor` wrote
    #[arg(long, value_name = "DIR", conflicts_with_all = ["unlocked", "mirror"])]
    pub(crate) vendor: Option<PathBuf>,

    /// Write the image here; a name that ends in .tar gives one archive instead of a directory
    #[arg(long, value_name = "PATH", default_value = "./wpimg.oci")]
    pub(crate) output: PathBuf,

    /// Push the image: to each --tag that names a registry, else where the recipe says
    #[arg(long)]
    pub(crate) push: bool,

    #[command(flatten)]
    pub(crate) destination: DestinationArgs,

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
