//! Reads a binary package, front to back, from any reader.
//!
//! [`Deb::open`] reads the control archive, which comes first; [`Deb::data`] then streams the tree to
//! a visitor without keeping any file in memory. Refuses a wrong format version, missing or unknown
//! members, device nodes, paths that leave the root, names that are not UTF-8, and anything beyond
//! its size limits. Format: deb(5), ar and tar as described there.

mod control_archive;
mod entry;
mod member;
#[cfg(test)]
mod tests;
mod tree;

use std::io::{self, Read};

use thiserror::Error;

use crate::compression::{Compression, LimitExceeded, decompress};

pub use control_archive::{ControlArchive, ScriptKind};
pub use entry::{Entry, EntryKind};

use member::Members;

/// A control archive is a few kilobytes.
const LARGEST_CONTROL: u64 = 10 << 20;
/// The largest package in Debian unpacks to about 4 GiB.
const LARGEST_DATA: u64 = 16 << 30;

/// Why a file is not a package this program will unpack.
#[derive(Debug, Error)]
pub enum DebError {
    #[error("package could not be read to its end")]
    Read(#[source] io::Error),
    #[error("file is not a Debian package, it does not start with `!<arch>`")]
    NotAnArchive,
    #[error("header of an archive member is malformed at byte {offset}")]
    MemberHeader { offset: u64 },
    #[error("package has no member `{member}`")]
    MissingMember { member: &'static str },
    #[error("package has the unexpected member `{member}`")]
    UnexpectedMember { member: String },
    #[error("package has format version `{version}`, only 2.x is known")]
    FormatVersion { version: String },
    #[error("member `{member}` is compressed in a way that is not known")]
    UnknownCompression { member: String },
    #[error("{part} of the package is larger than {limit} bytes")]
    TooLarge { part: &'static str, limit: u64 },
    #[error("{part} of the package is not a valid tar archive")]
    Tar {
        part: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("file name `{path}` in the package is not UTF-8")]
    NotUtf8 { path: String },
    #[error("file name `{path}` in the package leaves the root directory")]
    UnsafePath { path: String },
    #[error("`{path}` in the package is a {kind}, which is never unpacked")]
    ForbiddenKind { path: String, kind: &'static str },
    #[error("a file name in the package is longer than {limit} bytes")]
    LongName { limit: u64 },
    #[error("control archive has `{path}`, which is not a plain file")]
    ControlEntry { path: String },
    #[error("control file `{name}` is not UTF-8 text")]
    ControlText { name: String },
    #[error("control archive has no `control` file")]
    NoControlFile,
}

impl DebError {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read(_) | Self::NotAnArchive => {
                Some("the file is damaged or cut off; fetch it again".into())
            }
            Self::FormatVersion { .. } | Self::UnknownCompression { .. } => {
                Some("a newer version of wpimg may know this format".into())
            }
            Self::MemberHeader { .. }
            | Self::MissingMember { .. }
            | Self::UnexpectedMember { .. }
            | Self::TooLarge { .. }
            | Self::Tar { .. }
            | Self::NotUtf8 { .. }
            | Self::UnsafePath { .. }
            | Self::ForbiddenKind { .. }
            | Self::LongName { .. }
            | Self::ControlEntry { .. }
            | Self::ControlText { .. }
            | Self::NoControlFile => None,
        }
    }

    /// Finds out whether a read failed because a limit was reached.
    fn from_read(part: &'static str, source: io::Error) -> Self {
        let limit = source
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<LimitExceeded>());
        match limit.map(|exceeded| exceeded.limit) {
            Some(limit) => Self::TooLarge { part, limit },
            None => Self::Tar { part, source },
        }
    }
}

/// A package whose control archive has been read and whose tree has not.
#[derive(Debug)]
pub struct Deb<R> {
    members: Members<R>,
    control: ControlArchive,
}

impl<R: Read> Deb<R> {
    /// Reads up to the end of the control archive.
    pub fn open(reader: R) -> Result<Self, DebError> {
        let mut members = Members::open(reader)?;
        let version = members.next()?.ok_or(DebError::MissingMember {
            member: "debian-binary",
        })?;
        if version.name != "debian-binary" {
            return Err(DebError::MissingMember {
                member: "debian-binary",
            });
        }
        check_format(&mut members)?;
        let compression = expect(&mut members, "control.tar")?;
        let control = {
            let limit = LARGEST_CONTROL;
            let reader = decompress(compression, members.content(), limit)
                .map_err(|source| DebError::from_read("control archive", source))?;
            ControlArchive::read(reader)?
        };
        Ok(Self { members, control })
    }

    pub fn control(&self) -> &ControlArchive {
        &self.control
    }

    /// Hands every entry of the tree to `visit`, in the order of the archive, and reads to the end.
    ///
    /// The reader gives the content of a file and is empty for everything else; what the visitor does
    /// not read is skipped.
    pub fn data<E: From<DebError>>(
        mut self,
        visit: impl FnMut(&Entry, &mut dyn Read) -> Result<(), E>,
    ) -> Result<ControlArchive, E> {
        let compression = expect(&mut self.members, "data.tar")?;
        let content = self.members.content();
        let reader = decompress(compression, content, LARGEST_DATA)
            .map_err(|source| DebError::from_read("data archive", source))?;
        tree::walk(reader, visit)?;
        while let Some(member) = self.members.next()? {
            // deb(5): members may be added at the end, and only such with an underscore ignored.
            if !member.name.starts_with('_') {
                return Err(DebError::UnexpectedMember {
                    member: member.name,
                }
                .into());
            }
        }
        Ok(self.control)
    }
}

fn check_format<R: Read>(members: &mut Members<R>) -> Result<(), DebError> {
    let mut text = String::new();
    let read = members.content().take(64).read_to_string(&mut text);
    read.map_err(DebError::Read)?;
    let version = text.lines().next().unwrap_or_default();
    match version.split_once('.') {
        Some(("2", minor)) if minor.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => Err(DebError::FormatVersion {
            version: version.chars().take(20).collect(),
        }),
    }
}

/// Moves on to the member `name`, skipping those that deb(5) says to ignore.
fn expect<R: Read>(members: &mut Members<R>, name: &'static str) -> Result<Compression, DebError> {
    loop {
        let member = members
            .next()?
            .ok_or(DebError::MissingMember { member: name })?;
        match member.name.strip_prefix(name) {
            Some(suffix) => {
                return Compression::from_suffix(suffix).ok_or(DebError::UnknownCompression {
                    member: member.name,
                });
            }
            None if member.name.starts_with('_') => {}
            None => {
                return Err(DebError::UnexpectedMember {
                    member: member.name,
                });
            }
        }
    }
}
