//! Relations between packages: `a (>= 1) | b, c` as a conjunction of alternatives.
//!
//! Architecture restrictions are kept and can be asked; build profiles are read and dropped, as
//! binary packages do not carry them. Commas may trail. Sources: deb-control(5), Debian Policy 7.1.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

use thiserror::Error;

use crate::{architecture::Architecture, name::PackageName, version::Version};

pub use parse::parse_dependencies;

/// Alternatives, the first of which is preferred. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternatives(pub Vec<Relation>);

/// One package, with the versions that are good enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub name: PackageName,
    pub qualifier: Option<Qualifier>,
    pub constraint: Option<Constraint>,
    /// `[amd64 !arm64]`; empty means everywhere.
    pub architectures: Vec<Restriction>,
}

/// What stands after the colon of a package name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Qualifier {
    Any,
    Native,
    Architecture(Architecture),
}

/// An architecture, or a wildcard such as `linux-any`, that a relation is limited to or excluded from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    pub excluded: bool,
    pub pattern: Architecture,
}

/// A comparison with a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    pub operator: Operator,
    pub version: Version,
}

/// The comparisons of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Earlier,
    EarlierOrEqual,
    Equal,
    LaterOrEqual,
    Later,
}

/// Why a text is not a relation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DependencyError {
    #[error("relation `{relation}` has no valid package name")]
    Name { relation: String },
    #[error("relation `{relation}` has an invalid qualifier after `:`")]
    Qualifier { relation: String },
    #[error("relation `{relation}` has no comparison such as `>=` in its parentheses")]
    Operator { relation: String },
    #[error("relation `{relation}` has an invalid version")]
    Version {
        relation: String,
        #[source]
        source: crate::version::VersionError,
    },
    #[error("relation `{relation}` has an invalid architecture restriction")]
    Restriction { relation: String },
    #[error("relation `{relation}` has text behind its end: `{rest}`")]
    Trailing { relation: String, rest: String },
    #[error("an alternative in `{field}` is empty")]
    EmptyAlternative { field: String },
}

impl Relation {
    /// Returns a relation that any version satisfies.
    pub fn any_version(name: PackageName) -> Self {
        Self {
            name,
            qualifier: None,
            constraint: None,
            architectures: Vec::new(),
        }
    }

    /// Says whether `version` satisfies the constraint.
    pub fn accepts(&self, version: &Version) -> bool {
        self.constraint
            .as_ref()
            .is_none_or(|constraint| constraint.accepts(version))
    }

    /// Says whether the relation counts on `architecture` at all.
    pub fn applies_to(&self, architecture: &Architecture) -> bool {
        let matching = |restriction: &Restriction| restriction.matches(architecture);
        match self.architectures.first() {
            None => true,
            Some(first) if first.excluded => !self.architectures.iter().any(matching),
            Some(_) => self.architectures.iter().any(matching),
        }
    }
}

impl Restriction {
    fn matches(&self, architecture: &Architecture) -> bool {
        let pattern = self.pattern.as_str();
        // Only Linux is built here, so `linux-any` is everything, and `any-arm64` is `arm64`.
        pattern == "any"
            || pattern == "linux-any"
            || pattern.strip_prefix("any-") == Some(architecture.as_str())
            || pattern == architecture.as_str()
    }
}

impl Constraint {
    pub fn accepts(&self, version: &Version) -> bool {
        match self.operator {
            Operator::Earlier => *version < self.version,
            Operator::EarlierOrEqual => *version <= self.version,
            Operator::Equal => *version == self.version,
            Operator::LaterOrEqual => *version >= self.version,
            Operator::Later => *version > self.version,
        }
    }
}

impl Operator {
    fn as_str(self) -> &'static str {
        match self {
            Self::Earlier => "<<",
            Self::EarlierOrEqual => "<=",
            Self::Equal => "=",
            Self::LaterOrEqual => ">=",
            Self::Later => ">>",
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.operator.as_str(), self.version)
    }
}

impl fmt::Display for Alternatives {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, relation) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { " | " };
            write!(formatter, "{separator}{relation}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.name)?;
        match &self.qualifier {
            None => {}
            Some(Qualifier::Any) => write!(formatter, ":any")?,
            Some(Qualifier::Native) => write!(formatter, ":native")?,
            Some(Qualifier::Architecture(architecture)) => write!(formatter, ":{architecture}")?,
        }
        if let Some(Constraint { operator, version }) = &self.constraint {
            write!(formatter, " ({} {version})", operator.as_str())?;
        }
        Ok(())
    }
}
