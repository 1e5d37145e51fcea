//! One package as its index describes it.
//!
//! Every field is parsed and checked here, the file name above all, since it becomes a URL and a
//! cache path. Source: deb-control(5); Debian wiki RepositoryFormat.

use super::IndexError;
use crate::{
    architecture::Architecture,
    control::Paragraph,
    dependency::{Alternatives, Operator, Relation, parse_dependencies},
    excerpt::excerpt,
    name::{PackageName, SuiteName},
    sha256,
    version::Version,
};

/// A version of a binary package in a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: PackageName,
    pub version: Version,
    pub architecture: Architecture,
    /// The source package; the same as `name` when the index does not say.
    pub source: String,
    pub section: String,
    pub priority: String,
    pub essential: bool,
    pub multi_arch: MultiArch,
    pub depends: Vec<Alternatives>,
    pub pre_depends: Vec<Alternatives>,
    pub provides: Vec<Provided>,
    pub conflicts: Vec<Relation>,
    pub breaks: Vec<Relation>,
    pub replaces: Vec<Relation>,
    /// Relative to the archive's base, always below `pool/`-like folders, never with `..`.
    pub filename: String,
    pub size: u64,
    pub sha256: [u8; 32],
    /// In KiB, as estimated by the maintainer's tools.
    pub installed_size: u64,
    pub suite: SuiteName,
}

/// A virtual package, with the version it stands for if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided {
    pub name: PackageName,
    pub version: Option<Version>,
}

/// The `Multi-Arch` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MultiArch {
    No,
    Same,
    Foreign,
    Allowed,
}

impl Package {
    /// Says whether this package satisfies `relation`, by name or by what it provides.
    pub fn satisfies(&self, relation: &Relation) -> bool {
        if self.name == relation.name {
            return relation.accepts(&self.version);
        }
        self.provides_for(relation)
    }

    /// Says whether a `Provides` of this package satisfies `relation`.
    ///
    /// An unversioned `Provides` never satisfies a versioned relation (Debian Policy 7.5).
    pub fn provides_for(&self, relation: &Relation) -> bool {
        self.provides.iter().any(|provided| {
            provided.name == relation.name
                && match (&relation.constraint, &provided.version) {
                    (None, _) => true,
                    (Some(constraint), Some(version)) => constraint.accepts(version),
                    (Some(_), None) => false,
                }
        })
    }

    pub(super) fn from_paragraph(
        paragraph: &Paragraph<'_>,
        suite: &SuiteName,
    ) -> Result<Self, IndexError> {
        let name_text = paragraph.get("Package").unwrap_or_default();
        let name: PackageName = name_text.parse().map_err(|source| IndexError::Nameless {
            suite: suite.clone(),
            line: paragraph.line(),
            source,
        })?;
        let fields = Fields {
            paragraph,
            package: name_text,
            suite,
        };
        let source = paragraph.get("Source").unwrap_or(name_text);
        Ok(Self {
            version: fields
                .required("Version")?
                .parse()
                .map_err(|source| IndexError::Version {
                    package: name_text.into(),
                    suite: suite.clone(),
                    source,
                })?,
            architecture: fields
                .required("Architecture")?
                .parse()
                .map_err(|_| fields.invalid("Architecture"))?,
            // `Source` carries a version in parentheses when it differs from ours.
            source: source
                .split([' ', '('])
                .next()
                .unwrap_or(source)
                .to_string(),
            section: paragraph.get("Section").unwrap_or_default().to_string(),
            priority: paragraph.get("Priority").unwrap_or_default().to_string(),
            essential: paragraph.get("Essential") == Some("yes"),
            multi_arch: fields.multi_arch()?,
            depends: fields.alternatives("Depends")?,
            pre_depends: fields.alternatives("Pre-Depends")?,
            provides: fields.provides()?,
            conflicts: fields.relations("Conflicts")?,
            breaks: fields.relations("Breaks")?,
            replaces: fields.relations("Replaces")?,
            filename: fields.filename()?,
            size: fields
                .required("Size")?
                .parse()
                .map_err(|_| fields.invalid("Size"))?,
            sha256: sha256::parse(fields.required("SHA256")?)
                .ok_or_else(|| fields.invalid("SHA256"))?,
            installed_size: match paragraph.get("Installed-Size") {
                None => 0,
                Some(text) => text.parse().map_err(|_| fields.invalid("Installed-Size"))?,
            },
            suite: suite.clone(),
            name,
        })
    }
}

