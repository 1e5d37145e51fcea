//! What somebody has changed behind a stack's back.

use std::time::Duration;

use aws_sdk_cloudformation::types::{
    StackDriftDetectionStatus, StackResourceDrift, StackResourceDriftStatus,
};

use super::Stacks;
use crate::error::AwsError;

/// From one question to the next whether the detection is done.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Half an hour of them.
const MOST_LOOKS: u32 = 900;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    pub drifted: Vec<Drifted>,
    /// Why some resources could not be looked at.
    pub incomplete: Option<String>,
}

/// A resource that is not as the stack has made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    pub logical_id: String,
    pub kind: String,
    /// `MODIFIED` or `DELETED`.
    pub status: String,
    /// Paths of properties, with what they should be and what they are.
    pub differences: Vec<(String, String, String)>,
}

impl Stacks {
    /// Looks at every resource that CloudFormation can look at. It takes as long as it takes: minutes for a large stack.
    pub async fn drift(&self, stack: &str) -> Result<Drift, AwsError> {
        let detection = self.detect(stack).await?;
        let incomplete = self.wait(stack, &detection).await?;
        Ok(Drift {
            drifted: self.drifted(stack).await?,
            incomplete,
        })
    }

    async fn detect(&self, stack: &str) -> Result<String, AwsError> {
        const ACTION: &str = "cloudformation:DetectStackDrift";
        let output = self
            .client
            .detect_stack_drift()
            .stack_name(stack)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, stack, &error))?;
        let id = output.stack_drift_detection_id;
        id.ok_or_else(|| AwsError::lacking(ACTION, stack, "id of the detection"))
    }

    /// Why some of it could not be done, if so.
    async fn wait(&self, stack: &str, detection: &str) -> Result<Option<String>, AwsError> {
        const ACTION: &str = "cloudformation:DescribeStackDriftDetectionStatus";
        for _ in 0..MOST_LOOKS {
            let output = self
                .client
                .describe_stack_drift_detection_status()
                .stack_drift_detection_id(detection)
                .send()
                .await
                .map_err(|error| AwsError::of(ACTION, stack, &error))?;
            match output.detection_status() {
                Some(StackDriftDetectionStatus::DetectionInProgress) => {
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Some(StackDriftDetectionStatus::DetectionComplete) => return Ok(None),
                _ => {
                    let reason = output.detection_status_reason();
                    return Ok(Some(reason.unwrap_or("no reason given").to_owned()));
                }
            }
        }
        Ok(Some("it takes too long".to_owned()))
    }

    async fn drifted(&self, stack: &str) -> Result<Vec<Drifted>, AwsError> {
        const ACTION: &str = "cloudformation:DescribeStackResourceDrifts";
        let mut drifted = Vec::new();
        let mut next = None;
        loop {
            let output = self
                .client
                .describe_stack_resource_drifts()
                .stack_name(stack)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| AwsError::of(ACTION, stack, &error))?;
            drifted.extend(
                output
                    .stack_resource_drifts()
                    .iter()
                    .filter(|found| is_other(found))
                    .map(Drifted::of),
            );
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        drifted.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
        Ok(drifted)
    }
}

fn is_other(found: &StackResourceDrift) -> bool {
    let status = found.stack_resource_drift_status();
    status == Some(&StackResourceDriftStatus::Modified)
        || status == Some(&StackResourceDriftStatus::Deleted)
}

impl Drifted {
    fn of(found: &StackResourceDrift) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let differences = found.property_differences().iter().map(|difference| {
            (
                text(difference.property_path()),
                text(difference.expected_value()),
                text(difference.actual_value()),
            )
        });
        Self {
            logical_id: text(found.logical_resource_id()),
            kind: text(found.resource_type()),
            status: found
                .stack_resource_drift_status()
                .map_or("", |status| status.as_str())
                .to_owned(),
            differences: differences.collect(),
        }
    }
}
