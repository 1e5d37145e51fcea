//! Presents the catalogue to the solver, which knows nothing of Debian.
//!
//! Packages are handed over when the search first meets their name, so a request touches hundreds
//! of packages, not 68 000. `a | b` becomes a union of explicit package sets; `Conflicts` and
//! `Breaks` become sets of what is still allowed. Translation after Debian Policy 7.

use std::{cell::RefCell, collections::HashMap, fmt::Display, rc::Rc};

use resolvo::{
    Candidates, Condition, ConditionId, ConditionalRequirement, DenseIndex, Dependencies,
    DependencyProvider, HintDependenciesAvailable, Interner, KnownDependencies, NameId,
    Requirement, SolvableId, SolverCache, StringId, VersionSetId, VersionSetUnionId,
};

use super::Catalogue;
use crate::{
    dependency::Relation,
    index::{IndexError, Package},
};

/// The solver's view of a catalogue.
pub(super) struct Provider<'a> {
    catalogue: Catalogue<'a>,
    tables: RefCell<Tables>,
    error: RefCell<Option<IndexError>>,
}

/// Everything that has been given a number so far.
#[derive(Default)]
struct Tables {
    names: Vec<String>,
    name_ids: HashMap<String, NameId>,
    solvables: Vec<(NameId, Rc<Package>)>,
    /// Newest first, by name.
    by_name: Vec<Vec<SolvableId>>,
    sets: Vec<VersionSet>,
    /// By text too: equal sets of different origin are explained differently.
    set_ids: HashMap<(NameId, Vec<SolvableId>, String), VersionSetId>,
    unions: Vec<Vec<VersionSetId>>,
    union_ids: HashMap<Vec<VersionSetId>, VersionSetUnionId>,
}

/// Versions of one package, listed one by one.
struct VersionSet {
    name: NameId,
    members: Vec<SolvableId>,
    text: String,
}

impl<'a> Provider<'a> {
    pub(super) fn new(catalogue: Catalogue<'a>) -> Self {
        Self {
            catalogue,
            tables: RefCell::default(),
            error: RefCell::default(),
        }
    }

    pub(super) fn catalogue(&self) -> &Catalogue<'a> {
        &self.catalogue
    }

    pub(super) fn package(&self, solvable: SolvableId) -> Rc<Package> {
        Rc::clone(&self.tables.borrow().solvables[solvable.to_index()].1)
    }

    /// Returns the error that stopped the search, if one did.
    pub(super) fn take_error(&self) -> Option<IndexError> {
        self.error.borrow_mut().take()
    }

    /// Translates alternatives; `None` when an omitted package satisfies them.
    pub(super) fn requirement(
        &self,
        alternatives: &[Relation],
        dependent: Option<&Package>,
    ) -> Result<Option<Requirement>, IndexError> {
        for relation in alternatives {
            if self.catalogue.is_omitted(relation)? {
                return Ok(None);
            }
        }
        let mut groups: Vec<(NameId, Vec<SolvableId>, String)> = Vec::new();
        for (package, provided) in self.catalogue.candidates(alternatives, dependent)? {
            let name = self.intern(&package.name)?;
            let solvable = self.solvable(name, &package);
            let text = match &provided {
                None => constraint_text(alternatives, &package),
                Some(relation) => format!("(provides {relation})"),
            };
            match groups.last_mut() {
                Some((last, members, _)) if *last == name => members.push(solvable),
                _ => groups.push((name, vec![solvable], text)),
            }
        }
        if groups.is_empty() {
            // A set without members tells the solver, and the user, that nothing fits.
            let Some(first) = alternatives.first() else {
                return Ok(None);
            };
            let texts: Vec<String> = alternatives.iter().map(ToString::to_string).collect();
            groups.push((self.intern(&first.name)?, Vec::new(), texts.join(" | ")));
        }
        let tables = &mut *self.tables.borrow_mut();
        let mut sets: Vec<VersionSetId> = Vec::new();
        for (name, members, text) in groups {
            let set = tables.set(name, members, text);
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        Ok(Some(match sets[..] {
            [only] => Requirement::Single(only),
            _ => Requirement::Union(tables.union(sets)),
        }))
    }

    /// Translates one of `Conflicts` or `Breaks` into what may still be installed.
    fn allowed_beside(
        &self,
        package: &Package,
        field: &str,
        relation: &Relation,
    ) -> Result<Vec<VersionSetId>, IndexError> {
        let mut names = vec![relation.name.clone()];
        names.extend(
            self.catalogue
                .providers(&relation.name)?
                .into_iter()
                .map(|found| found.name),
        );
        names.dedup();
        let mut sets = Vec::new();
        // A package may provide what it conflicts with: that means "only one of these".
        for other in names.iter().filter(|name| **name != package.name) {
            let name = self.intern(other)?;
            let tables = &mut *self.tables.borrow_mut();
            let all = &tables.by_name[name.to_index()];
            let allowed: Vec<SolvableId> = all
                .iter()
                .copied()
                .filter(|solvable| !tables.solvables[solvable.to_index()].1.satisfies(relation))
                .collect();
            if allowed.len() < all.len() {
                let text = format!("(excluded by `{field}: {relation}`)");
                sets.push(tables.set(name, allowed, text));
            }
        }
        Ok(sets)
    }

    /// Gives a name its number and its packages theirs.
    fn intern(&self, name: &str) -> Result<NameId, IndexError> {
        if let Some(known) = self.tables.borrow().name_ids.get(name) {
            return Ok(*known);
        }
        let packages = self.catalogue.packages(name)?;
        let tables = &mut *self.tables.borrow_mut();
        let id = NameId::from_index(tables.names.len());
        tables.names.push(name.into());
        tables.name_ids.insert(name.into(), id);
        let mut solvables = Vec::with_capacity(packages.len());
        for package in packages {
            solvables.push(SolvableId::from_index(tables.solvables.len()));
            tables.solvables.push((id, Rc::new(package)));
        }
        tables.by_name.push(solvables);
        Ok(id)
    }

    fn solvable(&self, name: NameId, package: &Package) -> SolvableId {
        let tables = self.tables.borrow();
        let same = |solvable: &&SolvableId| {
            tables.solvables[solvable.to_index()].1.version == package.version
        };
        let found = tables.by_name[name.to_index()].iter().find(same);
        // The catalogue answers the same question the same way, so the package is there.
        *found.expect("the catalogue lists every candidate under its name")
    }

    fn dependencies(&self, solvable: SolvableId) -> Result<KnownDependencies, IndexError> {
        let package = self.package(solvable);
        let mut known = KnownDependencies::default();
        for alternatives in package.pre_depends.iter().chain(&package.depends) {
            if let Some(requirement) = self.requirement(&alternatives.0, Some(&package))? {
                known
                    .requirements
                    .push(ConditionalRequirement::from(requirement));
            }
        }
        for (field, relations) in [
            ("Conflicts", &package.conflicts),
            ("Breaks", &package.breaks),
        ] {
            for relation in relations {
                let allowed = self.allowed_beside(&package, field, relation)?;
                known.constrains.extend(allowed);
            }
        }
        Ok(known)
    }
}

