//! One resource of a change set, as `DescribeChangeSet` answers (CloudFormation API reference, "ResourceChange").

use std::fmt;

use super::words::{Action, Attribute, Policy, Recreation, Replacement};
use crate::shown::escaped;

/// What would be done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// Its name in the template.
    pub logical_id: String,
    /// Such as `AWS::RDS::DBInstance`.
    pub kind: String,
    /// `None` for what does not exist yet.
    pub physical_id: Option<String>,
    pub action: Action,
    pub replacement: Replacement,
    /// `None` where CloudFormation does not say, which is treated as if everything were deleted.
    pub policy: Option<Policy>,
    pub details: Vec<Detail>,
    /// The resource as it is, a JSON text with `Properties` in it (`BeforeContext`, which is there when property values
    /// were asked for).
    pub before: Option<String>,
}

/// One property that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    pub attribute: Attribute,
    /// `None` where the whole attribute changes, such as the tags.
    pub property: Option<String>,
    pub requires_recreation: Recreation,
    pub cause: Cause,
    /// The value as text or JSON, where CloudFormation tells it.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Why a property changes (`ChangeSource` and `CausingEntity`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The template says something else.
    Template,
    Parameter(String),
    /// A `Ref` to a resource that changes.
    Resource(String),
    /// A `Fn::GetAtt`, as `Resource.Attribute`.
    ResourceAttribute(String),
    /// A nested stack, which CloudFormation always takes for changed.
    NestedStack,
    /// Nothing changes here.
    None,
    Unknown,
}

impl Cause {
    /// `source` is CloudFormation's word, `entity` what it names beside it.
    pub fn new(source: Option<&str>, entity: Option<&str>) -> Self {
        let entity = entity.unwrap_or("?").to_owned();
        match source {
            Some("DirectModification") => Self::Template,
            Some("ParameterReference") => Self::Parameter(entity),
            Some("ResourceReference") => Self::Resource(entity),
            Some("ResourceAttribute") => Self::ResourceAttribute(entity),
            Some("Automatic") => Self::NestedStack,
            Some("NoModification") => Self::None,
            Some(_) | None => Self::Unknown,
        }
    }
}

impl Detail {
    /// What changes, in one word: the property, or the attribute as a whole.
    pub fn name(&self) -> &str {
        match &self.property {
            Some(property) => property,
            None => self.attribute.word(),
        }
    }
}

impl ResourceChange {
    /// What a property of the resource is now. `None` where it is not told or not there.
    pub fn property_before(&self, name: &str) -> Option<serde_json::Value> {
        let mut before: serde_json::Value = serde_json::from_str(self.before.as_ref()?).ok()?;
        let property = before.get_mut("Properties")?.get_mut(name)?.take();
        Some(property).filter(|property| !property.is_null())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template => formatter.write_str("template"),
            Self::Parameter(name) => write!(formatter, "parameter `{}`", escaped(name)),
            Self::Resource(id) | Self::ResourceAttribute(id) => {
                write!(formatter, "by `{}`", escaped(id))
            }
            Self::NestedStack => formatter.write_str("nested stack"),
            Self::None => formatter.write_str("no change"),
            Self::Unknown => formatter.write_str("cause not told"),
        }
    }
}
