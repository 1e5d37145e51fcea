//! A path as it is written in an archive or a directory, made safe or refused.
//!
//! `./` and doubled or final slashes are dropped, because every tar has them; nothing else is
//! repaired. A backslash is refused: it is a separator to Windows and a letter to Linux, and
//! whichever we chose, somebody's check would have read it the other way.

use wpimg_oci::rootfs::TreePath;

use super::{Limits, Problem};
use crate::excerpt::excerpt;

/// Returns the path that `raw` spells; `None` for the root itself.
pub(super) fn normalise(raw: &[u8], limits: &Limits) -> Result<Option<TreePath>, Problem> {
    let Ok(text) = std::str::from_utf8(raw) else {
        return Err(Problem::NotUtf8 {
            entry: excerpt(&String::from_utf8_lossy(raw)),
        });
    };
    let entry = || excerpt(text);
    if text.is_empty() {
        return Err(Problem::NoName { entry: entry() });
    }
    if text.contains('\\') {
        return Err(Problem::Backslash { entry: entry() });
    }
    if text.starts_with('/') || has_drive_letter(text) {
        return Err(Problem::AbsolutePath { entry: entry() });
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::ControlCharacter { entry: entry() });
    }
    let mut path = String::with_capacity(text.len().min(limits.path_bytes));
    let mut depth = 0;
    for component in text.split('/') {
        match component {
            "" | "." => continue,
            ".." => return Err(Problem::Traversal { entry: entry() }),
            _ => depth += 1,
        }
        if depth > limits.depth {
            return Err(Problem::DeepPath {
                entry: entry(),
                limit: limits.depth,
            });
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(component);
        if path.len() > limits.path_bytes {
            return Err(Problem::LongPath {
                entry: entry(),
                limit: limits.path_bytes,
            });
        }
    }
    if path.is_empty() {
        return Ok(None);
    }
    // All that is left to refuse is a component longer than Linux takes.
    path.parse().map(Some).map_err(|_| Problem::LongPath {
        entry: entry(),
        limit: 255,
    })
}

fn has_drive_letter(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic())
        && characters.next() == Some(':')
}

/// Returns `name` without the suffix of an archive and without a version before it.
pub(super) fn archive_stem(name: &str) -> String {
    const SUFFIXES: [&str; 11] = [
        ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.bz2",
        ".tbz2", ".tbz",
    ];
    let lower = name.to_ascii_lowercase();
    let suffix = SUFFIXES
        .iter()
        .filter(|suffix| lower.ends_with(**suffix))
        .map(|suffix| suffix.len())
        .max()
        .unwrap_or_default();
    let stem = &name[..name.len() - suffix];
    let without_version = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let version = &stem[without_version.len()..];
    // `akismet.5.3.1` and `akismet-5.3.1` lose it; `twentytwentyfive2` and `php8.2` keep it.
    let name = match without_version.strip_suffix(['-', '_']) {
        Some(name) if version.contains('.') => name,
        _ if version.starts_with('.') && version.len() > 1 => without_version,
        _ => stem,
    };
    if name.is_empty() {
        stem.to_owned()
    } else {
        name.to_owned()
    }
}
