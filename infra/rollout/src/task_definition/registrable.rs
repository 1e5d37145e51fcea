//! What of a described task definition `RegisterTaskDefinition` takes back.

use serde_json::{Map, Value, json};

use super::definition::TaskDefinition;

/// What ECS says about a revision, and nobody can say to ECS (API reference, `TaskDefinition`). A list of what has to go: one of
/// what may stay would lose every field that is newer than it.
const READ_ONLY: [&str; 9] = [
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
];

/// Tags that only AWS itself may set. CloudFormation sets three, and with them back the registration would be refused.
const RESERVED: &str = "aws:";

impl TaskDefinition {
    /// The body of a `RegisterTaskDefinition` that makes another revision of it.
    pub fn registrable(&self) -> Value {
        let mut fields: Map<String, Value> = self
            .fields
            .iter()
            .filter(|(name, _)| !READ_ONLY.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let tags: Vec<Value> = self
            .tags()
            .filter(|(key, _)| !key.to_ascii_lowercase().starts_with(RESERVED))
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect();
        // ECS describes an empty list where nobody has given one.
        if !tags.is_empty() {
            fields.insert("tags".into(), tags.into());
        }
        Value::Object(fields)
    }
}
