//! `wpimg infra plan`: what would change, and nothing is changed.

use wpimg_environment::Stack;
use wpimg_plan::change::AllowReplacement;

use super::shown;
use crate::{
    cli::InfraPlanArgs,
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    infra::{self, InfraError, Site, State},
};

pub(crate) async fn plan(arguments: InfraPlanArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments.site, context).await?;
    let stacks = site.session.stacks();
    let image = infra::image(&site).await?;
    let mut is_change = false;
    let mut refused = None;
    for stack in Stack::ALL {
        let name = site.stack(stack);
        let state = infra::state(&stacks, &name).await?;
        match &state {
            State::Absent | State::Present(_) => {}
            State::Failed(_) | State::Stuck(_) => {
                let message = format!("`{name}` has to be repaired first, which `apply` does");
                context.report.warning(&message);
                is_change = true;
                continue;
            }
            State::Busy(busy) => {
                return Err(InfraError::Unusable {
                    stack: name,
                    status: busy.status.to_string(),
                    reason: busy.reason.clone(),
                }
                .into());
            }
        }
        // The app stack is made of what the data stack tells, and of the image parameter.
        if stack == Stack::App && (is_change && state == State::Absent || image.is_none()) {
            let message = format!("`{name}`, once there is what it is made of");
            context.report.status("Later", &message);
            is_change = true;
            continue;
        }
        let wanted = infra::wanted(stack, &site, image.as_deref());
        let proposal = infra::propose(stack, &site, &state, &wanted).await?;
        shown::show(&proposal, context)?;
        if !proposal.is_empty() {
            let cost = infra::cost(stack, &site, (&state, &wanted), &context.report).await;
            shown::show_cost(cost.as_ref(), context)?;
        }
        is_change |= !proposal.is_empty();
        let refusal = shown::refuse_losses(&proposal, AllowReplacement::No);
        proposal.withdraw(&site).await?;
        refused = refused.or(refusal.err());
    }
    if let Some(refusal) = refused {
        return Err(refusal.into());
    }
    Ok(if is_change {
        ExitStatus::Different
    } else {
        ExitStatus::Success
    })
}
