//! A suite's `Packages` file, kept small and searchable.
//!
//! Reading keeps only the fields that resolving and downloading need, about a third of the text, and
//! sorts names and `Provides` for binary search. A package becomes a [`Package`] when it is asked
//! for, so one odd entry among 68 000 harms only those who want it. Source: deb-control(5), Debian
//! wiki RepositoryFormat, "Packages Indices".

mod package;
mod reader;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::{
    control::{ControlError, Paragraph},
    dependency::DependencyError,
    name::{NameError, SuiteName},
    version::VersionError,
};

pub use crate::compression::{Compression, Decoder, LimitExceeded, decompress};
pub use package::{MultiArch, Package, Provided};

/// Debian's largest is 57 MB; this is the bound to give to [`decompress`] as well.
pub const LARGEST_INDEX: u64 = 512 << 20;

/// Why a text is not an index, or an entry not a package.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IndexError {
    #[error("index of suite `{suite}` is larger than {LARGEST_INDEX} bytes")]
    TooLarge { suite: SuiteName },
    #[error("index of suite `{suite}` is malformed")]
    Control {
        suite: SuiteName,
        #[source]
        source: ControlError,
    },
    #[error("an entry of suite `{suite}` has no usable name, line {line}")]
    Nameless {
        suite: SuiteName,
        line: usize,
        #[source]
        source: NameError,
    },
    #[error("package `{package}` of suite `{suite}` has no `{field}`")]
    MissingField {
        package: String,
        suite: SuiteName,
        field: &'static str,
    },
    #[error("package `{package}` of suite `{suite}`: field `{field}` is not understood: `{value}`")]
    InvalidField {
        package: String,
        suite: SuiteName,
        field: &'static str,
        value: String,
    },
    #[error("package `{package}` of suite `{suite}` has an invalid version")]
    Version {
        package: String,
        suite: SuiteName,
        #[source]
        source: VersionError,
    },
    #[error("package `{package}` of suite `{suite}`: field `{field}` is malformed")]
    Dependency {
        package: String,
        suite: SuiteName,
        field: &'static str,
        #[source]
        source: DependencyError,
    },
    #[error("package `{package}` of suite `{suite}` has the unsafe file name `{filename}`")]
    UnsafeFilename {
        package: String,
        suite: SuiteName,
        filename: String,
    },
}

/// All packages of one component of one suite for one architecture.
#[derive(Debug, Clone)]
pub struct PackageIndex {
    suite: SuiteName,
    /// The kept fields of all packages, one paragraph after the other.
    text: String,
    /// Sorted by name; entries of one name in the order of the file.
    entries: Vec<Entry>,
    /// Sorted by provided name.
    provides: Vec<Provision>,
}

/// Where a package is in the kept text. The name is the first field.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    end: u32,
    name: Span,
}

/// "The package that starts at `entry` provides the name at `name`."
#[derive(Debug, Clone, Copy)]
struct Provision {
    name: Span,
    entry: Entry,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    length: u16,
}

impl Span {
    fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + usize::from(self.length))
            .unwrap_or("")
    }
}

impl PackageIndex {
    /// Reads a decompressed `Packages` file; `suite` is remembered in every package.
    pub fn parse(text: &[u8], suite: SuiteName) -> Result<Self, IndexError> {
        reader::read(text, suite)
    }

    pub fn suite(&self) -> &SuiteName {
        &self.suite
    }

    /// Returns how many packages there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the names of all packages, sorted; a name may come several times.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.of(&self.text))
    }

    /// Returns the names that packages provide beside their own, sorted, possibly repeated.
    pub fn virtual_names(&self) -> impl Iterator<Item = &str> {
        self.provides
            .iter()
            .map(|provision| provision.name.of(&self.text))
    }

    /// Returns the packages called `name`, usually one.
    pub fn packages(&self, name: &str) -> Result<Vec<Package>, IndexError> {
        let first = self
            .entries
            .partition_point(|entry| entry.name.of(&self.text) < name);
        self.entries[first..]
            .iter()
            .take_while(|entry| entry.name.of(&self.text) == name)
            .map(|entry| self.package(*entry))
            .collect()
    }

    /// Returns the packages whose `Provides` names `name`.
    pub fn providers(&self, name: &str) -> Result<Vec<Package>, IndexError> {
        let first = self
            .provides
            .partition_point(|provision| provision.name.of(&self.text) < name);
        self.provides[first..]
            .iter()
            .take_while(|provision| provision.name.of(&self.text) == name)
            .map(|provision| self.package(provision.entry))
            .collect()
    }

    /// Returns every package; for tests and statistics, since it parses everything.
    pub fn iter(&self) -> impl Iterator<Item = Result<Package, IndexError>> {
        self.entries.iter().map(|entry| self.package(*entry))
    }

    fn package(&self, entry: Entry) -> Result<Package, IndexError> {
        let text = self
            .text
            .get(entry.start as usize..entry.end as usize)
            .unwrap_or("");
        let paragraph = Paragraph::parse(text).map_err(|source| IndexError::Control {
            suite: self.suite.clone(),
            source,
        })?;
        Package::from_paragraph(&paragraph, &self.suite)
    }
}
