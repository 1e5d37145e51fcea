//! One container of a task definition.

use serde_json::{Map, Value};

/// What a task definition says about a container.
#[derive(Clone, Copy)]
pub struct Container<'a> {
    fields: &'a Map<String, Value>,
}

/// Where a container's log goes, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogDriver<'a> {
    /// CloudWatch Logs; a group that the task makes itself need not be there.
    Awslogs {
        group: &'a str,
        makes_group: bool,
        /// With this and the task's id the name of a container's stream is known.
        stream_prefix: Option<&'a str>,
    },
    /// Nowhere, or to where only the container itself knows.
    Elsewhere,
}

impl<'a> Container<'a> {
    pub(super) fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields }
    }

    pub fn name(self) -> &'a str {
        self.fields
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn image(self) -> &'a str {
        self.fields
            .get("image")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The settings by name. Those that are secrets are not among them.
    pub fn environment(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs("environment", "value")
    }

    /// The names of the settings that are secrets, and where ECS takes them from.
    pub fn secrets(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs("secrets", "valueFrom")
    }

    pub fn log_driver(self) -> LogDriver<'a> {
        let Some(log) = self.fields.get("logConfiguration") else {
            return LogDriver::Elsewhere;
        };
        let option = |name: &str| log["options"].get(name).and_then(Value::as_str);
        match (log["logDriver"].as_str(), option("awslogs-group")) {
            (Some("awslogs"), Some(group)) => LogDriver::Awslogs {
                group,
                makes_group: option("awslogs-create-group") == Some("true"),
                stream_prefix: option("awslogs-stream-prefix"),
            },
            (Some(_) | None, Some(_) | None) => LogDriver::Elsewhere,
        }
    }

    fn pairs(self, list: &str, value: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.fields.get(list).and_then(Value::as_array);
        entries
            .into_iter()
            .flatten()
            .filter_map(move |entry| Some((entry["name"].as_str()?, entry[value].as_str()?)))
    }
}
