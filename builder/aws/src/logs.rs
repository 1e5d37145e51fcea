//! CloudWatch Logs: what containers have written.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;

use crate::error::AwsError;

/// What reads log groups.
#[derive(Clone, Debug)]
pub struct Logs {
    client: Client,
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Milliseconds since 1970 (UTC).
    pub time: i64,
    /// Which container of which task, in the form `PREFIX/CONTAINER/TASK`.
    pub stream: String,
    pub text: String,
    /// What tells it from a line with the same text.
    pub id: String,
}

/// Lines, and where there are more.
#[derive(Clone, Debug, Default)]
pub struct LogPage {
    pub lines: Vec<LogLine>,
    /// To be handed in for what comes next; nothing when there is no more for now.
    pub next: Option<String>,
}

impl Logs {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// The last lines of a stream, the oldest first. A stream that is not there has none.
    pub async fn last(
        &self,
        group: &str,
        stream: &str,
        count: u16,
    ) -> Result<Vec<LogLine>, AwsError> {
        const ACTION: &str = "logs:GetLogEvents";
        let answer = self
            .client
            .get_log_events()
            .log_group_name(group)
            .log_stream_name(stream)
            .start_from_head(false)
            .limit(i32::from(count))
            .send()
            .await;
        let output = match answer {
            Ok(output) => output,
            Err(error) => {
                let error = AwsError::of(ACTION, group, &error);
                // Which of group and stream it is does not matter: nothing was written.
                if error.has_code("ResourceNotFoundException") {
                    return Ok(Vec::new());
                }
                return Err(error);
            }
        };
        let lines = output.events().iter().map(|event| LogLine {
            time: event.timestamp().unwrap_or_default(),
            stream: stream.to_owned(),
            text: event.message().unwrap_or_default().to_owned(),
            id: String::new(),
        });
        Ok(lines.collect())
    }

    /// Lines of several streams from `since` (milliseconds since 1970) on, in the order of their times.
    pub async fn since(
        &self,
        group: &str,
        streams: &[String],
        since: i64,
        page: Option<String>,
    ) -> Result<LogPage, AwsError> {
        const ACTION: &str = "logs:FilterLogEvents";
        let streams = (!streams.is_empty()).then(|| streams.to_vec());
        let output = self
            .client
            .filter_log_events()
            .log_group_name(group)
            .set_log_stream_names(streams)
            .start_time(since)
            .set_next_token(page)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, group, &error))?;
        let lines = output.events().iter().map(|event| LogLine {
            time: event.timestamp().unwrap_or_default(),
            stream: event.log_stream_name().unwrap_or_default().to_owned(),
            text: event.message().unwrap_or_default().to_owned(),
            id: event.event_id().unwrap_or_default().to_owned(),
        });
        Ok(LogPage {
            lines: lines.collect(),
            next: output.next_token,
        })
    }

    /// Whether a group of this very name is there.
    pub async fn has_group(&self, group: &str) -> Result<bool, AwsError> {
        const ACTION: &str = "logs:DescribeLogGroups";
        let output = self
            .client
            .describe_log_groups()
            .log_group_name_prefix(group)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, group, &error))?;
        let is_it =
            |found: &aws_sdk_cloudwatchlogs::types::LogGroup| found.log_group_name() == Some(group);
        Ok(output.log_groups().iter().any(is_it))
    }
}
