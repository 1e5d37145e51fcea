//! Brings a stack that cannot be changed to where it can.

use wpimg_aws::stacks::{Stack, Stacks};

use super::{Doing, InfraError, follow};
use crate::{error_report::Failure, report::Report};

/// What there is of a stack, as far as the next change is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing: the next change creates it.
    Absent,
    Present(Stack),
    /// Its creation has failed; it has to be deleted first, and holds nothing.
    Failed(Stack),
    /// A rollback of it has got stuck.
    Stuck(Stack),
    /// Somebody is at work on it.
    Busy(Stack),
}

/// Looks.
pub(crate) async fn state(stacks: &Stacks, name: &str) -> Result<State, Failure> {
    Ok(match stacks.stack(name).await? {
        None => State::Absent,
        Some(stack) if stack.status.is_empty_shell() || stack.status.is_deleted() => State::Absent,
        Some(stack) if stack.status.is_in_progress() => State::Busy(stack),
        Some(stack) if stack.status.is_failed_creation() => State::Failed(stack),
        Some(stack) if stack.status.is_stuck() => State::Stuck(stack),
        Some(stack) if stack.status.is_half_deleted() => return Err(unusable(stack).into()),
        Some(stack) => State::Present(stack),
    })
}

/// Waits, continues or deletes until the stack is there to be changed, or is not there at all. What it returns is `Absent` or
/// `Present`.
pub(crate) async fn prepare(
    stacks: &Stacks,
    name: &str,
    report: &Report,
) -> Result<State, Failure> {
    let mut found = state(stacks, name).await?;
    if let State::Busy(stack) = &found {
        report.status("Waiting", &format!("for {} of `{name}`", stack.status));
        wait(stacks, stack, Doing::Waiting, report).await?;
        found = state(stacks, name).await?;
    }
    match &found {
        State::Absent | State::Present(_) => Ok(found),
        State::Failed(stack) => {
            let message = format!("`{name}`, whose creation has failed before");
            report.status("Deleting", &message);
            let last = newest(stacks, &stack.id).await?;
            stacks.delete(name).await?;
            let place = (name, stack.id.as_str());
            follow(stacks, place, Doing::Deleting, last, report).await?;
            Ok(State::Absent)
        }
        State::Stuck(stack) => {
            let message = format!("the rollback of `{name}`, which has got stuck before");
            report.status("Continuing", &message);
            let last = newest(stacks, &stack.id).await?;
            stacks.continue_rollback(name).await?;
            follow(stacks, (name, &stack.id), Doing::Waiting, last, report).await?;
            match state(stacks, name).await? {
                State::Present(stack) => Ok(State::Present(stack)),
                State::Absent => Ok(State::Absent),
                State::Failed(stack) | State::Stuck(stack) | State::Busy(stack) => {
                    Err(unusable(stack).into())
                }
            }
        }
        State::Busy(stack) => Err(unusable(stack.clone()).into()),
    }
}

/// The newest event, from which on something new is told.
pub(crate) async fn newest(stacks: &Stacks, id: &str) -> Result<Option<String>, Failure> {
    let events = stacks.events_since(id, None).await?;
    Ok(events.into_iter().next().map(|event| event.id))
}

async fn wait(
    stacks: &Stacks,
    stack: &Stack,
    doing: Doing,
    report: &Report,
) -> Result<(), Failure> {
    let last = newest(stacks, &stack.id).await?;
    follow(stacks, (&stack.name, &stack.id), doing, last, report).await
}

fn unusable(stack: Stack) -> InfraError {
    InfraError::Unusable {
        stack: stack.name,
        status: stack.status.to_string(),
        reason: stack.reason,
    }
}
