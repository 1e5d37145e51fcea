//! The arguments of the commands that look at a site's service, or do something beside its deployments.

use std::{num::NonZeroUsize, time::Duration};

use clap::Args;

use super::{SiteArgs, deploy::duration};

const STATUS_EXAMPLE: &str = "\
Example:
  wpimg status --env staging";
const LOGS_EXAMPLE: &str = "\
Examples:
  wpimg logs --since 1h
  wpimg logs --follow";
const EXEC_EXAMPLE: &str = "\
Examples:
  wpimg exec
  wpimg exec -- php -i";
const JOB_EXAMPLE: &str = "\
Example:
  wpimg job -- php-fpm8.4 -v";
const SCALE_EXAMPLE: &str = "\
Example:
  wpimg scale 4";
const REVISIONS_EXAMPLE: &str = "\
Examples:
  wpimg revisions
  wpimg revisions --keep 20";

/// Show the service, its deployments, tasks and targets on one screen
#[derive(Debug, Args)]
#[command(after_help = STATUS_EXAMPLE)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
}

/// Print what the site's containers have written
#[derive(Debug, Args)]
#[command(after_help = LOGS_EXAMPLE)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// Go on printing what is written from now on
    #[arg(long)]
    pub(crate) follow: bool,

    /// From so long ago on
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    pub(crate) since: Duration,

    /// Only of this task
    #[arg(long, value_name = "ID")]
    pub(crate) task: Option<String>,
}

/// Open a shell in a task, or run a command there
///
/// Needs AWS's Session Manager plugin on this machine, and `exec = "on"` below [infra], which is the default.
#[derive(Debug, Args)]
#[command(after_help = EXEC_EXAMPLE)]
pub(crate) struct ExecArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// In this task; without it in any
    #[arg(long, value_name = "ID")]
    pub(crate) task: Option<String>,

    /// What to run; without it a shell
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// Run a command once in a task of its own
///
/// With the image, the network and the roles of the service. Prints what it writes and ends with its exit code.
#[derive(Debug, Args)]
#[command(after_help = JOB_EXAMPLE)]
pub(crate) struct JobArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// What to run
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// Run another number of tasks
///
/// Scaling goes on from there, within the stack's MinCount and MaxCount.
#[derive(Debug, Args)]
#[command(after_help = SCALE_EXAMPLE)]
pub(crate) struct ScaleArgs {
    /// How many
    #[arg(value_name = "NUMBER")]
    pub(crate) count: u32,

    #[command(flatten)]
    pub(crate) site: SiteArgs,
}

/// List the revisions that the site can go back to, and take back the old ones
#[derive(Debug, Args)]
#[command(after_help = REVISIONS_EXAMPLE)]
pub(crate) struct RevisionsArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// Take back all but so many of the newest; what runs always stays
    #[arg(long, value_name = "NUMBER")]
    pub(crate) keep: Option<NonZeroUsize>,
}
