//! `wpimg infra destroy`: the app stack goes, and the data stack where that is asked for.

use wpimg_environment::Stack;

use crate::{
    cli::InfraDestroyArgs,
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    infra::{self, Doing, InfraError, Site},
};

pub(crate) async fn destroy(arguments: InfraDestroyArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments.site, context).await?;
    if arguments.data {
        refuse_protected(&site).await?;
    }
    confirm(&site, &arguments, context).await?;
    delete(Stack::App, &site, context).await?;
    let parameter = site.environment.image_parameter();
    site.session.parameters().delete(&parameter).await?;
    if arguments.data {
        delete(Stack::Data, &site, context).await?;
    } else {
        let name = site.stack(Stack::Data);
        context
            .report
            .status("Kept", &format!("`{name}`; `--data` deletes it too"));
    }
    Ok(ExitStatus::Success)
}

/// RDS would refuse when all the rest is gone.
async fn refuse_protected(site: &Site) -> Result<(), Failure> {
    let name = site.stack(Stack::Data);
    let stack = site.session.stacks().stack(&name).await?;
    let is_protected = stack.is_some_and(|stack| {
        let protection = stack.parameters.get("DeletionProtection");
        protection.is_some_and(|protection| protection == "true")
    });
    if is_protected {
        return Err(InfraError::Protected { stack: name }.into());
    }
    Ok(())
}

/// The name, not a yes: whoever types it knows which site it is.
async fn confirm(
    site: &Site,
    arguments: &InfraDestroyArgs,
    context: &Context,
) -> Result<(), InfraError> {
    let name = site.name();
    let stacks = if arguments.data {
        format!(
            "`{}` and `{}`",
            site.stack(Stack::App),
            site.stack(Stack::Data)
        )
    } else {
        format!("`{}`", site.stack(Stack::App))
    };
    let given = match &arguments.confirm {
        Some(given) => Some(given.clone()),
        None => {
            let region = site.session.region();
            let question = format!("This deletes {stacks} in {region}. The site's name, to go on:");
            context.report.ask(&question).await
        }
    };
    match given {
        Some(given) if given == name => Ok(()),
        Some(given) => Err(InfraError::OtherName {
            given,
            name: name.to_owned(),
        }),
        None => Err(InfraError::NotAsked {
            argument: "--confirm NAME",
        }),
    }
}

async fn delete(stack: Stack, site: &Site, context: &Context) -> Result<(), Failure> {
    let (stacks, name, report) = (site.session.stacks(), site.stack(stack), &context.report);
    let Some(found) = stacks.stack(&name).await? else {
        report.status("Absent", &format!("`{name}`"));
        return Ok(());
    };
    if found.is_protected {
        stacks.protect(&name, false).await?;
    }
    let last = infra::newest(&stacks, &found.id).await?;
    stacks.delete(&name).await?;
    infra::follow(&stacks, (&name, &found.id), Doing::Deleting, last, report).await?;
    report.status("Deleted", &format!("`{name}`"));
    Ok(())
}