/// The fields of one entry, with what an error about them must name.
struct Fields<'a> {
    paragraph: &'a Paragraph<'a>,
    package: &'a str,
    suite: &'a SuiteName,
}

impl Fields<'_> {
    fn required(&self, field: &'static str) -> Result<&str, IndexError> {
        self.paragraph
            .get(field)
            .ok_or_else(|| IndexError::MissingField {
                package: self.package.into(),
                suite: self.suite.clone(),
                field,
            })
    }

    fn invalid(&self, field: &'static str) -> IndexError {
        let value = self.paragraph.get(field).unwrap_or_default();
        IndexError::InvalidField {
            package: self.package.into(),
            suite: self.suite.clone(),
            field,
            value: excerpt(value),
        }
    }

    fn alternatives(&self, field: &'static str) -> Result<Vec<Alternatives>, IndexError> {
        parse_dependencies(self.paragraph.get(field).unwrap_or_default()).map_err(|source| {
            IndexError::Dependency {
                package: self.package.into(),
                suite: self.suite.clone(),
                field,
                source,
            }
        })
    }

    /// Fields that know no alternatives: `Conflicts`, `Breaks`, `Replaces`, `Provides`.
    fn relations(&self, field: &'static str) -> Result<Vec<Relation>, IndexError> {
        let groups = self.alternatives(field)?;
        groups
            .into_iter()
            .map(
                |Alternatives(mut group)| match (group.pop(), group.is_empty()) {
                    (Some(only), true) => Ok(only),
                    _ => Err(self.invalid(field)),
                },
            )
            .collect()
    }

    fn provides(&self) -> Result<Vec<Provided>, IndexError> {
        let relations = self.relations("Provides")?;
        relations
            .into_iter()
            .map(|relation| match relation.constraint {
                None => Ok(Provided {
                    name: relation.name,
                    version: None,
                }),
                Some(constraint) if constraint.operator == Operator::Equal => Ok(Provided {
                    name: relation.name,
                    version: Some(constraint.version),
                }),
                Some(_) => Err(self.invalid("Provides")),
            })
            .collect()
    }

    fn multi_arch(&self) -> Result<MultiArch, IndexError> {
        match self.paragraph.get("Multi-Arch") {
            None | Some("no") => Ok(MultiArch::No),
            Some("same") => Ok(MultiArch::Same),
            Some("foreign") => Ok(MultiArch::Foreign),
            Some("allowed") => Ok(MultiArch::Allowed),
            Some(_) => Err(self.invalid("Multi-Arch")),
        }
    }

    fn filename(&self) -> Result<String, IndexError> {
        let filename = self.required("Filename")?;
        let filename = filename.strip_prefix("./").unwrap_or(filename);
        let safe = filename.len() <= 1024
            && filename.strip_suffix(".deb").is_some()
            && filename
                .bytes()
                .all(|byte| is_plain(byte) || b"%/".contains(&byte))
            && filename
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != "..")
            // What stands before a colon would be taken for the scheme of a URL.
            && !filename.split('/').next().unwrap_or("").contains(':')
            && filename.split('%').skip(1).all(is_harmless_escape);
        if safe {
            return Ok(filename.into());
        }
        Err(IndexError::UnsafeFilename {
            package: self.package.into(),
            suite: self.suite.clone(),
            filename: excerpt(filename),
        })
    }
}

/// What a file name in an archive is made of, besides slashes and escapes.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-._~:,=@".contains(&byte)
}

/// Says whether the two digits after a percent sign stand for nothing that URLs give a meaning to.
///
/// `%3a` for the colon of an epoch is common; `%2e` and `%2f` climb out of a folder once a URL
/// parser or a server has decoded them.
fn is_harmless_escape(after_percent: &str) -> bool {
    let digits = after_percent.get(..2).unwrap_or("");
    digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        && u8::from_str_radix(digits, 16).is_ok_and(|byte| is_plain(byte) && byte != b'.')
}
