//! Says in words which missing package makes a request impossible.
//!
//! Walks from each requested package down its dependencies until it meets alternatives of which none
//! exists. Clashes between existing packages are left to the solver's own report. The walk is
//! bounded in depth, and a package that is already being looked at counts as installable.

use std::{collections::HashMap, fmt};

use super::{Catalogue, Request, ResolveError};
use crate::{
    dependency::{Alternatives, Relation},
    index::{IndexError, Package},
    name::PackageName,
    version::Version,
};

/// Real chains have a few dozen links.
const DEEPEST: usize = 200;

/// One link of the chain: a package and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub package: PackageName,
    pub version: Version,
    pub needs: Alternatives,
}

/// Why the last need of a chain cannot be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dead {
    /// No suite has any of the alternatives.
    Absent,
    /// The first alternative exists, but not in a version that would do.
    Versions(Vec<Version>),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` {} needs `{}`",
            self.package, self.version, self.needs
        )
    }
}

impl fmt::Display for Dead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => write!(formatter, "which no suite has"),
            Self::Versions(versions) => {
                let texts: Vec<String> = versions.iter().map(ToString::to_string).collect();
                write!(formatter, "but the suites have {}", texts.join(" and "))
            }
        }
    }
}

type Chain = (Vec<Step>, Dead);

struct Walk<'a> {
    catalogue: &'a Catalogue<'a>,
    /// What is known about a package; `None` also while it is being looked at.
    known: HashMap<(PackageName, String), Option<Chain>>,
}

/// Returns the error for the first requested package that misses something.
pub(super) fn missing(
    request: &Request,
    catalogue: &Catalogue<'_>,
) -> Result<Option<ResolveError>, IndexError> {
    let mut walk = Walk {
        catalogue,
        known: HashMap::new(),
    };
    for relation in &request.install {
        if let Some((steps, dead)) = walk.group(std::slice::from_ref(relation), None, 0)? {
            let requested = relation.name.clone();
            return Ok(Some(ResolveError::Missing {
                requested,
                steps,
                dead,
            }));
        }
    }
    Ok(None)
}

impl Walk<'_> {
    /// Returns why none of the alternatives can be installed, `None` when one can.
    fn group(
        &mut self,
        alternatives: &[Relation],
        dependent: Option<&Package>,
        depth: usize,
    ) -> Result<Option<Chain>, IndexError> {
        for relation in alternatives {
            if self.catalogue.is_omitted(relation)? {
                return Ok(None);
            }
        }
        let mut first = None;
        for (candidate, _) in self.catalogue.candidates(alternatives, dependent)? {
            match self.package(&candidate, depth + 1)? {
                None => return Ok(None),
                Some(chain) => first = first.or(Some(chain)),
            }
        }
        if first.is_some() {
            return Ok(first);
        }
        let mut versions = Vec::new();
        if let Some(relation) = alternatives.first() {
            let packages = self.catalogue.packages(&relation.name)?;
            versions.extend(packages.into_iter().map(|package| package.version));
        }
        let dead = if versions.is_empty() {
            Dead::Absent
        } else {
            Dead::Versions(versions)
        };
        Ok(Some((Vec::new(), dead)))
    }

    fn package(&mut self, package: &Package, depth: usize) -> Result<Option<Chain>, IndexError> {
        if depth > DEEPEST {
            return Ok(None);
        }
        let key = (package.name.clone(), package.version.to_string());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        self.known.insert(key.clone(), None);
        for needs in package.pre_depends.iter().chain(&package.depends) {
            if let Some((mut steps, dead)) = self.group(&needs.0, Some(package), depth)? {
                let step = Step {
                    package: package.name.clone(),
                    version: package.version.clone(),
                    needs: needs.clone(),
                };
                steps.insert(0, step);
                self.known.insert(key, Some((steps.clone(), dead.clone())));
                return Ok(Some((steps, dead)));
            }
        }
        Ok(None)
    }
}