impl Tables {
    fn set(&mut self, name: NameId, members: Vec<SolvableId>, text: String) -> VersionSetId {
        let next = VersionSetId::from_index(self.sets.len());
        let key = (name, members.clone(), text.clone());
        let id = *self.set_ids.entry(key).or_insert(next);
        if id == next {
            self.sets.push(VersionSet {
                name,
                members,
                text,
            });
        }
        id
    }

    fn union(&mut self, sets: Vec<VersionSetId>) -> VersionSetUnionId {
        let next = VersionSetUnionId::from_index(self.unions.len());
        let id = *self.union_ids.entry(sets.clone()).or_insert(next);
        if id == next {
            self.unions.push(sets);
        }
        id
    }
}

fn constraint_text(alternatives: &[Relation], package: &Package) -> String {
    let relation = alternatives
        .iter()
        .find(|relation| relation.name == package.name);
    let text = relation.map(ToString::to_string).unwrap_or_default();
    text.split_once(' ')
        .map(|(_, constraint)| constraint.to_string())
        .unwrap_or_default()
}

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        self.package(solvable).version.to_string()
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.tables.borrow().names[name.to_index()].clone()
    }

    fn display_version_set(&self, version_set: VersionSetId) -> impl Display + '_ {
        self.tables.borrow().sets[version_set.to_index()]
            .text
            .clone()
    }

    fn display_string(&self, _: StringId) -> impl Display + '_ {
        // Strings are for excluded packages, and none is excluded here.
        ""
    }

    fn version_set_name(&self, version_set: VersionSetId) -> NameId {
        self.tables.borrow().sets[version_set.to_index()].name
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        self.tables.borrow().solvables[solvable.to_index()].0
    }

    fn version_sets_in_union(
        &self,
        version_set_union: VersionSetUnionId,
    ) -> impl Iterator<Item = VersionSetId> {
        self.tables.borrow().unions[version_set_union.to_index()]
            .clone()
            .into_iter()
    }

    fn resolve_condition(&self, condition: ConditionId) -> Condition {
        // Debian has no conditional dependencies, so the solver never holds a condition of ours.
        unreachable!("condition {condition:?} was never made")
    }
}

impl DependencyProvider for Provider<'_> {
    async fn filter_candidates(
        &self,
        candidates: &[SolvableId],
        version_set: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let tables = self.tables.borrow();
        let members = &tables.sets[version_set.to_index()].members;
        let wanted = |solvable: &SolvableId| members.contains(solvable) != inverse;
        candidates.iter().copied().filter(wanted).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates<SolvableId>> {
        let candidates = self.tables.borrow().by_name[name.to_index()].clone();
        let hint_dependencies_available = HintDependenciesAvailable::None;
        Some(Candidates {
            candidates,
            hint_dependencies_available,
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        // Numbers were given newest first.
        solvables.sort_unstable();
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        match self.dependencies(solvable) {
            Ok(known) => Dependencies::Known(known),
            Err(error) => {
                self.error.borrow_mut().get_or_insert(error);
                Dependencies::Known(KnownDependencies::default())
            }
        }
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn std::any::Any>> {
        self.error
            .borrow()
            .as_ref()
            .map(|_| Box::new(()) as Box<dyn std::any::Any>)
    }
}
