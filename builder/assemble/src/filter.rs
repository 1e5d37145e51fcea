//! Which paths of a package are left out of the image.
//!
//! Patterns are shell globs over absolute paths: `*` stays within one directory, `**` crosses
//! directories, and a pattern ending in `/**` also matches the directory itself. `keep` wins over
//! `drop`.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn drops(keep: &[&str], drop: &[&str], path: &str) -> bool {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Filter::new(&owned(keep), &owned(drop))
            .unwrap()
            .drops(&path.parse().unwrap())
    }

    #[test]
    fn a_tree_pattern_matches_the_directory_and_everything_below() {
        let pattern = &["/usr/share/man/**"];
        assert!(drops(&[], pattern, "usr/share/man"));
        assert!(drops(&[], pattern, "usr/share/man/man1/php.1.gz"));
        assert!(!drops(&[], pattern, "usr/share/mandoc"));
    }

    #[test]
    fn a_single_star_stays_in_one_directory() {
        assert!(drops(
            &[],
            &["/usr/share/doc/*/changelog*"],
            "usr/share/doc/a/changelog.gz"
        ));
        assert!(!drops(
            &[],
            &["/usr/share/doc/*/changelog*"],
            "usr/share/doc/a/b/changelog.gz"
        ));
    }

    #[test]
    fn keep_wins_over_drop() {
        let drop = &["/usr/share/doc/**"];
        assert!(!drops(
            &["/usr/share/doc/*/copyright"],
            drop,
            "usr/share/doc/a/copyright"
        ));
        assert!(drops(
            &["/usr/share/doc/*/copyright"],
            drop,
            "usr/share/doc/a/README"
        ));
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let error = Filter::new(&[], &["/usr/[".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "`/usr/[` is not a valid path pattern");
    }
}
