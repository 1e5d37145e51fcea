//! The arguments of `wpimg infra`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

const EXAMPLE: &str = "\
Example:
  wpimg infra apply --env staging";
const PLAN_EXAMPLE: &str = "\
Example:
  wpimg infra plan --env staging";
const APPLY_EXAMPLE: &str = "\
Example:
  wpimg infra apply --yes";
const STATUS_EXAMPLE: &str = "\
Example:
  wpimg infra status";
const OUTPUTS_EXAMPLE: &str = "\
Example:
  wpimg infra outputs Repository";
const DRIFT_EXAMPLE: &str = "\
Example:
  wpimg infra drift || echo \"somebody was here\"";
const DESTROY_EXAMPLE: &str = "\
Example:
  wpimg infra destroy --env staging";
const TEMPLATE_EXAMPLE: &str = "\
Example:
  wpimg infra template app > app.json";

/// Bring up and change the AWS stacks of a site
///
/// Two CloudFormation stacks: NAME-data has the network, the database and the files, NAME-app the load balancer, the registry
/// and the service. What they are called and what is chosen about them stands under [infra] in the recipe.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct InfraArgs {
    #[command(subcommand)]
    pub(crate) command: InfraCommand,
}

/// Which site, in which of its environments.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SiteArgs {
    /// Take [env.NAME] of the recipe in addition to [infra] [env: WPIMG_ENV]
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,

    /// Read this recipe instead of ./wpimg.toml [env: WPIMG_RECIPE]
    #[arg(long, value_name = "PATH")]
    pub(crate) recipe: Option<PathBuf>,
}

/// What can be done with the stacks.
#[derive(Debug, Subcommand)]
pub(crate) enum InfraCommand {
    /// Show what would change, and change nothing
    ///
    /// CloudFormation itself is asked (a change set), so what is shown is what `apply` would do. Exits with 3 where
    /// something would change.
    #[command(after_help = PLAN_EXAMPLE)]
    Plan(InfraPlanArgs),

    /// Make the stacks as the recipe says
    ///
    /// Shows what changes and asks before doing it. What would lose data is refused. A change that fails is taken back, and the
    /// first reason is the last line.
    #[command(after_help = APPLY_EXAMPLE)]
    Apply(InfraApplyArgs),

    /// Show how the stacks are
    #[command(after_help = STATUS_EXAMPLE)]
    Status(SiteArgs),

    /// Print what the stacks tell about themselves
    ///
    /// With a name its value alone, for scripts.
    #[command(after_help = OUTPUTS_EXAMPLE)]
    Outputs(InfraOutputsArgs),

    /// Find what somebody has changed behind the stacks' back
    ///
    /// Exits with 3 where there is something.
    #[command(after_help = DRIFT_EXAMPLE)]
    Drift(SiteArgs),

    /// Delete the app stack, and the data stack where that is asked for
    ///
    /// Asks for the site's name. Files, secrets, keys and backups stay even then, databases leave a snapshot.
    #[command(after_help = DESTROY_EXAMPLE)]
    Destroy(InfraDestroyArgs),

    /// Print a stack's CloudFormation template
    #[command(after_help = TEMPLATE_EXAMPLE)]
    Template(InfraTemplateArgs),
}

/// Arguments of `wpimg infra plan`.
#[derive(Debug, Args)]
pub(crate) struct InfraPlanArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
}

/// Arguments of `wpimg infra apply`.
#[derive(Debug, Args)]
pub(crate) struct InfraApplyArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,

    /// Do also what loses data, such as replacing the database by an empty one
    #[arg(long)]
    pub(crate) allow_replacement: bool,
}

/// Arguments of `wpimg infra outputs`.
#[derive(Debug, Args)]
pub(crate) struct InfraOutputsArgs {
    /// Only this one
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,

    #[command(flatten)]
    pub(crate) site: SiteArgs,
}

/// Arguments of `wpimg infra destroy`.
#[derive(Debug, Args)]
pub(crate) struct InfraDestroyArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,

    /// Delete the data stack too: network and database
    #[arg(long)]
    pub(crate) data: bool,

    /// The site's name, in place of being asked for it
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Option<String>,
}

/// Arguments of `wpimg infra template`.
#[derive(Debug, Args)]
pub(crate) struct InfraTemplateArgs {
    /// Which of the two
    #[arg(value_name = "STACK")]
    pub(crate) stack: StackChoice,
}

/// One of a site's stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StackChoice {
    /// Network, database, files, secrets
    Data,
    /// Load balancer, registry, service
    App,
}
