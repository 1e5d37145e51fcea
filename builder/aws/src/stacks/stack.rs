//! A stack as it is.

use std::{collections::BTreeMap, fmt};

use super::{INVALID, Stacks};
use crate::error::AwsError;

/// A stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    pub name: String,
    /// ARN; it stays the same until the stack is deleted, and names it afterwards too.
    pub id: String,
    pub status: StackStatus,
    pub reason: Option<String>,
    pub parameters: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    pub is_protected: bool,
    /// Seconds since 1970 of the last change.
    pub changed: Option<i64>,
}

/// The status of a stack, in CloudFormation's own word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackStatus(String);

/// Something that a stack has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    pub logical_id: String,
    pub physical_id: Option<String>,
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
}

impl StackStatus {
    pub fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    pub fn word(&self) -> &str {
        &self.0
    }

    /// Whether CloudFormation is at work on it. A stack that only a change set has been made for waits for nobody.
    pub fn is_in_progress(&self) -> bool {
        self.0.ends_with("_IN_PROGRESS") && !self.is_empty_shell()
    }

    /// Whether there is no stack behind the name yet, only a change set that would make one.
    pub fn is_empty_shell(&self) -> bool {
        self.0 == "REVIEW_IN_PROGRESS"
    }

    /// Whether the creation has failed: such a stack can only be deleted.
    pub fn is_failed_creation(&self) -> bool {
        matches!(
            self.0.as_str(),
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED"
        )
    }

    /// Whether a rollback has got stuck: it has to be continued before anything else.
    pub fn is_stuck(&self) -> bool {
        self.0 == "UPDATE_ROLLBACK_FAILED"
    }

    /// Whether a deletion of it has failed: it can only be deleted again.
    pub fn is_half_deleted(&self) -> bool {
        self.0 == "DELETE_FAILED"
    }

    /// Whether the last thing that was done has been done.
    pub fn is_good(&self) -> bool {
        matches!(
            self.0.as_str(),
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "DELETE_COMPLETE"
        )
    }

    pub fn is_deleted(&self) -> bool {
        self.0 == "DELETE_COMPLETE"
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Stacks {
    /// A stack by its name or id, or nothing where there is none.
    pub async fn stack(&self, name: &str) -> Result<Option<Stack>, AwsError> {
        const ACTION: &str = "cloudformation:DescribeStacks";
        let output = match self.client.describe_stacks().stack_name(name).send().await {
            Ok(output) => output,
            Err(error) => {
                let error = AwsError::of(ACTION, name, &error);
                let is_missing = error.has_code(INVALID)
                    && error
                        .message()
                        .is_some_and(|message| message.contains("does not exist"));
                return if is_missing { Ok(None) } else { Err(error) };
            }
        };
        Ok(output.stacks().first().map(Stack::of))
    }

    /// The template that a stack was last changed with.
    pub async fn template(&self, name: &str) -> Result<String, AwsError> {
        const ACTION: &str = "cloudformation:GetTemplate";
        let output = self
            .client
            .get_template()
            .stack_name(name)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, name, &error))?;
        Ok(output.template_body.unwrap_or_default())
    }

    /// What a stack has made, in the order of names.
    pub async fn resources(&self, name: &str) -> Result<Vec<StackResource>, AwsError> {
        const ACTION: &str = "cloudformation:ListStackResources";
        let mut resources = Vec::new();
        let mut next = None;
        loop {
            let output = self
                .client
                .list_stack_resources()
                .stack_name(name)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| AwsError::of(ACTION, name, &error))?;
            for found in output.stack_resource_summaries() {
                resources.push(StackResource {
                    logical_id: found.logical_resource_id().unwrap_or_default().to_owned(),
                    physical_id: found.physical_resource_id().map(str::to_owned),
                    kind: found.resource_type().unwrap_or_default().to_owned(),
                    status: found
                        .resource_status()
                        .map_or("", |status| status.as_str())
                        .to_owned(),
                    reason: found.resource_status_reason().map(str::to_owned),
                });
            }
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        resources.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
        Ok(resources)
    }

    /// Lets nobody delete the stack, or lets them again.
    pub async fn protect(&self, name: &str, is_protected: bool) -> Result<(), AwsError> {
        const ACTION: &str = "cloudformation:UpdateTerminationProtection";
        self.client
            .update_termination_protection()
            .stack_name(name)
            .enable_termination_protection(is_protected)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, name, &error))
    }

    /// Begins to delete a stack.
    pub async fn delete(&self, name: &str) -> Result<(), AwsError> {
        const ACTION: &str = "cloudformation:DeleteStack";
        self.client
            .delete_stack()
            .stack_name(name)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, name, &error))
    }

    /// Tries again to bring back what was there before a failed change.
    pub async fn continue_rollback(&self, name: &str) -> Result<(), AwsError> {
        const ACTION: &str = "cloudformation:ContinueUpdateRollback";
        self.client
            .continue_update_rollback()
            .stack_name(name)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, name, &error))
    }
}

impl Stack {
    fn of(found: &aws_sdk_cloudformation::types::Stack) -> Self {
        let parameters = found.parameters().iter().filter_map(|parameter| {
            let value = parameter.parameter_value().unwrap_or_default();
            Some((parameter.parameter_key()?.to_owned(), value.to_owned()))
        });
        let outputs = found.outputs().iter().filter_map(|output| {
            let value = output.output_value().unwrap_or_default();
            Some((output.output_key()?.to_owned(), value.to_owned()))
        });
        let changed = found.last_updated_time().or(found.creation_time());
        Self {
            name: found.stack_name().unwrap_or_default().to_owned(),
            id: found.stack_id().unwrap_or_default().to_owned(),
            status: StackStatus::new(found.stack_status().map_or("", |status| status.as_str())),
            reason: found
                .stack_status_reason()
                .filter(|reason| !reason.is_empty())
                .map(str::to_owned),
            parameters: parameters.collect(),
            outputs: outputs.collect(),
            is_protected: found.enable_termination_protection().unwrap_or_default(),
            changed: changed.map(aws_smithy_types::DateTime::secs),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::StackStatus as Word;

    use super::StackStatus;

    /// Every word that CloudFormation has means one thing to us.
    #[test]
    fn a_status_is_in_progress_good_failed_or_rolled_back() {
        for word in Word::values() {
            let status = StackStatus::new(word);
            let kinds = [
                status.is_in_progress(),
                status.is_empty_shell(),
                status.is_failed_creation(),
                status.is_stuck(),
                status.is_half_deleted(),
                status.is_good(),
                // What is left has gone back to what was there before.
                matches!(
                    *word,
                    "UPDATE_ROLLBACK_COMPLETE"
                        | "IMPORT_ROLLBACK_COMPLETE"
                        | "IMPORT_ROLLBACK_FAILED"
                        | "UPDATE_FAILED"
                ),
            ];
            let fitting = kinds.iter().filter(|fits| **fits).count();
            assert_eq!(fitting, 1, "{word}: {kinds:?}");
        }
    }
}
