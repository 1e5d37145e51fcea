//! Change sets: what would change about a stack, and the order to do it.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudformation::{
    operation::describe_change_set::DescribeChangeSetOutput,
    types::{Capability, Change, ChangeSetStatus, ChangeSetType, Parameter, Tag},
};
use wpimg_plan::change::ResourceChange;

use super::{Stacks, changes};
use crate::{
    cause::{Answer, Cause},
    error::AwsError,
};

/// From one question to the next whether a change set is there: it takes a second or two.
const ASK_AGAIN: Duration = Duration::from_millis(300);

/// What a stack should become.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSetRequest<'a> {
    pub stack: &'a str,
    /// What the change set itself is called.
    pub name: &'a str,
    /// Whether there is a stack of that name.
    pub exists: bool,
    pub template: &'a str,
    /// Those that are not here are what the template says.
    pub parameters: &'a BTreeMap<String, String>,
    pub tags: &'a BTreeMap<String, String>,
}

/// What would change.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    /// ARN, or nothing where nothing would change: such a change set is deleted at once.
    pub id: Option<String>,
    pub changes: Vec<ResourceChange>,
}

impl Stacks {
    /// Finds out what would change, and changes nothing.
    pub async fn change_set(&self, request: ChangeSetRequest<'_>) -> Result<ChangeSet, AwsError> {
        let id = self.create(request).await?;
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let output = self.described(request.stack, &id, next.take()).await?;
            match output.status() {
                Some(ChangeSetStatus::CreateComplete) => {
                    found.extend_from_slice(output.changes());
                    next = output.next_token;
                    if next.is_none() {
                        break;
                    }
                }
                Some(ChangeSetStatus::Failed) => return self.failed(request, &id, &output).await,
                _ => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
        let changes = found.iter().filter_map(Change::resource_change);
        Ok(ChangeSet {
            id: Some(id),
            changes: changes.map(changes::of).collect(),
        })
    }

    /// Begins to do it. What a failed creation leaves behind is taken away, also what a deleted stack would keep: nothing
    /// is in it yet, and its name would be in the way of the next attempt.
    pub async fn execute(&self, stack: &str, change_set: &str) -> Result<(), AwsError> {
        const ACTION: &str = "cloudformation:ExecuteChangeSet";
        self.client
            .execute_change_set()
            .change_set_name(change_set)
            .retain_except_on_create(true)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, stack, &error))
    }

    /// Forgets a change set that nobody wants to be done.
    pub async fn forget(&self, stack: &str, change_set: &str) -> Result<(), AwsError> {
        const ACTION: &str = "cloudformation:DeleteChangeSet";
        self.client
            .delete_change_set()
            .change_set_name(change_set)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, stack, &error))
    }

    async fn create(&self, request: ChangeSetRequest<'_>) -> Result<String, AwsError> {
        const ACTION: &str = "cloudformation:CreateChangeSet";
        let parameters = request.parameters.iter().map(|(name, value)| {
            Parameter::builder()
                .parameter_key(name)
                .parameter_value(value)
                .build()
        });
        let tags = request
            .tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build());
        let kind = if request.exists {
            ChangeSetType::Update
        } else {
            ChangeSetType::Create
        };
        let output = self
            .client
            .create_change_set()
            .stack_name(request.stack)
            .change_set_name(request.name)
            .change_set_type(kind)
            .template_body(request.template)
            .set_parameters(Some(parameters.collect()))
            .set_tags(Some(tags.collect()))
            .capabilities(Capability::CapabilityIam)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, request.stack, &error))?;
        output
            .id
            .ok_or_else(|| AwsError::lacking(ACTION, request.stack, "id of the change set"))
    }

    async fn described(
        &self,
        stack: &str,
        id: &str,
        next: Option<String>,
    ) -> Result<DescribeChangeSetOutput, AwsError> {
        const ACTION: &str = "cloudformation:DescribeChangeSet";
        self.client
            .describe_change_set()
            .change_set_name(id)
            .include_property_values(true)
            .set_next_token(next)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, stack, &error))
    }

    /// A change set without changes is a failure to CloudFormation, and none to us.
    async fn failed(
        &self,
        request: ChangeSetRequest<'_>,
        id: &str,
        output: &DescribeChangeSetOutput,
    ) -> Result<ChangeSet, AwsError> {
        let reason = output.status_reason().unwrap_or("no reason given");
        // It is of no use any more, and stays in the way of nothing if this fails.
        let _ = self.forget(request.stack, id).await;
        let is_empty = reason.contains("didn't contain changes")
            || reason.contains("No updates are to be performed");
        if is_empty {
            return Ok(ChangeSet {
                id: None,
                changes: Vec::new(),
            });
        }
        Err(AwsError {
            action: "cloudformation:CreateChangeSet",
            resource: request.stack.to_owned(),
            cause: Cause::Service(Answer {
                code: "FAILED".to_owned(),
                status: 200,
                message: reason.to_owned(),
            }),
        })
    }
}
