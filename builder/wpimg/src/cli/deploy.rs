//! The arguments of `wpimg deploy`, `wpimg rollback` and `wpimg abort`.

use std::{num::NonZeroU32, time::Duration};

use clap::{ArgGroup, Args};
use wpimg_rollout::exit_code::DEPLOY_EXIT_HELP;

use super::SiteArgs;

const DEPLOY_EXAMPLE: &str = "\
Examples:
  wpimg deploy --build
  wpimg deploy --image v2 --env staging --plan";
const ROLLBACK_EXAMPLE: &str = "\
Examples:
  wpimg rollback
  wpimg rollback --to 17";
const ABORT_EXAMPLE: &str = "\
Example:
  wpimg abort";

/// Let the site run another image, and report honestly what became of it
///
/// Nothing is touched before the image, the roles, the log group and the subnets have been looked at and the difference has
/// been shown. Then this very deployment is followed: it is a success when its tasks are the only ones, ECS calls it
/// completed and the site answers at its load balancer. Else it is rolled back, and the exit status says so. Ctrl-C rolls
/// back, a second one leaves at once.
#[derive(Debug, Args)]
#[command(after_help = format!("{DEPLOY_EXAMPLE}\n\n{DEPLOY_EXIT_HELP}"))]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// The image: a tag or a digest in the site's own repository, or a whole reference
    #[arg(long, value_name = "NAME", group = "what")]
    pub(crate) image: Option<String>,

    /// Build the recipe's image, push it to the site's repository, and deploy that
    #[arg(long, group = "what", conflicts_with = "plan")]
    pub(crate) build: bool,

    /// Show what would change and what stands in the way of --image, and touch nothing; exits with 3 where something would
    /// change
    #[arg(long)]
    pub(crate) plan: bool,

    /// Give the container this variable; may be given more than once
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,

    /// Take this variable from the container; may be given more than once
    #[arg(long = "unset", value_name = "NAME")]
    pub(crate) unset: Vec<String>,

    /// Record this commit with the revision [env: GITHUB_SHA]
    #[arg(long, value_name = "SHA")]
    pub(crate) commit: Option<String>,

    /// Run so many tasks; without it as many as before, and for the first image the stack's MinCount
    #[arg(long, value_name = "NUMBER")]
    pub(crate) count: Option<u32>,

    /// Make the site's user in the database first; the first image of a site does so by itself
    #[arg(long)]
    pub(crate) set_up_database: bool,

    #[command(flatten)]
    pub(crate) patience: PatienceArgs,
}

/// How patiently a deployment is followed.
#[derive(Debug, Clone, Args)]
pub(crate) struct PatienceArgs {
    /// Give up and roll back after this time, such as 45m
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// Roll back once so many tasks have failed, however many ECS would still try
    #[arg(long, value_name = "NUMBER")]
    pub(crate) fail_after: Option<NonZeroU32>,

    /// Leave a deployment that fails as it is, to be looked at; ECS's own circuit breaker rolls back all the same
    #[arg(long)]
    pub(crate) no_rollback: bool,

    /// Do not ask the site whether it answers
    #[arg(long)]
    pub(crate) no_check: bool,

    /// From one look at ECS to the next
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub(crate) poll: Duration,

    /// Do not ask before anything is touched
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Go back to an earlier revision
///
/// Follows the deployment as `wpimg deploy` does, and ends with the same exit statuses.
#[derive(Debug, Args)]
#[command(after_help = format!("{ROLLBACK_EXAMPLE}\n\n{DEPLOY_EXIT_HELP}"))]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// The revision's number; without it the one before that which runs
    #[arg(long, value_name = "REVISION")]
    pub(crate) to: Option<String>,

    #[command(flatten)]
    pub(crate) patience: PatienceArgs,
}

/// Stop the deployment that is in progress and go back
///
/// ECS takes it back by itself; whoever follows it is told.
#[derive(Debug, Args)]
#[command(after_help = ABORT_EXAMPLE)]
pub(crate) struct AbortArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
}

/// In seconds, a month: nobody waits longer for anything here.
const LONGEST: u64 = 30 * 24 * 60 * 60;

/// `90`, `90s`, `45m`, `2h`, `1d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => 0,
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(seconds))
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "write it as 90s, 45m, 2h or 1d, at most 30d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_or_is_in_seconds() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("45m", 2700),
            ("2h", 7200),
            ("1d", 86_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "0",
            "m",
            "-1s",
            "5 m",
            "1w",
            "1.5h",
            "99999999999999999999s",
            "31d",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
