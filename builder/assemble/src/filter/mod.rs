//! Which paths of a package are left out of the image.
//!
//! Patterns are shell globs over absolute paths: `*` stays within one directory, `**` crosses
//! directories, and a pattern ending in `/**` also matches the directory itself. `keep` wins over
//! `drop`.

#[cfg(test)]
mod tests;

use glob::{MatchOptions, Pattern};
use thiserror::Error;
use wpimg_oci::rootfs::TreePath;

/// A pattern that is not a valid glob.
#[derive(Debug, Error)]
#[error("`{pattern}` is not a valid path pattern")]
pub struct FilterError {
    pattern: String,
    #[source]
    source: glob::PatternError,
}

/// The `keep` and `drop` patterns of a recipe.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    keep: Vec<PathPattern>,
    drop: Vec<PathPattern>,
}

#[derive(Debug, Clone)]
struct PathPattern {
    glob: Pattern,
    /// The directory of a `…/**` pattern, which the glob itself does not match.
    directory: Option<Pattern>,
    /// The literal text before the first wildcard: most paths are told apart by it alone.
    prefix: String,
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Filter {
    /// Compiles the patterns.
    pub fn new(keep: &[String], drop: &[String]) -> Result<Self, FilterError> {
        let compile = |patterns: &[String]| -> Result<Vec<PathPattern>, FilterError> {
            patterns
                .iter()
                .map(|pattern| PathPattern::new(pattern))
                .collect()
        };
        Ok(Self {
            keep: compile(keep)?,
            drop: compile(drop)?,
        })
    }

    /// Whether the path is left out.
    pub fn drops(&self, path: &TreePath) -> bool {
        let path = path.as_str();
        self.drop.iter().any(|pattern| pattern.matches(path))
            && !self.keep.iter().any(|pattern| pattern.matches(path))
    }

    /// Whether a link at the path leads to a licence that is to be kept: a package may share the
    /// documentation directory of another one (Debian Policy 12.3), and then the link is all that
    /// says under which licence it is.
    pub fn keeps_licence_link(&self, path: &TreePath) -> bool {
        let licence = format!("{path}/copyright");
        let in_documentation = path
            .parent()
            .is_some_and(|parent| parent.as_str() == "usr/share/doc");
        in_documentation && self.keep.iter().any(|pattern| pattern.matches(&licence))
    }
}

impl PathPattern {
    fn new(pattern: &str) -> Result<Self, FilterError> {
        let error = |source| FilterError {
            pattern: pattern.to_owned(),
            source,
        };
        let relative = pattern.trim_start_matches('/');
        Ok(Self {
            glob: Pattern::new(relative).map_err(error)?,
            directory: relative
                .strip_suffix("/**")
                .map(Pattern::new)
                .transpose()
                .map_err(error)?,
            prefix: relative
                .chars()
                .take_while(|c| !matches!(c, '*' | '?' | '['))
                .collect(),
        })
    }

    fn matches(&self, path: &str) -> bool {
        let prefix = self.prefix.trim_end_matches('/');
        path.starts_with(prefix)
            && (self.glob.matches_with(path, OPTIONS)
                || self
                    .directory
                    .as_ref()
                    .is_some_and(|d| d.matches_with(path, OPTIONS)))
    }
}
