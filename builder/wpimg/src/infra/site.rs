//! Which site: what its recipe says about the stacks, and a session with AWS.

use std::{fs, io, path::Path};

use wpimg_aws::Session;
use wpimg_environment::{Environment, Stack};

use super::InfraError;
use crate::{cli::SiteArgs, commands::Context, error_report::Failure};

/// What is read where no other file is named.
const RECIPE: &str = "wpimg.toml";

/// A site in one of its environments.
pub(crate) struct Site {
    pub(crate) environment: Environment,
    pub(crate) session: Session,
}

impl Site {
    /// Reads the recipe and makes sure that the account is the one it names, if it names one.
    pub(crate) async fn open(arguments: &SiteArgs, context: &Context) -> Result<Self, Failure> {
        let environment = read(arguments, context)?;
        let session = Session::open(environment.profile(), environment.region()).await?;
        if let Some(expected) = environment.account() {
            let actual = session.identity().await?.account;
            if actual != expected {
                return Err(InfraError::OtherAccount {
                    site: environment.name().to_owned(),
                    expected: expected.to_owned(),
                    actual,
                }
                .into());
            }
        }
        Ok(Self {
            environment,
            session,
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.environment.name()
    }

    /// What a stack of the site is called.
    pub(crate) fn stack(&self, stack: Stack) -> String {
        stack.name(self.environment.name())
    }

    /// The error of a stack that is not there.
    pub(crate) fn no_stack(&self, stack: Stack) -> InfraError {
        InfraError::NoStack {
            stack: self.stack(stack),
            region: self.session.region().to_owned(),
        }
    }
}

fn read(arguments: &SiteArgs, context: &Context) -> Result<Environment, InfraError> {
    let recipe = arguments
        .recipe
        .as_deref()
        .or(context.environment.recipe.as_deref());
    let path = recipe.unwrap_or(Path::new(RECIPE));
    let full = context.environment.working_directory.join(path);
    let text = fs::read_to_string(&full).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => InfraError::NoRecipe {
            path: path.to_owned(),
        },
        _ => InfraError::UnreadableRecipe {
            path: path.to_owned(),
            source,
        },
    })?;
    let name = arguments
        .env
        .as_deref()
        .or(context.environment.env_of_site.as_deref());
    let file = path.display().to_string();
    Environment::read(&text, &file, name).map_err(|source| InfraError::Environment {
        place: match name {
            Some(name) => format!("environment `{name}` of `{file}`"),
            None => format!("[infra] of `{file}`"),
        },
        source,
    })
}
