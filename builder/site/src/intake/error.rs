//! Why a thing could not be taken in.

use std::{io, path::PathBuf};

use thiserror::Error;
use wpimg_oci::rootfs::TreePath;

use super::sink::SinkError;

/// A thing that could not be taken in, and what is wrong with it.
#[derive(Debug, Error)]
#[error("could not take in `{origin}`")]
pub struct IntakeError {
    /// The archive or directory, as the user called it.
    pub origin: String,
    #[source]
    pub problem: Problem,
}

/// What is wrong. Entries are named as they are spelled in the archive, shortened and escaped.
#[derive(Debug, Error)]
pub enum Problem {
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    #[error("`{}` is not a file", path.display())]
    NotAFile { path: PathBuf },
    #[error("it is not an archive: neither zip nor tar (plain, gzip, xz, zstd, bzip2)")]
    UnknownFormat,
    #[error("it is compressed with {compression}, but there is no tar archive inside")]
    NotATar { compression: String },
    #[error("it is a {format}, which is not supported")]
    UnsupportedFormat { format: &'static str },
    #[error("the archive is empty or holds nothing that may be in an image")]
    Empty,
    #[error("the archive is damaged or ends early")]
    Damaged {
        #[source]
        source: io::Error,
    },
    #[error("entry `{entry}` is damaged")]
    DamagedEntry {
        entry: String,
        #[source]
        source: io::Error,
    },
    #[error("the zip is split over several files, and this is one of them")]
    MultiDisk,
    #[error("entries `{first}` and `{second}` of the zip share bytes")]
    Overlap { first: String, second: String },
    #[error("the two headers of entry `{entry}` disagree about its {field}")]
    HeaderMismatch { entry: String, field: &'static str },
    #[error("the zip's directory lists more entries than its end record says ({declared})")]
    UnlistedEntries { declared: usize },
    #[error("entry `{entry}` is encrypted")]
    Encrypted { entry: String },
    #[error("entry `{entry}` is compressed with {method}, which is not supported")]
    Method { entry: String, method: String },
    #[error("entry `{entry}` unpacks to {found} bytes, but the archive says {declared}")]
    WrongSize {
        entry: String,
        declared: u64,
        found: u64,
    },
    #[error("it unpacks to more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("its {packed} bytes unpack to more than {limit}, as no honest archive does")]
    Bomb { packed: u64, limit: u64 },
    #[error("it has more than {limit} entries")]
    TooManyEntries { limit: usize },
    #[error("entry `{entry}` has a path longer than {limit} bytes")]
    LongPath { entry: String, limit: usize },
    #[error("entry `{entry}` is more than {limit} directories deep")]
    DeepPath { entry: String, limit: usize },
    #[error("entry `{entry}` has a header longer than {limit} bytes")]
    LongHeader { entry: String, limit: u64 },
    #[error("entry `{entry}` has an absolute path")]
    AbsolutePath { entry: String },
    #[error("entry `{entry}` has a path that climbs out with `..`")]
    Traversal { entry: String },
    #[error("entry `{entry}` has a backslash in its path")]
    Backslash { entry: String },
    #[error("entry `{entry}` has a control character in its path")]
    ControlCharacter { entry: String },
    #[error("the name of entry `{entry}` is not UTF-8")]
    NotUtf8 { entry: String },
    #[error("entry `{entry}` has no name")]
    NoName { entry: String },
    #[error("entry `{entry}` is there twice")]
    Duplicate { entry: String },
    #[error("entry `{entry}` lies below `{file}`, which is not a directory")]
    BelowFile { entry: String, file: String },
    #[error("entry `{entry}` is a {kind}, which an image cannot have")]
    Special { entry: String, kind: &'static str },
    #[error("symbolic link `{link}` leads to `{target}`, outside of what is taken in")]
    LinkLeaves { link: TreePath, target: String },
    #[error("symbolic link `{link}` to `{target}` leads in circles")]
    LinkCircle { link: TreePath, target: String },
    #[error("symbolic link `{link}` has a target that cannot be one: `{target}`")]
    LinkTarget { link: TreePath, target: String },
    #[error("hard link `{link}` names `{target}`, which is no file before it in the archive")]
    HardLink { link: String, target: String },
    #[error("could not keep the content of `{entry}`")]
    Sink {
        entry: String,
        #[source]
        source: SinkError,
    },
}

impl IntakeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let origin = &self.origin;
        match &self.problem {
            Problem::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("correct the path in `wpimg.toml`".to_owned())
            }
            Problem::Read { path, .. } => Some(format!(
                "make it readable for you: `chmod -R u+rX '{}'`",
                path.display()
            )),
            Problem::NotADirectory { .. } | Problem::NotAFile { .. } => {
                Some("correct the path in `wpimg.toml`".to_owned())
            }
            Problem::UnknownFormat | Problem::NotATar { .. } => Some(format!(
                "look at it with `file '{origin}'`; a failed download is often a web page"
            )),
            Problem::UnsupportedFormat { .. } | Problem::Method { .. } | Problem::MultiDisk => {
                Some("unpack it and pack it again with `zip -r` or `tar -czf`".to_owned())
            }
            Problem::Encrypted { .. } => Some(
                "unpack it with its password and give the directory in `wpimg.toml`".to_owned(),
            ),
            Problem::Empty => Some(format!("look into it: `unzip -l '{origin}'`")),
            Problem::Damaged { .. } | Problem::DamagedEntry { .. } | Problem::WrongSize { .. } => {
                Some("download it again and compare its checksum".to_owned())
            }
            Problem::Backslash { .. } => Some(
                "it was packed by a Windows program that writes `\\` for `/`; pack it again with \
                 `zip -r` or `tar -czf`"
                    .to_owned(),
            ),
            Problem::NotUtf8 { .. } | Problem::ControlCharacter { .. } => {
                Some("rename the file and pack it again".to_owned())
            }
            Problem::Special {
                kind: "sparse file",
                ..
            } => Some("pack it again without `--sparse`".to_owned()),
            Problem::LinkLeaves { link, .. }
            | Problem::LinkCircle { link, .. }
            | Problem::LinkTarget { link, .. } => Some(format!(
                "replace `{link}` in `{origin}` by a copy of what it stands for, or remove it"
            )),
            Problem::Special { entry, .. } => Some(format!("remove `{entry}` from `{origin}`")),
            Problem::Sink {
                source: SinkError::Write(_),
                ..
            } => Some("free some space below the cache directory".to_owned()),
            Problem::TooLarge { .. } | Problem::TooManyEntries { .. } => Some(format!(
                "take out of `{origin}` what the site does not serve; uploads belong on EFS or S3"
            )),
            // Nobody packs these by accident: the archive is not what it says it is.
            Problem::Overlap { .. }
            | Problem::HeaderMismatch { .. }
            | Problem::UnlistedEntries { .. }
            | Problem::Bomb { .. }
            | Problem::LongPath { .. }
            | Problem::DeepPath { .. }
            | Problem::LongHeader { .. }
            | Problem::AbsolutePath { .. }
            | Problem::Traversal { .. }
            | Problem::NoName { .. }
            | Problem::Duplicate { .. }
            | Problem::BelowFile { .. }
            | Problem::HardLink { .. }
            | Problem::Sink {
                source: SinkError::Read(_),
                ..
            } => Some(
                "do not trust it: compare its checksum with the one its author published"
                    .to_owned(),
            ),
        }
    }
}
