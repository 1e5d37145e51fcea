//! One entry of a package's tree, with its path made safe.
//!
//! Paths are relative to the root, without `./`, `//` or a slash at the end; the root itself is the
//! empty path. A path with `..` or a leading slash is refused rather than repaired. Targets of
//! symbolic links are kept as they are: they are text until somebody follows them.

use super::DebError;
use crate::excerpt::excerpt;

/// What kind of thing an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    Directory,
    File,
    Symlink {
        target: String,
    },
    /// Another name for an earlier file; the target is a normalised path.
    Hardlink {
        target: String,
    },
}

/// A directory, file or link in a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub kind: EntryKind,
    /// Permission bits, with set-user-id, set-group-id and sticky.
    pub mode: u32,
    pub user_id: u64,
    pub group_id: u64,
    /// Seconds since 1970.
    pub modified: u64,
    /// Bytes of content; zero for everything but files.
    pub size: u64,
}

/// Normalises a path of the archive.
pub(super) fn normalise(raw: &[u8]) -> Result<String, DebError> {
    let text = utf8(raw)?;
    let unsafe_path = || DebError::UnsafePath {
        path: excerpt(text),
    };
    if text.starts_with('/') || text.contains('\0') {
        return Err(unsafe_path());
    }
    let mut path = String::with_capacity(text.len());
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(unsafe_path()),
            part => {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(part);
            }
        }
    }
    Ok(path)
}

pub(super) fn utf8(raw: &[u8]) -> Result<&str, DebError> {
    std::str::from_utf8(raw).map_err(|_| DebError::NotUtf8 {
        path: excerpt(&String::from_utf8_lossy(raw)),
    })
}

#[cfg(test)]
mod tests {
    use super::{DebError, normalise};

    #[test]
    fn paths_become_relative_and_plain() {
        for (raw, expected) in [
            ("./usr/bin/", "usr/bin"),
            ("./", ""),
            ("usr//share/./doc", "usr/share/doc"),
        ] {
            assert_eq!(normalise(raw.as_bytes()).unwrap(), expected);
        }
    }

    #[test]
    fn paths_that_leave_the_root_are_refused() {
        for raw in ["/etc/passwd", "../x", "./a/../../b", "a/..", "a\0b"] {
            assert!(
                matches!(normalise(raw.as_bytes()), Err(DebError::UnsafePath { .. })),
                "{raw}"
            );
        }
        assert!(matches!(
            normalise(b"caf\xe9"),
            Err(DebError::NotUtf8 { .. })
        ));
    }
}
