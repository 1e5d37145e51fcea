//! The packages that may be chosen, looked up by name as the search reaches them.
//!
//! Joins several indexes into one: packages of other architectures and omitted packages are not
//! there, and unless asked otherwise only the newest version of each package is. Ordering of
//! providers follows apt's taste where it has one: same source, then priority.

use std::cmp::Reverse;

use super::Request;
use crate::{
    dependency::Relation,
    index::{IndexError, Package, PackageIndex},
};

/// Which versions of a package may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The preferred version, else the newest, except for packages whose version the request names.
    Newest,
    Any,
}

/// All indexes seen as one.
pub(super) struct Catalogue<'a> {
    request: &'a Request,
    indexes: &'a [PackageIndex],
    choice: Choice,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(request: &'a Request, indexes: &'a [PackageIndex], choice: Choice) -> Self {
        Self {
            request,
            indexes,
            choice,
        }
    }

    pub(super) fn indexes(&self) -> &'a [PackageIndex] {
        self.indexes
    }

    /// Returns the versions of a package that may be chosen, the preferred one, then newest first.
    pub(super) fn packages(&self, name: &str) -> Result<Vec<Package>, IndexError> {
        if self.request.omit.contains(name) {
            return Ok(Vec::new());
        }
        let mut packages = self.versions(name)?;
        for pin in self.request.pins.iter().filter(|pin| pin.concerns(name)) {
            packages.retain(|package| pin.admits(package));
        }
        // Stable, so that of equal versions the one from the first suite stays.
        packages.sort_by(|left, right| right.version.cmp(&left.version));
        packages.dedup_by(|later, earlier| later.version == earlier.version);
        if let Some(preferred) = self.request.prefer.get(name) {
            packages.sort_by_key(|package| package.version != *preferred);
        }
        if self.choice == Choice::Newest && !self.request.constrains(name) {
            packages.truncate(1);
        }
        Ok(packages)
    }

    /// Returns every version of a package that there is, whether or not it may be chosen.
    pub(super) fn versions(&self, name: &str) -> Result<Vec<Package>, IndexError> {
        let mut packages = Vec::new();
        for index in self.indexes {
            packages.extend(index.packages(name)?);
        }
        packages.retain(|package| package.architecture.runs_on(&self.request.architecture));
        Ok(packages)
    }

    /// Returns the packages that provide a name and may be chosen, in the order of preference.
    pub(super) fn providers(&self, name: &str) -> Result<Vec<Package>, IndexError> {
        let mut names = Vec::new();
        for index in self.indexes {
            names.extend(
                index
                    .providers(name)?
                    .into_iter()
                    .map(|package| package.name),
            );
        }
        names.sort();
        names.dedup();
        let mut providers = Vec::new();
        for provider in names.iter().filter(|provider| provider.as_str() != name) {
            // Only what may be chosen counts: an old version that provided the name does not.
            let packages = self.packages(provider)?;
            providers.extend(packages.into_iter().filter(|package| {
                package
                    .provides
                    .iter()
                    .any(|provided| provided.name.as_str() == name)
            }));
        }
        providers.sort_by_key(|package| Reverse(priority(package)));
        Ok(providers)
    }

    /// Says whether an omitted package, deemed installed, satisfies `relation`.
    pub(super) fn is_omitted(&self, relation: &Relation) -> Result<bool, IndexError> {
        if self.request.omit.contains(&relation.name) {
            return Ok(true);
        }
        for index in self.indexes {
            let providers = index.providers(&relation.name)?;
            let deemed_installed = |package: &Package| self.request.omit.contains(&package.name);
            if providers
                .iter()
                .any(|package| deemed_installed(package) && package.provides_for(relation))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns what can satisfy a group of alternatives, the preferred first.
    pub(super) fn candidates(
        &self,
        alternatives: &[Relation],
        dependent: Option<&Package>,
    ) -> Result<Vec<(Package, Option<Relation>)>, IndexError> {
        let mut candidates = Vec::new();
        for relation in alternatives {
            if !relation.applies_to(&self.request.architecture) || self.is_foreign(relation) {
                continue;
            }
            let packages = self.packages(&relation.name)?;
            candidates.extend(
                packages
                    .into_iter()
                    .filter(|package| relation.accepts(&package.version))
                    .map(|package| (package, None)),
            );
            let mut providers = self.providers(&relation.name)?;
            providers.retain(|package| package.provides_for(relation));
            // Packages of one source belong together, such as a server and its own modules.
            providers.sort_by_key(|package| {
                dependent.is_none_or(|dependent| dependent.source != package.source)
            });
            candidates.extend(
                providers
                    .into_iter()
                    .map(|package| (package, Some(relation.clone()))),
            );
        }
        Ok(candidates)
    }

    /// Only one architecture is ever installed, so `name:other` can never be had.
    fn is_foreign(&self, relation: &Relation) -> bool {
        use crate::dependency::Qualifier;
        match &relation.qualifier {
            Some(Qualifier::Architecture(architecture)) => {
                *architecture != self.request.architecture
            }
            Some(Qualifier::Any | Qualifier::Native) | None => false,
        }
    }
}

fn priority(package: &Package) -> u8 {
    match package.priority.as_str() {
        "required" => 5,
        "important" => 4,
        "standard" => 3,
        "optional" => 2,
        "extra" => 1,
        _ => 0,
    }
}
