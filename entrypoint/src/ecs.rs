//! What ECS says of the task and the container (task metadata endpoint, version 4).

use std::time::Duration;

use serde_json::Value;

use crate::http_get::get_url;

/// The endpoint is on the machine itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where and how large the task is. Whatever is missing was not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskMetadata {
    pub(crate) cluster: Option<String>,
    /// Of a task that a person or a schedule has started: its family.
    pub(crate) service: Option<String>,
    pub(crate) task_id: Option<String>,
    pub(crate) zone: Option<String>,
    /// Virtual processors, such as 0.25.
    pub(crate) processors: Option<f64>,
    /// In MiB, the smaller one of task and container.
    pub(crate) memory: Option<u64>,
}

impl TaskMetadata {
    /// Asks the endpoint, one second for each of two questions. The second is about memory only, so that it may fail.
    pub(crate) fn fetch(endpoint: &str) -> std::io::Result<Self> {
        let endpoint = endpoint.trim_end_matches('/');
        let task = get_url(&format!("{endpoint}/task"), PATIENCE)?;
        let container = get_url(endpoint, PATIENCE).unwrap_or_default();
        let task = serde_json::from_slice(&task)?;
        let container = serde_json::from_slice(&container).unwrap_or_default();
        Ok(Self::read(&task, &container))
    }

    fn read(task: &Value, container: &Value) -> Self {
        let text = |name: &str| {
            let value = task[name].as_str().filter(|text| !text.is_empty())?;
            // An ARN or a path ends with the name.
            value.rsplit('/').next().map(str::to_owned)
        };
        let memory = |value: &Value| value["Limits"]["Memory"].as_u64().filter(|size| *size > 0);
        let processors = task["Limits"]["CPU"].as_f64();
        Self {
            cluster: text("Cluster"),
            service: text("ServiceName").or_else(|| text("Family")),
            task_id: text("TaskARN"),
            zone: text("AvailabilityZone"),
            // That of the container is a share, not a limit: it may have what the others leave.
            processors: processors.filter(|count| *count > 0.0),
            memory: [memory(task), memory(container)]
                .into_iter()
                .flatten()
                .min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(task: &str, container: &str) -> TaskMetadata {
        let parse = |text| serde_json::from_str(text).unwrap();
        TaskMetadata::read(&parse(task), &parse(container))
    }

    #[test]
    fn a_task_on_fargate_says_where_it_is_and_what_it_may_use() {
        let task = r#"{
            "Cluster": "arn:aws:ecs:eu-central-1:111122223333:cluster/shops",
            "TaskARN": "arn:aws:ecs:eu-central-1:111122223333:task/shops/158d1c8083dd49d6b527399fd6414f5c",
            "Family": "shop", "Revision": "26", "ServiceName": "shop-web",
            "Limits": {"CPU": 0.25, "Memory": 512}, "AvailabilityZone": "eu-central-1a",
            "Containers": [{"Name": "web", "Limits": {"CPU": 2}}]
        }"#;
        let found = read(
            task,
            r#"{"Name": "web", "Limits": {"CPU": 2, "Memory": 384}}"#,
        );
        assert_eq!(
            found,
            TaskMetadata {
                cluster: Some("shops".to_owned()),
                service: Some("shop-web".to_owned()),
                task_id: Some("158d1c8083dd49d6b527399fd6414f5c".to_owned()),
                zone: Some("eu-central-1a".to_owned()),
                processors: Some(0.25),
                memory: Some(384),
            }
        );
    }

    #[test]
    fn a_task_on_an_instance_may_have_no_limits_and_no_service() {
        let task = r#"{"Cluster": "default", "ServiceName": "", "Family": "once"}"#;
        let found = read(task, r#"{"Limits": {"CPU": 10, "Memory": 0}}"#);
        assert_eq!(found.cluster.as_deref(), Some("default"));
        assert_eq!(found.service.as_deref(), Some("once"));
        assert_eq!((found.processors, found.memory), (None, None));
    }

    #[test]
    fn an_answer_of_another_shape_says_nothing() {
        for task in ["null", "[]", r#"{"Limits": 5, "Cluster": 7}"#] {
            assert_eq!(read(task, "null"), TaskMetadata::default(), "{task}");
        }
    }
}
