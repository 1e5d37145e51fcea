//! What a site must not ship, and what may ship all the same.
//!
//! Secrets, repositories, dumps and debris are left out by name, private keys also by content.
//! Nothing is left out in silence: every path is listed with its reason, a directory as one line.
//! A recipe keeps what it needs with `keep` globs. Certificates are public and stay: a `.pem` goes
//! only if a private key is in it.

mod key;
mod rules;

use std::fmt;

use glob::{MatchOptions, Pattern};
use thiserror::Error;
use wpimg_oci::rootfs::TreePath;

/// How much of a file is searched for a private key.
pub(crate) const SNIFFED_BYTES: u64 = 64 << 10;

/// More than anybody reads; the rest is counted.
const MOST_LISTED: usize = 1000;

/// Whether a rule looks at a directory or at something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Directory,
    File,
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    VersionControl,
    Environment,
    NodeModules,
    DatabaseDump,
    PrivateKey,
    PasswordFile,
    Log,
    Configuration,
    Debris,
    Backup,
    LinkToLeftOut,
}

/// One path that was left out; for a directory, with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutPath {
    pub path: TreePath,
    pub reason: Reason,
}

/// Everything that was left out, in path order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The first of them.
    pub paths: Vec<LeftOutPath>,
    /// How many there are.
    pub count: usize,
}

/// The rules, less what the recipe keeps.
#[derive(Debug, Clone, Default)]
pub struct Exclude {
    kept: Vec<Kept>,
}

/// One glob of the recipe.
#[derive(Debug, Clone)]
struct Kept {
    pattern: Pattern,
    /// The text up to the first character with a meaning.
    literal: String,
    /// A pattern without a slash is about names, at any depth.
    is_name: bool,
}

/// A glob of the recipe is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{glob}` is not a glob pattern: {message}")]
pub struct KeepError {
    pub glob: String,
    pub message: &'static str,
}

const MATCH: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Exclude {
    /// The rules, but keeping what matches one of `globs`, and everything below it.
    ///
    /// A glob with a slash is matched against the path from the root of the thing, one without
    /// against names at any depth.
    pub fn with_kept<S: AsRef<str>>(globs: &[S]) -> Result<Self, KeepError> {
        let kept = globs.iter().map(|glob| {
            let glob = glob.as_ref().trim_start_matches("./").trim_end_matches('/');
            let pattern = Pattern::new(glob).map_err(|error| KeepError {
                glob: glob.to_owned(),
                message: error.msg,
            })?;
            let meta = glob.find(['*', '?', '[']).unwrap_or(glob.len());
            Ok(Kept {
                pattern,
                literal: glob[..meta].to_owned(),
                is_name: !glob.contains('/'),
            })
        });
        Ok(Self {
            kept: kept.collect::<Result<_, _>>()?,
        })
    }

    /// Returns what speaks against `path`: the path itself, or the directory it lies in.
    pub fn check(&self, path: &TreePath, shape: Shape) -> Option<LeftOutPath> {
        rules::hits(path, shape).find(|hit| !self.keeps(&hit.path, path))
    }

    /// Returns what speaks against the content of the file at `path`, of which `start` is the
    /// beginning.
    pub fn check_content(&self, path: &TreePath, start: &[u8]) -> Option<Reason> {
        (key::is_private(path, start) && !self.keeps(path, path)).then_some(Reason::PrivateKey)
    }

    /// Says whether something below `directory` could be kept although the directory is not.
    pub(crate) fn may_keep_below(&self, directory: &TreePath) -> bool {
        let directory = directory.as_str();
        self.kept.iter().any(|kept| {
            let literal = kept.literal.as_str();
            !kept.is_name && (directory.starts_with(literal) || literal.starts_with(directory))
        })
    }

    /// Says whether a glob overrules the rule that hit `hit`, which is `path` or leads to it.
    ///
    /// A glob that names a directory keeps the directory, not the secrets in it: those are hit by
    /// rules of their own.
    fn keeps(&self, hit: &TreePath, path: &TreePath) -> bool {
        self.kept.iter().any(|kept| {
            let matches = |text: &str| kept.pattern.matches_with(text, MATCH);
            if kept.is_name {
                matches(hit.file_name())
            } else {
                matches(path.as_str())
                    || path
                        .ancestors()
                        .any(|above| above.starts_with(hit) && matches(above.as_str()))
            }
        })
    }
}

impl LeftOut {
    /// Lists `paths` without those that lie in a directory of the list.
    pub(crate) fn new(paths: impl Iterator<Item = (TreePath, Reason)>) -> Self {
        let mut paths: Vec<_> = paths
            .map(|(path, reason)| LeftOutPath { path, reason })
            .collect();
        paths.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        paths.dedup_by(|next, kept| next.path.starts_with(&kept.path));
        let count = paths.len();
        paths.truncate(MOST_LISTED);
        Self { paths, count }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::VersionControl => "version control",
            Self::Environment => "environment file",
            Self::NodeModules => "build dependency",
            Self::DatabaseDump => "database",
            Self::PrivateKey => "private key",
            Self::PasswordFile => "password file",
            Self::Log => "log",
            Self::Configuration => "configuration of one installation",
            Self::Debris => "left by an editor or operating system",
            Self::Backup => "backup copy",
            Self::LinkToLeftOut => "hard link to a file that is left out",
        })
    }
}
