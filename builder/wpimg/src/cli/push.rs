//! The arguments of `wpimg push` and `wpimg copy`.

use std::path::PathBuf;

use clap::Args;

const PUSH_EXAMPLE: &str = "\
Example:
  wpimg push wpimg.oci 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:6.8";

/// Push an image from an OCI layout to a registry
///
/// What the registry has is not sent again, and the tag is written last, so it never names an image
/// that is not complete. ECR takes credentials from AWS, other registries from `docker login`.
#[derive(Debug, Args)]
#[command(after_help = PUSH_EXAMPLE)]
pub(crate) struct PushArgs {
    /// The layout directory
    #[arg(value_name = "LAYOUT")]
    pub(crate) layout: PathBuf,

    /// Where to: host, repository and tag
    #[arg(value_name = "REF")]
    pub(crate) reference: String,

    #[command(flatten)]
    pub(crate) destination: DestinationArgs,
}

const COPY_EXAMPLE: &str = "\
Example:
  wpimg copy registry.example/staging/shop:6.8 registry.example/production/shop:6.8";

/// Copy an image from one repository to another
///
/// Within one registry blobs are mounted where that is allowed; nothing passes through this
/// machine then. An image index is copied with all its images.
#[derive(Debug, Args)]
#[command(after_help = COPY_EXAMPLE)]
pub(crate) struct CopyArgs {
    /// What to copy, by tag or digest
    #[arg(value_name = "FROM")]
    pub(crate) from: String,

    /// Where to; without a tag the one of FROM
    #[arg(value_name = "TO")]
    pub(crate) to: String,

    #[command(flatten)]
    pub(crate) destination: DestinationArgs,
}

/// How a registry is written to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(crate) struct DestinationArgs {
    /// Make the repository if ECR does not have it: scan on push, immutable tags
    #[arg(long)]
    pub(crate) create_repository: bool,

    /// Write the digest into this file as well
    #[arg(long, value_name = "PATH")]
    pub(crate) digest_file: Option<PathBuf>,
}
