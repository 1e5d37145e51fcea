//! `wpimg infra apply`: the stacks become what the recipe says.

use wpimg_environment::Stack;
use wpimg_plan::change::AllowReplacement;

use super::{outputs, shown};
use crate::{
    cli::InfraApplyArgs,
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    infra::{self, DESCRIPTION, InfraError, NO_IMAGE, Site, State},
    release,
};

pub(crate) async fn apply(arguments: InfraApplyArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments.site, context).await?;
    for stack in Stack::ALL {
        apply_one(stack, &site, &arguments, context).await?;
    }
    outputs::show(&site, context).await?;
    Ok(ExitStatus::Success)
}

async fn apply_one(
    stack: Stack,
    site: &Site,
    arguments: &InfraApplyArgs,
    context: &Context,
) -> Result<(), Failure> {
    let (stacks, name, report) = (site.session.stacks(), site.stack(stack), &context.report);
    let state = infra::prepare(&stacks, &name, report).await?;
    let image = match stack {
        Stack::Data => None,
        // The template reads it, so it has to be there before the stack is.
        Stack::App => Some(placeholder(site, &state).await?),
    };
    let wanted = infra::wanted(stack, site, image.as_deref());
    let proposal = infra::propose(stack, site, &state, &wanted).await?;
    if proposal.is_empty() {
        proposal.withdraw(site).await?;
        report.status("Unchanged", &format!("`{name}`"));
    } else {
        shown::show(&proposal, context)?;
        let cost = infra::cost(stack, site, (&state, &wanted), report).await;
        shown::show_cost(cost.as_ref(), context)?;
        let allowed = if arguments.allow_replacement {
            AllowReplacement::Yes
        } else {
            AllowReplacement::No
        };
        if let Err(refusal) = shown::refuse_losses(&proposal, allowed) {
            proposal.withdraw(site).await?;
            return Err(refusal.into());
        }
        if !arguments.yes {
            let question = format!("Change `{name}` in {}?", site.session.region());
            let answer = report.confirm(&question).await;
            if answer != Some(true) {
                proposal.withdraw(site).await?;
            }
            match answer {
                None => return Err(InfraError::NotAsked { argument: "--yes" }.into()),
                Some(false) => return Err(InfraError::Declined { stack: name }.into()),
                Some(true) => {}
            }
        }
        proposal.carry_out(site, report).await?;
        report.status("Finished", &format!("`{name}`"));
    }
    if stack == Stack::Data {
        // Also where nothing has changed: an earlier run may have ended before.
        protect(site, &name, context).await?;
    }
    Ok(())
}

/// Nobody deletes the data stack by mistake, with whatever tool.
async fn protect(site: &Site, name: &str, context: &Context) -> Result<(), Failure> {
    let stacks = site.session.stacks();
    let stack = stacks.stack(name).await?;
    if stack.is_some_and(|stack| !stack.is_protected) {
        stacks.protect(name, true).await?;
        let message = format!("`{name}` from being deleted");
        context.report.status("Protected", &message);
    }
    Ok(())
}

/// What the image parameter says, or now says: what runs already, where somebody has lost the parameter, since a stack without
/// an image stops all tasks.
async fn placeholder(site: &Site, state: &State) -> Result<String, Failure> {
    let said = infra::image(site).await?;
    if let Some(image) = said.as_ref().filter(|image| *image != NO_IMAGE) {
        return Ok(image.clone());
    }
    let image = match state {
        State::Present(stack) => release::running_image(site, stack).await?,
        State::Absent | State::Failed(_) | State::Stuck(_) | State::Busy(_) => None,
    };
    let image = image.unwrap_or_else(|| NO_IMAGE.to_owned());
    if said.as_ref() != Some(&image) {
        let name = site.environment.image_parameter();
        let parameters = site.session.parameters();
        parameters.put(&name, &image, DESCRIPTION).await?;
    }
    Ok(image)
}
