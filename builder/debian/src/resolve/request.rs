//! What is asked of the resolver.
//!
//! Requests may be written as in a relation field, `name (>= 1.2)`, or as for apt-get,
//! `name=1.2`. Sources: deb-control(5), apt-get(8).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    architecture::Architecture,
    dependency::{Constraint, DependencyError, Operator, Relation},
    excerpt::excerpt,
    name::PackageName,
    version::Version,
};

use super::Pin;

/// Packages to install, and packages to do without.
#[derive(Debug, Clone)]
pub struct Request {
    pub architecture: Architecture,
    pub install: Vec<Relation>,
    /// Treated as installed in every version: whatever they or their `Provides` satisfy is
    /// satisfied, their own dependencies and conflicts do not count, and they are never in the
    /// result.
    pub omit: BTreeSet<PackageName>,
    /// What limits the choice of versions; every pin that concerns a package has to admit it.
    pub pins: Vec<Pin>,
    /// Versions to stay with where the request can be met so.
    pub prefer: BTreeMap<PackageName, Version>,
}

impl Request {
    pub fn new(architecture: Architecture) -> Self {
        Self {
            architecture,
            install: Vec::new(),
            omit: BTreeSet::new(),
            pins: Vec::new(),
            prefer: BTreeMap::new(),
        }
    }

    /// Says whether anything but the newest version of each package may be wanted.
    pub(super) fn names_versions(&self) -> bool {
        !self.pins.is_empty()
            || !self.prefer.is_empty()
            || self
                .install
                .iter()
                .any(|relation| relation.constraint.is_some())
    }

    /// Says whether the request limits the package to certain versions.
    pub(super) fn constrains(&self, name: &str) -> bool {
        self.install
            .iter()
            .any(|relation| relation.constraint.is_some() && relation.name.as_str() == name)
    }
}

/// Parses `name`, `name (>= version)` or `name=version`.
pub fn parse_request(text: &str) -> Result<Relation, DependencyError> {
    match text.split_once('=') {
        Some((name, version)) if !text.contains('(') => {
            let mut relation: Relation = name.parse()?;
            let version = version.parse().map_err(|source| DependencyError::Version {
                relation: excerpt(text),
                source,
            })?;
            relation.constraint = Some(Constraint {
                operator: Operator::Equal,
                version,
            });
            Ok(relation)
        }
        Some(_) | None => text.parse(),
    }
}
