//! Which WordPress the content is, and whether all of it is there.
//!
//! `wp-includes/version.php` is read as text and never run. Only plain assignments of a quoted
//! string count, the last one as in PHP; anything that does not look like a version is none.

use crate::{
    entry::find,
    identify::{IdentifyError, Instead},
    intake::Intake,
};

/// What a tree cannot be WordPress without.
const ESSENTIAL: [&str; 8] = [
    "index.php",
    "wp-admin/index.php",
    "wp-blog-header.php",
    "wp-cron.php",
    "wp-includes/functions.php",
    "wp-includes/version.php",
    "wp-load.php",
    "wp-settings.php",
];

/// `version.php` is a page of comments and assignments.
const LARGEST_VERSION_FILE: u64 = 64 << 10;

/// A WordPress tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordPress {
    pub version: String,
    pub required_php: Option<String>,
    /// The language the release was packed for, `de_DE` and the like.
    pub local_package: Option<String>,
}

/// Finds out which WordPress `intake` is.
pub fn identify(intake: &Intake) -> Result<WordPress, IdentifyError> {
    let missing: Vec<String> = ESSENTIAL
        .iter()
        .filter(|path| find(&intake.entries, path).is_none_or(|entry| entry.content().is_none()))
        .map(|path| (*path).to_owned())
        .collect();
    if !missing.is_empty() {
        return Err(IdentifyError::NotWordPress {
            origin: intake.origin.clone(),
            missing,
            instead: instead(intake),
        });
    }
    let text = find(&intake.entries, "wp-includes/version.php")
        .and_then(|entry| entry.content()?.read_all(LARGEST_VERSION_FILE).ok())
        .unwrap_or_default();
    WordPress::from_version_file(&text).ok_or_else(|| IdentifyError::NoVersion {
        origin: intake.origin.clone(),
    })
}

/// A release packed into a directory of a directory.
fn instead(intake: &Intake) -> Option<Instead> {
    let version_file = intake
        .entries
        .iter()
        .find(|entry| entry.path.as_str().ends_with("/wp-includes/version.php"))?;
    version_file.path.parent()?.parent().map(Instead::Below)
}

impl WordPress {
    /// Reads `wp-includes/version.php`; `None` if it does not say which version.
    pub fn from_version_file(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let is_version = |text: &str| {
            let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
            text.len() <= 40
                && text.starts_with(|first: char| first.is_ascii_digit())
                && text.bytes().all(is_fine)
        };
        let is_locale = |text: &str| {
            let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            (2..=20).contains(&text.len()) && text.bytes().all(is_fine)
        };
        Some(Self {
            version: assigned(&text, "$wp_version").filter(|text| is_version(text))?,
            required_php: assigned(&text, "$required_php_version").filter(|text| is_version(text)),
            local_package: assigned(&text, "$wp_local_package").filter(|text| is_locale(text)),
        })
    }
}

/// Returns the string that is last assigned to `variable` on a line of its own.
fn assigned(text: &str, variable: &str) -> Option<String> {
    let mut values = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix(variable)?.trim_start();
        let rest = rest.strip_prefix('=')?.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '\'' | '"'))?;
        let (value, after) = rest[1..].split_once(quote)?;
        after.trim_start().starts_with(';').then_some(value)
    });
    values.next_back().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::WordPress;

    fn read(text: &str) -> Option<WordPress> {
        WordPress::from_version_file(text.as_bytes())
    }

    #[test]
    fn versions_are_read_without_running_anything() {
        let text = "<?php\n/**\n * @global string $wp_version\n */\n$wp_version = '6.8.1';\r\n\
                    $required_php_version = \"7.2.24\";\n  $wp_local_package = 'de_DE' ;\n";
        let wordpress = read(text).unwrap();
        assert_eq!(wordpress.version, "6.8.1");
        assert_eq!(wordpress.required_php.as_deref(), Some("7.2.24"));
        assert_eq!(wordpress.local_package.as_deref(), Some("de_DE"));
    }

    #[test]
    fn pre_releases_are_versions() {
        assert_eq!(
            read("$wp_version = '6.9-beta2-60987';").unwrap().version,
            "6.9-beta2-60987"
        );
    }

    #[test]
    fn the_last_assignment_counts_as_in_php() {
        assert_eq!(
            read("$wp_version = '1.0';\n$wp_version = '2.0';")
                .unwrap()
                .version,
            "2.0"
        );
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in [
            "",
            "$wp_version = $other;",
            "$wp_version = '';",
            "$wp_version = '6.8\x1b[2J';",
            "$wp_version = '6.8",
            "$wp_version = '../..';",
            "$wp_version = '6.8' . rand();",
            "$wp_versions = '6.8';",
            "// $wp_version = '6.8';",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
