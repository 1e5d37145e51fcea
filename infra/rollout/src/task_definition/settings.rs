//! What somebody may state beside the image.

use serde_json::{Map, Value, json};

use super::{
    container::Container,
    definition::{TaskDefinition, TaskDefinitionError},
};

/// One thing to be different in the next revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The container's environment has this variable.
    Set {
        container: String,
        name: String,
        value: String,
    },
    /// The container's environment does not have this variable.
    Unset { container: String, name: String },
    /// CPU units of the whole task, 1024 for a vCPU.
    Cpu(u32),
    /// MiB of the whole task.
    Memory(u32),
}

impl TaskDefinition {
    /// The same with what is stated.
    pub fn with_settings(&self, settings: &[Setting]) -> Result<Self, TaskDefinitionError> {
        let mut next = self.clone();
        for setting in settings {
            match setting {
                Setting::Set {
                    container,
                    name,
                    value,
                } => set(next.container_mut(container)?, container, name, value)?,
                Setting::Unset { container, name } => unset(next.container_mut(container)?, name),
                // Both are numbers that ECS writes as texts.
                Setting::Cpu(units) => {
                    next.fields.insert("cpu".into(), units.to_string().into());
                }
                Setting::Memory(mebibytes) => {
                    next.fields
                        .insert("memory".into(), mebibytes.to_string().into());
                }
            }
        }
        Ok(next)
    }
}

fn set(
    fields: &mut Map<String, Value>,
    container: &str,
    name: &str,
    value: &str,
) -> Result<(), TaskDefinitionError> {
    if Container::new(fields)
        .secrets()
        .any(|(secret, _)| secret == name)
    {
        return Err(TaskDefinitionError::IsASecret {
            container: container.to_owned(),
            name: name.to_owned(),
        });
    }
    let environment = fields.entry("environment").or_insert_with(|| json!([]));
    let Some(entries) = environment.as_array_mut() else {
        return Err(TaskDefinitionError::Unreadable {
            field: "containerDefinitions[].environment",
        });
    };
    match entries.iter_mut().find(|entry| entry["name"] == name) {
        Some(entry) => entry["value"] = value.into(),
        None => entries.push(json!({ "name": name, "value": value })),
    }
    Ok(())
}

fn unset(fields: &mut Map<String, Value>, name: &str) {
    if let Some(entries) = fields.get_mut("environment").and_then(Value::as_array_mut) {
        entries.retain(|entry| entry["name"] != name);
    }
}
