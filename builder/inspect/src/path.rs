//! Names of files in an image: bytes, relative to its root, without detours.
//!
//! `./a`, `/a` and `x/../a` are one file to every engine, so they are one name here; a name cannot
//! leave the root, because `..` there stays there, as in a container. Two names are equal only if
//! their bytes are; what is displayed is safe for a terminal.

use std::{borrow::Borrow, fmt};

use crate::plain::plain_bytes;

/// A path below the root of an image; the root itself is the empty path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ImagePath(Box<[u8]>);

impl ImagePath {
    /// Cleans a name as it stands in an archive.
    pub fn clean(name: &[u8]) -> Self {
        let is_clean = !name.is_empty()
            && name
                .split(|&byte| byte == b'/')
                .all(|part| !matches!(part, b"" | b"." | b".."));
        if is_clean {
            return Self(name.into());
        }
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in name.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        Self(parts.join(&b'/').into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the path if it is UTF-8, as all names that wpimg looks for are.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the directory the path lies in; the root's is the root.
    pub fn parent(&self) -> &[u8] {
        match self.0.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => &self.0[..slash],
            None => b"",
        }
    }

    pub fn file_name(&self) -> &[u8] {
        match self.0.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => &self.0[slash + 1..],
            None => &self.0,
        }
    }

    pub(crate) fn join(directory: &[u8], name: &[u8]) -> Self {
        if directory.is_empty() {
            return Self(name.into());
        }
        Self([directory, b"/", name].concat().into())
    }

    /// Returns whether the path lies somewhere below `directory`.
    pub fn is_below(&self, directory: &[u8]) -> bool {
        directory.is_empty() && !self.is_root()
            || self
                .0
                .strip_prefix(directory)
                .is_some_and(|rest| rest.starts_with(b"/"))
    }
}

/// Ordered and hashed like the bytes, so maps are searched without making a path.
impl Borrow<[u8]> for ImagePath {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for ImagePath {
    fn from(name: &str) -> Self {
        Self::clean(name.as_bytes())
    }
}

impl fmt::Display for ImagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{}", plain_bytes(&self.0))
    }
}

impl fmt::Debug for ImagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ImagePath;

    #[test]
    fn one_file_has_one_name() {
        for name in ["a/b", "./a/b", "/a/b", "a//b/", "x/../a/./b", "../../a/b"] {
            assert_eq!(ImagePath::from(name).as_bytes(), b"a/b", "{name}");
        }
        assert!(ImagePath::from("./").is_root());
        assert_eq!(ImagePath::from("a/b").parent(), b"a");
        assert_eq!(ImagePath::from("a").parent(), b"");
        assert!(ImagePath::from("a/b").is_below(b"a"));
        assert!(!ImagePath::from("ab").is_below(b"a"));
    }

    proptest! {
        #[test]
        fn a_cleaned_name_stays_as_it_is(name in "[a./]{0,20}") {
            let clean = ImagePath::clean(name.as_bytes());
            prop_assert_eq!(&ImagePath::clean(clean.as_bytes()), &clean);
            prop_assert!(!clean.as_bytes().starts_with(b"/"));
        }
    }
}
