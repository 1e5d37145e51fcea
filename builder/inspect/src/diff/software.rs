//! Packages, WordPress, plugins and themes: what came, went, and moved to another version.

use std::collections::BTreeMap;

use wpimg_debian::version::Version;

use crate::{component::ExtensionKind, report::Report};

/// A piece of software that is not the same in both images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftwareChange {
    pub kind: Kind,
    /// Of a package with its architecture, if the other image has it for several.
    pub name: String,
    pub direction: Direction,
    pub before: Option<Release>,
    pub after: Option<Release>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    WordPress,
    Plugin,
    MustUsePlugin,
    Theme,
    Package,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Added,
    Removed,
    Upgraded,
    Downgraded,
    /// Versions that have no order, or the same version with other bytes counted.
    Changed,
}

/// A version of something with the bytes it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub version: String,
    pub size: u64,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WordPress => "WordPress",
            Self::Plugin => "plugin",
            Self::MustUsePlugin => "mu-plugin",
            Self::Theme => "theme",
            Self::Package => "package",
        }
    }
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Changed => "changed",
        }
    }
}

type Inventory = BTreeMap<(Kind, String), Release>;

pub(super) fn compare(before: &Report, after: &Report) -> Vec<SoftwareChange> {
    let (mut old, new) = (inventory(before), inventory(after));
    let mut changes = Vec::new();
    for ((kind, name), after) in new {
        let before = old.remove(&(kind, name.clone()));
        let direction = match &before {
            None => Direction::Added,
            Some(before) if *before == after => continue,
            Some(before) => direction(kind, &before.version, &after.version),
        };
        let after = Some(after);
        changes.push(SoftwareChange {
            kind,
            name,
            direction,
            before,
            after,
        });
    }
    changes.extend(
        old.into_iter()
            .map(|((kind, name), before)| SoftwareChange {
                kind,
                name,
                direction: Direction::Removed,
                before: Some(before),
                after: None,
            }),
    );
    // Versions are what a reader looks for; another architecture changes every size.
    changes.sort_by(|a, b| {
        let is_same_version = |change: &SoftwareChange| change.direction == Direction::Changed;
        (is_same_version(a), a.kind, &a.name).cmp(&(is_same_version(b), b.kind, &b.name))
    });
    changes
}

fn inventory(report: &Report) -> Inventory {
    let mut inventory = Inventory::new();
    let native = report.platform.rsplit('/').next().unwrap_or_default();
    for line in &report.packages {
        let name = match &*line.architecture {
            "all" | "" => line.name.clone(),
            architecture if architecture == native => line.name.clone(),
            architecture => format!("{}:{architecture}", line.name),
        };
        let release = Release {
            version: line.version.clone(),
            size: line.usage.bytes,
        };
        inventory.insert((Kind::Package, name), release);
    }
    for line in &report.wordpress {
        let version = line.version.clone().unwrap_or_default();
        let release = Release {
            version,
            size: line.usage.bytes,
        };
        inventory.insert((Kind::WordPress, line.root.to_string()), release);
    }
    for line in &report.extensions {
        let kind = match line.kind {
            ExtensionKind::Plugin => Kind::Plugin,
            ExtensionKind::MustUsePlugin => Kind::MustUsePlugin,
            ExtensionKind::Theme => Kind::Theme,
        };
        let version = line.version.clone().unwrap_or_default();
        let release = Release {
            version,
            size: line.usage.bytes,
        };
        inventory.insert((kind, line.slug.clone()), release);
    }
    inventory
}

/// Debian's order serves for plugins too: numbers compare as numbers, and that is all they agree on.
fn direction(kind: Kind, before: &str, after: &str) -> Direction {
    let (Ok(old), Ok(new)) = (before.parse::<Version>(), after.parse::<Version>()) else {
        return Direction::Changed;
    };
    if kind == Kind::Package || before != after {
        match new.cmp(&old) {
            std::cmp::Ordering::Greater => return Direction::Upgraded,
            std::cmp::Ordering::Less => return Direction::Downgraded,
            std::cmp::Ordering::Equal => {}
        }
    }
    Direction::Changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_up_and_down_by_debians_order() {
        for (before, after, expected) in [
            ("1:2.9-1", "1:2.10-1", Direction::Upgraded),
            ("1.0", "1.0~rc1", Direction::Downgraded),
            ("2.41-1", "1:1.0-1", Direction::Upgraded),
            ("1.0", "0:1.0-0", Direction::Changed),
            ("beta", "1.0", Direction::Changed),
        ] {
            assert_eq!(
                direction(Kind::Package, before, after),
                expected,
                "{before} -> {after}"
            );
        }
    }
}
