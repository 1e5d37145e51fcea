//! Which packages a request needs.
//!
//! The newest version of a package across all suites is the one that counts, as for apt with equal
//! priorities; an older one is considered only where the request names, pins or prefers versions. The first
//! alternative wins when it can be installed, a package of that name goes before packages that
//! provide it, Recommends are not followed and Essential packages are not added. Rules: Debian
//! Policy 7, apt_preferences(5). The search itself is done by a SAT solver.

mod catalogue;
mod explain;
mod pin;
mod provider;
mod request;
mod suggest;
#[cfg(test)]
mod tests;

use resolvo::{Problem, Solver, UnsolvableOrCancelled};
use thiserror::Error;

use crate::{
    dependency::Relation,
    index::{IndexError, Package, PackageIndex},
    name::{PackageName, SuiteName},
    version::Version,
};

pub use explain::{Dead, Step};
pub use pin::Pin;
pub use request::{Request, parse_request};

use catalogue::{Catalogue, Choice};
use provider::Provider;

/// Why a request has no answer.
#[derive(Debug, Error)]
pub enum ResolveError {
    #[error("an entry of the package index cannot be used")]
    Index(#[from] IndexError),
    #[error("no suite has a package `{name}`")]
    UnknownPackage {
        name: PackageName,
        nearest: Option<String>,
    },
    #[error("no suite has `{relation}`; there is {}", list(available))]
    NoSuchVersion {
        relation: Relation,
        available: Vec<Version>,
    },
    #[error(
        "no suite has what the pin `{pin}` asks for; there is {}",
        places(available)
    )]
    NothingAdmitted {
        pin: Pin,
        available: Vec<(Version, SuiteName)>,
    },
    #[error("package `{name}` is both requested and omitted")]
    RequestedAndOmitted { name: PackageName },
    #[error("package `{requested}` cannot be installed: {}", chain(steps, dead))]
    Missing {
        requested: PackageName,
        steps: Vec<Step>,
        dead: Dead,
    },
    #[error("the requested packages exclude each other:\n{explanation}")]
    Conflict { explanation: String },
}

impl ResolveError {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownPackage {
                nearest: Some(nearest),
                ..
            } => Some(format!("a package with a similar name exists: `{nearest}`")),
            Self::NoSuchVersion { relation, .. } => Some(format!(
                "request `{}` to take the newest version",
                relation.name
            )),
            Self::NothingAdmitted { .. } => {
                Some("change or remove the pin under `[debian.pins]` in the recipe".into())
            }
            Self::RequestedAndOmitted { name } => {
                Some(format!("remove `{name}` from one of the two lists"))
            }
            Self::Conflict { .. } => Some("remove one of the packages from the request".into()),
            Self::Missing { .. } => {
                Some("add the suite or component that has the missing package".into())
            }
            Self::Index(_) | Self::UnknownPackage { nearest: None, .. } => None,
        }
    }
}

fn list(versions: &[Version]) -> String {
    let texts: Vec<String> = versions
        .iter()
        .map(|version| format!("`{version}`"))
        .collect();
    if texts.is_empty() {
        "no version of it".into()
    } else {
        texts.join(", ")
    }
}

fn places(available: &[(Version, SuiteName)]) -> String {
    let texts: Vec<String> = available
        .iter()
        .map(|(version, suite)| format!("`{version}` in {suite}"))
        .collect();
    texts.join(", ")
}

fn chain(steps: &[Step], dead: &Dead) -> String {
    let texts: Vec<String> = steps.iter().map(ToString::to_string).collect();
    format!("{}, {dead}", texts.join("; "))
}

/// Returns the packages to install, sorted by name, the same for the same input.
pub fn resolve(request: &Request, indexes: &[PackageIndex]) -> Result<Vec<Package>, ResolveError> {
    let newest = Catalogue::new(request, indexes, Choice::Newest);
    check_request(request, &newest)?;
    match solve(request, newest) {
        Err(ResolveError::Missing { .. } | ResolveError::Conflict { .. })
            if request.names_versions() =>
        {
            solve(request, Catalogue::new(request, indexes, Choice::Any))
        }
        outcome => outcome,
    }
}

fn check_request(request: &Request, catalogue: &Catalogue<'_>) -> Result<(), ResolveError> {
    check_pins(request, catalogue)?;
    for relation in &request.install {
        let name = &relation.name;
        if request.omit.contains(name) {
            return Err(ResolveError::RequestedAndOmitted { name: name.clone() });
        }
        let versions = catalogue.packages(name)?;
        let providers = catalogue.providers(name)?;
        if versions.is_empty() && providers.is_empty() {
            let nearest = suggest::nearest(name, catalogue.indexes());
            return Err(ResolveError::UnknownPackage {
                name: name.clone(),
                nearest,
            });
        }
        if !versions
            .iter()
            .chain(&providers)
            .any(|package| package.satisfies(relation))
        {
            return Err(ResolveError::NoSuchVersion {
                relation: relation.clone(),
                available: versions
                    .into_iter()
                    .map(|package| package.version)
                    .collect(),
            });
        }
    }
    Ok(())
}

/// Says which pin leaves nothing of a package that there is. A pin for several packages is checked
/// where one of them is needed.
fn check_pins(request: &Request, catalogue: &Catalogue<'_>) -> Result<(), ResolveError> {
    for pin in &request.pins {
        let versions = catalogue.versions(&pin.pattern)?;
        if !versions.is_empty() && !versions.iter().any(|package| pin.admits(package)) {
            let available = versions
                .into_iter()
                .map(|package| (package.version, package.suite));
            return Err(ResolveError::NothingAdmitted {
                pin: pin.clone(),
                available: available.collect(),
            });
        }
    }
    Ok(())
}

fn solve(request: &Request, catalogue: Catalogue<'_>) -> Result<Vec<Package>, ResolveError> {
    let provider = Provider::new(catalogue);
    let requirements = request
        .install
        .iter()
        .filter_map(|relation| {
            provider
                .requirement(std::slice::from_ref(relation), None)
                .transpose()
        })
        .map(|requirement| requirement.map(Into::into))
        .collect::<Result<Vec<_>, _>>()?;
    let mut solver = Solver::new(provider);
    let solution = solver.solve(Problem::new().requirements(requirements));
    if let Some(error) = solver.provider().take_error() {
        return Err(error.into());
    }
    match solution {
        Ok(solvables) => {
            let mut packages: Vec<Package> = solvables
                .into_iter()
                .map(|solvable| Package::clone(&solver.provider().package(solvable)))
                .collect();
            packages.sort_by(|left, right| left.name.cmp(&right.name));
            Ok(packages)
        }
        Err(UnsolvableOrCancelled::Unsolvable(conflict)) => {
            if let Some(missing) = explain::missing(request, solver.provider().catalogue())? {
                return Err(missing);
            }
            let report = conflict.display_user_friendly(&solver).to_string();
            // Its heading says what the error's first line says.
            let explanation = report.replacen("The following packages are incompatible\n", "", 1);
            Err(ResolveError::Conflict {
                explanation: explanation.trim_end().into(),
            })
        }
        // Only an error cancels, and that one was taken above.
        Err(UnsolvableOrCancelled::Cancelled(_)) => Err(ResolveError::Conflict {
            explanation: "the search was cancelled".into(),
        }),
    }
}
