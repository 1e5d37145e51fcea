//! What would change about a stack, as CloudFormation itself says.

use std::time::{SystemTime, UNIX_EPOCH};

use wpimg_aws::stacks::ChangeSetRequest;
use wpimg_environment::Stack;
use wpimg_plan::change::Plan;

use super::{Site, State, Wanted, prepare::newest};
use crate::{
    error_report::Failure,
    infra::{Doing, follow},
    report::Report,
};

/// What change sets of ours are called. One that is left over keeps its name.
fn name_of_change_set() -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    format!("wpimg-{}", since_1970.unwrap_or_default().as_millis())
}

/// A change that could be made.
pub(crate) struct Proposal {
    pub(crate) stack: Stack,
    pub(crate) plan: Plan,
    /// Nothing where nothing would change.
    change_set: Option<String>,
    exists: bool,
}

/// Asks what would change. The state is `Absent` or `Present`.
pub(crate) async fn propose(
    stack: Stack,
    site: &Site,
    state: &State,
    wanted: &Wanted,
) -> Result<Proposal, Failure> {
    let name = site.stack(stack);
    let exists = match state {
        State::Present(_) | State::Busy(_) | State::Stuck(_) => true,
        State::Absent | State::Failed(_) => false,
    };
    let request = ChangeSetRequest {
        stack: &name,
        name: &name_of_change_set(),
        exists,
        template: &wanted.template,
        parameters: &wanted.parameters,
        tags: site.environment.tags(),
    };
    let change_set = site.session.stacks().change_set(request).await?;
    Ok(Proposal {
        stack,
        plan: Plan::of(name, change_set.changes),
        change_set: change_set.id,
        exists,
    })
}

impl Proposal {
    /// Whether there is nothing to do. A change of outputs alone is one, and has no resource in its plan.
    pub(crate) fn is_empty(&self) -> bool {
        self.change_set.is_none()
    }

    /// Makes the change, and follows it to its end.
    pub(crate) async fn carry_out(&self, site: &Site, report: &Report) -> Result<(), Failure> {
        let Some(change_set) = &self.change_set else {
            return Ok(());
        };
        let (stacks, name) = (site.session.stacks(), site.stack(self.stack));
        let last = newest(&stacks, &name).await?;
        stacks.execute(&name, change_set).await?;
        let doing = if self.exists {
            Doing::Updating
        } else {
            Doing::Creating
        };
        let stack = stacks.stack(&name).await?;
        let id = stack.map_or_else(|| name.clone(), |stack| stack.id);
        follow(&stacks, (&name, &id), doing, last, report).await
    }

    /// Forgets the change. A stack that only this change set was for is forgotten with it, unless somebody has begun to make
    /// it meanwhile.
    pub(crate) async fn withdraw(&self, site: &Site) -> Result<(), Failure> {
        let Some(change_set) = &self.change_set else {
            return Ok(());
        };
        let (stacks, name) = (site.session.stacks(), site.stack(self.stack));
        stacks.forget(&name, change_set).await?;
        if !self.exists
            && let Some(stack) = stacks.stack(&name).await?
            && stack.status.is_empty_shell()
        {
            stacks.delete(&stack.id).await?;
        }
        Ok(())
    }
}
