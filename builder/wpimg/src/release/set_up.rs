//! The site's own user in the database: a new database has a master user only, whose password RDS keeps to itself.
//!
//! A task makes it, with the one role that may read that password. The passwords are references until they are in the
//! container, and the statement that has one is sent to the database only.

use wpimg_environment::Stack;

use super::{CONTAINER, Live, LogPlace, Once, ReleaseError, run_once};
use crate::{commands::Context, error_report::Failure};

/// What makes the user, with the image's own way to the database. It can be run again.
const SCRIPT: &str = include_str!("set_up.php");

/// First the settings, as every container of the site has them.
const COMMAND: [&str; 4] = [
    "--",
    "/bin/sh",
    "-c",
    r#"/usr/bin/wpimg-init job settings && exec php -r "$SCRIPT""#,
];

/// In place of secrets that the task needs not and may not read.
const UNUSED: &str = "00000000000000000000000000000000";

/// Makes the user, or gives it the password that its secret has now.
pub(crate) async fn set_up(
    live: &Live,
    task_definition: &str,
    log: Option<LogPlace>,
    context: &Context,
) -> Result<(), Failure> {
    let name = live.site.stack(Stack::Data);
    let data = live.session().stacks().stack(&name).await?;
    let data = data.ok_or_else(|| live.site.no_stack(Stack::Data))?;
    let told = |output: &'static str| {
        let value = data.outputs.get(output).cloned();
        value.ok_or_else(|| ReleaseError::NoOutput {
            stack: name.clone(),
            output,
        })
    };
    let site = told("DatabaseSecret")?;
    let environment = [
        ("SCRIPT", SCRIPT.to_owned()),
        ("WPIMG_SECRET", told("MasterSecret")?),
        ("WORDPRESS_DB_HOST", format!("{site}:host")),
        ("WORDPRESS_DB_NAME", format!("{site}:dbname")),
        ("WPIMG_PHP_VARIABLES", "SITE_USER SITE_PASSWORD".to_owned()),
        ("SITE_USER", format!("{site}:username")),
        ("SITE_PASSWORD", format!("{site}:password")),
        ("WPIMG_SALT_MASTER", UNUSED.to_owned()),
        ("WPIMG_REDIS_PASSWORD", String::new()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    let role = live.output("SetupRole")?;
    context
        .report
        .status("Setting up", "the site's user in the database");
    let once = Once {
        task_definition,
        command: &COMMAND.map(str::to_owned),
        environment: &environment,
        role: Some(&role),
        log,
    };
    let write = |line: &str| {
        context.report.status("database", line);
        Ok(())
    };
    match run_once(live, once, write).await? {
        0 => Ok(()),
        exit_code => Err(ReleaseError::NotSetUp { exit_code }.into()),
    }
}

/// Whether no version of the site has ever been deployed.
pub(crate) fn is_first(live: &Live) -> bool {
    let mut containers = live.task_definition.containers();
    let container = containers.find(|container| container.name() == CONTAINER);
    container.is_some_and(|container| container.image() == crate::infra::NO_IMAGE)
}
