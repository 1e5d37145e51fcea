//! The arguments of the commands that look at images: `inspect`, `diff`, `verify` and `sbom`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SourceArgs;

const INSPECT_EXAMPLE: &str = "\
Example:
  wpimg inspect wpimg.oci --html image.html";

/// Show what is in an image: layers, packages by size, WordPress with plugins and themes
///
/// Works on any OCI or Docker image, in a layout directory or in a registry. Nothing is unpacked.
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXAMPLE)]
pub(crate) struct InspectArgs {
    /// A layout directory or a reference
    #[arg(value_name = "IMAGE")]
    pub(crate) image: String,

    /// Look at this platform's image
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,

    /// Say what a push would send to whoever has this image already
    #[arg(long, value_name = "IMAGE")]
    pub(crate) against: Option<String>,

    /// Write a page with a map of where the bytes are
    #[arg(long, value_name = "PATH")]
    pub(crate) html: Option<PathBuf>,

    /// List every package and not only the largest
    #[arg(long)]
    pub(crate) all: bool,
}

const DIFF_EXAMPLE: &str = "\
Example:
  wpimg diff registry.example/shop:6.8 wpimg.oci";

/// Show what differs between two images: packages, plugins, files, settings
///
/// Exits with 0 when they hold the same, and with 3 when they do not.
#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLE)]
pub(crate) struct DiffArgs {
    /// The earlier image: a layout directory or a reference
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,

    /// The later image
    #[arg(value_name = "AFTER")]
    pub(crate) after: String,

    /// Compare the images of this platform
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,

    /// List everything and not only the largest differences
    #[arg(long)]
    pub(crate) all: bool,
}

const VERIFY_EXAMPLE: &str = "\
Example:
  wpimg verify registry.example/shop@sha256:9f2c…";

/// Build the image again from recipe and lock, and compare it with the one named
///
/// Exits with 0 when both have the same digest; else names the first difference and exits with 3.
/// Nothing is written but the cache.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLE)]
pub(crate) struct VerifyArgs {
    /// A reference or a layout directory
    #[arg(value_name = "IMAGE")]
    pub(crate) image: String,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

const SBOM_EXAMPLE: &str = "\
Example:
  wpimg sbom --as cyclonedx > shop.cdx.json";

/// Print the bill of materials of the image that the recipe gives, or of one in a registry
///
/// Without an image it is made from recipe and lock. With one it is what was attached to the image
/// when it was pushed.
#[derive(Debug, Args)]
#[command(after_help = SBOM_EXAMPLE)]
pub(crate) struct SbomArgs {
    /// A reference
    #[arg(value_name = "IMAGE")]
    pub(crate) image: Option<String>,

    /// Which document
    #[arg(long = "as", value_name = "DOCUMENT", default_value = "spdx")]
    pub(crate) document: DocumentChoice,

    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// The documents there are of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentChoice {
    /// SPDX 2.3
    Spdx,
    /// CycloneDX 1.5
    Cyclonedx,
    /// SLSA provenance v1: recipe, lock and builder
    Provenance,
}
