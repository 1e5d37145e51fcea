//! One entry of a layer's archive.

use std::fmt;

use wpimg_oci::digest::Digest;

use crate::path::ImagePath;

/// An entry as it stands in the archive, white-outs included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerEntry {
    pub path: ImagePath,
    pub kind: EntryKind,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    /// Modification time in seconds, with a fraction if the archive has one.
    pub mtime: Mtime,
    /// Bytes of content; zero for all but files.
    pub size: u64,
    /// Where the entry's first header begins in the uncompressed archive, and where its content does.
    pub(crate) offset: u64,
    pub(crate) content_offset: u64,
}

/// What an entry makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    File { digest: Digest },
    Directory,
    Symlink { target: Box<[u8]> },
    HardLink { target: ImagePath },
    CharacterDevice { major: u32, minor: u32 },
    BlockDevice { major: u32, minor: u32 },
    Fifo,
}

/// A time as the archive has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mtime {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// What a white-out takes away (image-spec `layer.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whiteout {
    /// This path and all below it.
    Path(ImagePath),
    /// All below this directory, which stays.
    Contents(ImagePath),
}

impl LayerEntry {
    /// Returns what the entry takes away from lower layers, if it is a white-out.
    pub fn whiteout(&self) -> Option<Whiteout> {
        let name = self.path.file_name().strip_prefix(b".wh.")?;
        if name == b".wh..opq" {
            return Some(Whiteout::Contents(ImagePath::clean(self.path.parent())));
        }
        Some(Whiteout::Path(ImagePath::join(self.path.parent(), name)))
    }
}

impl EntryKind {
    /// Returns the kind's name, as in "was a directory".
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Directory => "directory",
            Self::Symlink { .. } => "symbolic link",
            Self::HardLink { .. } => "hard link",
            Self::CharacterDevice { .. } => "character device",
            Self::BlockDevice { .. } => "block device",
            Self::Fifo => "named pipe",
        }
    }
}

impl fmt::Display for Mtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.seconds)?;
        if self.nanoseconds != 0 {
            write!(formatter, ".{:09}", self.nanoseconds)?;
        }
        Ok(())
    }
}
