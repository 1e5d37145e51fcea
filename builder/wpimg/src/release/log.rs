//! Where containers write, and the last of it.

use wpimg_aws::logs::{LogLine, Logs};
use wpimg_rollout::task_definition::{LogDriver, TaskDefinition};

use crate::error_report::Failure;

/// How many of a failed container's last lines are shown.
const LAST: u16 = 20;

/// A log group, and what the streams of a container begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogPlace {
    pub(crate) group: String,
    prefix: String,
    container: String,
}

impl LogPlace {
    /// Nothing where the container does not write to CloudWatch Logs in a stream of a known name.
    pub(crate) fn of(definition: &TaskDefinition, container: &str) -> Option<Self> {
        let found = definition
            .containers()
            .find(|found| found.name() == container)?;
        match found.log_driver() {
            LogDriver::Awslogs {
                group,
                stream_prefix: Some(prefix),
                ..
            } => Some(Self {
                group: group.to_owned(),
                prefix: prefix.to_owned(),
                container: container.to_owned(),
            }),
            LogDriver::Awslogs { .. } | LogDriver::Elsewhere => None,
        }
    }

    /// The stream of a task.
    pub(crate) fn stream(&self, task: &str) -> String {
        format!("{}/{}/{task}", self.prefix, self.container)
    }

    /// The last lines of a task.
    pub(crate) async fn last(&self, logs: &Logs, task: &str) -> Result<Vec<LogLine>, Failure> {
        Ok(logs.last(&self.group, &self.stream(task), LAST).await?)
    }
}
