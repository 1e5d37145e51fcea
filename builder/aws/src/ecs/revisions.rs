//! Revisions of a task definition, as the JSON that ECS sends and takes.
//!
//! The SDK's types know the fields of the day it was made: what is newer would be lost between the description and the
//! registration. So the answer is read as it came, and what is sent is written by us; the SDK signs and repeats.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ecs::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::AfterDeserializationInterceptorContextRef,
    },
    error::BoxError,
    types::{SortOrder, TaskDefinitionField, TaskDefinitionStatus},
};
use serde_json::Value;
use wpimg_rollout::task_definition::TaskDefinition;

use super::Services;
use crate::error::AwsError;

const REGISTER: &str = "ecs:RegisterTaskDefinition";

/// The HTTP header that the body's length stands in.
const LENGTH: &str = "content-length";

impl Services {
    /// A revision by its ARN, or the latest of a family.
    pub async fn task_definition(&self, name: &str) -> Result<TaskDefinition, AwsError> {
        const ACTION: &str = "ecs:DescribeTaskDefinition";
        let answer = Answer::default();
        self.client
            .describe_task_definition()
            .task_definition(name)
            .include(TaskDefinitionField::Tags)
            .customize()
            .interceptor(answer.clone())
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, name, &error))?;
        answer.task_definition(ACTION, name)
    }

    /// Makes the next revision.
    pub async fn register(&self, definition: &TaskDefinition) -> Result<TaskDefinition, AwsError> {
        let family = definition.family();
        let body = definition.registrable().to_string();
        let answer = Answer::default();
        self.client
            .register_task_definition()
            .family(family)
            // Required by the SDK, replaced with all the rest of the body.
            .container_definitions(aws_sdk_ecs::types::ContainerDefinition::builder().build())
            .customize()
            .interceptor(answer.clone())
            .mutate_request(move |request| {
                request.headers_mut().insert(LENGTH, body.len().to_string());
                *request.body_mut() = body.clone().into();
            })
            .send()
            .await
            .map_err(|error| AwsError::of(REGISTER, family, &error))?;
        answer.task_definition(REGISTER, family)
    }

    /// The revisions of a family that tasks can be started from, as ARNs, the newest first.
    pub async fn revisions(&self, family: &str) -> Result<Vec<String>, AwsError> {
        const ACTION: &str = "ecs:ListTaskDefinitions";
        let mut arns = Vec::new();
        let mut next = None;
        loop {
            let output = self
                .client
                .list_task_definitions()
                .family_prefix(family)
                .status(TaskDefinitionStatus::Active)
                .sort(SortOrder::Desc)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| AwsError::of(ACTION, family, &error))?;
            arns.extend(output.task_definition_arns.unwrap_or_default());
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        // Families are asked for by prefix in some places, and not sorted in others.
        arns.retain(|arn| number(arn).is_some_and(|(found, _)| found == family));
        arns.sort_by_key(|arn| std::cmp::Reverse(number(arn).map(|(_, revision)| revision)));
        Ok(arns)
    }

    /// Takes a revision back: no task is started from it any more.
    pub async fn deregister(&self, arn: &str) -> Result<(), AwsError> {
        const ACTION: &str = "ecs:DeregisterTaskDefinition";
        self.client
            .deregister_task_definition()
            .task_definition(arn)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, arn, &error))
    }
}

/// The family and the number in the ARN of a revision.
fn number(arn: &str) -> Option<(&str, u64)> {
    let (family, revision) = super::short(arn).rsplit_once(':')?;
    Some((family, revision.parse().ok()?))
}

/// Keeps the body of the last answer.
#[derive(Clone, Debug, Default)]
struct Answer(Arc<Mutex<Vec<u8>>>);

impl Answer {
    fn task_definition(
        &self,
        action: &'static str,
        resource: &str,
    ) -> Result<TaskDefinition, AwsError> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let described = serde_json::from_slice::<Value>(&body)
            .map_err(|error| error.to_string())
            .and_then(|json| TaskDefinition::described(json).map_err(|error| error.to_string()));
        described.map_err(|reason| AwsError::lacking(action, resource, &reason))
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Answer {
    fn name(&self) -> &'static str {
        "the answer as it came"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clear();
        kept.extend_from_slice(body);
        Ok(())
    }
}
