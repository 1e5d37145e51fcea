//! The task definition itself: what it says, and its copies with something changed.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};
use thiserror::Error;

use super::container::Container;
use crate::PinnedImage;

/// The commit that a revision was built from.
const COMMIT_TAG: &str = "wpimg:commit";

/// The digest of the image that a revision runs.
const DIGEST_TAG: &str = "wpimg:digest";

/// One revision of a task definition, or one that is still to be registered.
#[derive(Clone, PartialEq)]
pub struct TaskDefinition {
    pub(super) fields: Map<String, Value>,
    /// ECS hands them out beside the task definition, and takes them inside of it.
    pub(super) tags: BTreeMap<String, String>,
}

/// Why a task definition cannot be read, or not be changed like this.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TaskDefinitionError {
    #[error("what ECS describes is not a task definition: `{field}` is missing or of another kind")]
    Unreadable { field: &'static str },
    #[error(
        "the task definition has no container `{name}`; it has {}",
        listed(known)
    )]
    NoSuchContainer { name: String, known: Vec<String> },
    #[error(
        "`{name}` of container `{container}` is a secret already, ECS takes no setting of that name"
    )]
    IsASecret { container: String, name: String },
}

impl TaskDefinition {
    /// Reads the answer to `DescribeTaskDefinition`, tags included.
    pub fn described(answer: Value) -> Result<Self, TaskDefinitionError> {
        let unreadable = |field| TaskDefinitionError::Unreadable { field };
        let Value::Object(mut answer) = answer else {
            return Err(unreadable("taskDefinition"));
        };
        let Some(Value::Object(fields)) = answer.remove("taskDefinition") else {
            return Err(unreadable("taskDefinition"));
        };
        if !fields.get("family").is_some_and(Value::is_string) {
            return Err(unreadable("family"));
        }
        let containers = fields
            .get("containerDefinitions")
            .and_then(Value::as_array)
            .ok_or(unreadable("containerDefinitions"))?;
        if !containers
            .iter()
            .all(|container| container["name"].is_string())
        {
            return Err(unreadable("containerDefinitions[].name"));
        }
        let tags = answer.get("tags").and_then(Value::as_array);
        let tags = tags.into_iter().flatten().filter_map(|tag| {
            let value = tag["value"].as_str().unwrap_or_default();
            Some((tag["key"].as_str()?.to_owned(), value.to_owned()))
        });
        Ok(Self {
            tags: tags.collect(),
            fields,
        })
    }

    /// The ARN, which what is not registered yet does not have.
    pub fn arn(&self) -> Option<&str> {
        self.text("taskDefinitionArn")
    }

    pub fn family(&self) -> &str {
        self.text("family").unwrap_or_default()
    }

    /// The role ECS uses to start the task: pull its image, read its secrets, write its log.
    pub fn execution_role(&self) -> Option<&str> {
        self.text("executionRoleArn")
    }

    /// The role of what runs in the task.
    pub fn task_role(&self) -> Option<&str> {
        self.text("taskRoleArn")
    }

    /// Whether the task may run on Fargate.
    pub fn is_for_fargate(&self) -> bool {
        let launch_types = self
            .fields
            .get("requiresCompatibilities")
            .and_then(Value::as_array);
        launch_types.is_some_and(|types| types.iter().any(|name| name == "FARGATE"))
    }

    /// The platform as an image names it. ECS has names of its own, and x86 Linux where nothing is said.
    pub fn platform(&self) -> (&str, &str) {
        let said = |field| {
            self.fields
                .get("runtimePlatform")
                .and_then(|p| p.get(field)?.as_str())
        };
        let os = match said("operatingSystemFamily") {
            Some(family) if family.starts_with("WINDOWS") => "windows",
            Some(_) | None => "linux",
        };
        let architecture = match said("cpuArchitecture") {
            None | Some("X86_64") => "amd64",
            Some("ARM64") => "arm64",
            Some(other) => other,
        };
        (os, architecture)
    }

    pub fn containers(&self) -> impl Iterator<Item = Container<'_>> {
        let containers = self
            .fields
            .get("containerDefinitions")
            .and_then(Value::as_array);
        containers
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(Container::new)
    }

    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The same with another image in this container.
    pub fn with_image(
        &self,
        container: &str,
        image: &PinnedImage,
    ) -> Result<Self, TaskDefinitionError> {
        let mut next = self.clone();
        let container = next.container_mut(container)?;
        container.insert("image".into(), image.to_string().into());
        Ok(next)
    }

    /// The same with the tags that tell what is in it. Where the commit is not known the tag goes: the old one would be of
    /// another release.
    #[must_use]
    pub fn with_origin(&self, image: &PinnedImage, commit: Option<&str>) -> Self {
        let mut next = self.clone();
        next.tags.insert(DIGEST_TAG.into(), image.digest().into());
        match commit {
            Some(commit) => next.tags.insert(COMMIT_TAG.into(), commit.into()),
            None => next.tags.remove(COMMIT_TAG),
        };
        next
    }

    pub(super) fn container_mut(
        &mut self,
        name: &str,
    ) -> Result<&mut Map<String, Value>, TaskDefinitionError> {
        let known = self
            .containers()
            .map(|container| container.name().to_owned())
            .collect();
        let containers = self
            .fields
            .get_mut("containerDefinitions")
            .and_then(Value::as_array_mut);
        let mut containers = containers
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut);
        containers
            .find(|container| container.get("name").is_some_and(|other| other == name))
            .ok_or_else(|| TaskDefinitionError::NoSuchContainer {
                name: name.to_owned(),
                known,
            })
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }
}

/// The environment of a container may hold what should have been a secret.
impl fmt::Debug for TaskDefinition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("TaskDefinition");
        fields
            .field("family", &self.family())
            .field("arn", &self.arn())
            .finish_non_exhaustive()
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
