//! What happens to a stack.

use super::Stacks;
use crate::error::AwsError;

/// One thing that happened to one resource, or to the stack itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    pub id: String,
    pub logical_id: String,
    pub kind: String,
    /// Such as `CREATE_IN_PROGRESS`.
    pub status: String,
    pub reason: Option<String>,
}

impl StackEvent {
    /// Whether something has failed, and not only because something else has.
    pub fn is_failure(&self) -> bool {
        self.status.ends_with("_FAILED") && !self.is_consequence()
    }

    /// Whether it is about the stack as a whole.
    pub fn is_about_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }

    /// Resources that were on their way when another one failed.
    fn is_consequence(&self) -> bool {
        self.reason
            .as_deref()
            .is_some_and(|reason| reason.contains("cancelled") || reason.contains("canceled"))
    }
}

impl Stacks {
    /// What has happened since the event of that id, the oldest first; without one, the newest event only.
    pub async fn events_since(
        &self,
        stack: &str,
        last: Option<&str>,
    ) -> Result<Vec<StackEvent>, AwsError> {
        const ACTION: &str = "cloudformation:DescribeStackEvents";
        let mut events = Vec::new();
        let mut next = None;
        loop {
            let output = self
                .client
                .describe_stack_events()
                .stack_name(stack)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| AwsError::of(ACTION, stack, &error))?;
            for found in output.stack_events() {
                let id = found.event_id().unwrap_or_default();
                if last == Some(id) {
                    events.reverse();
                    return Ok(events);
                }
                events.push(StackEvent {
                    id: id.to_owned(),
                    logical_id: found.logical_resource_id().unwrap_or_default().to_owned(),
                    kind: found.resource_type().unwrap_or_default().to_owned(),
                    status: found
                        .resource_status()
                        .map_or("", |status| status.as_str())
                        .to_owned(),
                    reason: found
                        .resource_status_reason()
                        .filter(|reason| !reason.is_empty())
                        .map(str::to_owned),
                });
                if last.is_none() {
                    return Ok(events);
                }
            }
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        events.reverse();
        Ok(events)
    }
}
