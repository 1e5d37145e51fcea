//! The command line as clap types: names, help texts and shapes, nothing looked up.
//!
//! Environment variables are not read here; `settings` joins them with these arguments. Each
//! command's help ends with one example, and the top-level help ends with the exit statuses and
//! the variables.

mod build;
mod cache;
mod deploy;
mod infra;
mod init;
mod lock;
mod look;
mod push;
mod service;
mod source;

pub(crate) use build::{BuildArgs, CompressionChoice};
pub(crate) use cache::{CacheArgs, CacheCommand};
pub(crate) use deploy::{AbortArgs, DeployArgs, PatienceArgs, RollbackArgs};
pub(crate) use infra::{
    InfraApplyArgs, InfraArgs, InfraCommand, InfraDestroyArgs, InfraOutputsArgs, InfraPlanArgs,
    InfraTemplateArgs, SiteArgs, StackChoice,
};
pub(crate) use init::InitArgs;
pub(crate) use lock::{LockArgs, OutdatedArgs, UpdateArgs, VendorArgs};
pub(crate) use look::{DiffArgs, DocumentChoice, InspectArgs, SbomArgs, VerifyArgs};
pub(crate) use push::{CopyArgs, DestinationArgs, PushArgs};
pub(crate) use service::{ExecArgs, JobArgs, LogsArgs, RevisionsArgs, ScaleArgs, StatusArgs};
pub(crate) use source::SourceArgs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{exit_status::EXIT_STATUS_HELP, settings::environment};

/// Build WordPress images for AWS ECS Fargate, without Docker and without root
///
/// Assembles nginx, php-fpm and WordPress from signed Debian packages. No container is started, no
/// maintainer script is run, and the same inputs always give the same image.
#[derive(Debug, Parser)]
#[command(name = "wpimg", version, max_term_width = 100, after_help = EXIT_STATUS_HELP)]
#[command(after_long_help = format!("{EXIT_STATUS_HELP}\n\n{}", environment::help()))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Arguments that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Keep downloads and layers in this directory [env: WPIMG_CACHE_DIR]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) cache_dir: Option<PathBuf>,

    /// Write results to standard output as text or JSON
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,

    /// Write errors and results only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Write more about what is being done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,

    /// Never draw a progress bar [env: WPIMG_NO_PROGRESS]
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,

    /// Colour messages: when the terminal has colours, always or never [env: NO_COLOR]
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// What `wpimg` can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(InitArgs),
    Build(BuildArgs),
    Push(PushArgs),
    Copy(CopyArgs),
    Lock(LockArgs),
    Update(UpdateArgs),
    Outdated(OutdatedArgs),
    Vendor(VendorArgs),
    Inspect(InspectArgs),
    Diff(DiffArgs),
    Verify(VerifyArgs),
    Sbom(SbomArgs),
    Infra(InfraArgs),
    Deploy(DeployArgs),
    Rollback(RollbackArgs),
    Abort(AbortArgs),
    Status(StatusArgs),
    Logs(LogsArgs),
    Exec(ExecArgs),
    Job(JobArgs),
    Scale(ScaleArgs),
    Revisions(RevisionsArgs),
    Cache(CacheArgs),
}

/// The form of results on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people and for shell pipes
    Text,
    /// One JSON document with a `schema` field
    Json,
}

/// When to colour messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// When standard error is a terminal and `NO_COLOR` is not set
    Auto,
    /// Even into a file or a pipe
    Always,
    /// Not at all
    Never,
}

#[cfg(test)]
mod tests;
