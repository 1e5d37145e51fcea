//! The arguments of `wpimg init`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLE: &str = "\
Example:
  wpimg init shop";

/// Write a recipe to start from
///
/// Writes `wpimg.toml` with comments, and `wpimg.schema.json` beside it, with which editors complete
/// and explain it. In the directory of a WordPress or Bedrock site the recipe names the plugins and
/// themes that lie there. Nothing is built, and no other file is changed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct InitArgs {
    /// The site's directory; made if there is none
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,

    /// Replace a recipe that is there
    #[arg(long)]
    pub(crate) force: bool,

    /// Print the JSON Schema of recipes instead, and write nothing
    #[arg(long, conflicts_with_all = ["force", "directory"])]
    pub(crate) schema: bool,
}
