//! Takes in one thing: an archive or a directory becomes a list of entries for the image.
//!
//! ```text
//! format      zip or tar, and how it is compressed: told by the first bytes, never by the name
//! zip, tar, directory   the three readers; each hands what it finds to the collector
//! name        a path as it is written in an archive -> a path of the tree, or why not
//! collect     duplicates, files in the way, the single top directory, links that leave
//! limits      how much an archive may unpack to
//! ```
//!
//! Refused, naming the thing and the entry: paths and links that leave the root, devices, pipes,
//! names that are not UTF-8, encrypted or damaged entries, duplicates, sparse files, and archives
//! that unpack to more than [`Limits`] allow. Modes become 0644 or 0755; set-user-id, set-group-id
//! and sticky bits fall away with the rest of the mode (shared hosts set them on every directory),
//! and files that had one are listed.

mod bounded;
mod collect;
mod directory;
mod error;
mod format;
mod limits;
mod name;
mod packed;
mod sink;
mod sniff;
mod symlink;
mod tar;
mod tar_extension;
mod zip;
mod zip_header;

use std::path::PathBuf;

use wpimg_oci::rootfs::TreePath;

use self::{
    collect::{Collected, Collector},
    format::Format,
    packed::Packed,
};
pub use self::{
    error::{IntakeError, Problem},
    limits::Limits,
    sink::{ContentSink, InMemory, SinkError},
};
use crate::{
    entry::SiteEntry,
    excerpt::excerpt,
    exclude::{Exclude, LeftOut},
};

/// Where site content comes from.
#[derive(Debug, Clone)]
pub enum Source {
    Directory(PathBuf),
    /// A single file that is not an archive, such as a must-use plugin.
    File(PathBuf),
    Archive(PathBuf),
    /// An archive in memory; the name stands for it in errors.
    Bytes {
        name: String,
        bytes: Vec<u8>,
    },
}

/// What becomes of an archive's single top directory. A directory is always its own root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Top {
    /// Its content becomes the root, and its name is returned.
    #[default]
    Strip,
    Keep,
}

/// How content is taken in.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub top: Top,
    pub exclude: Exclude,
    pub limits: Limits,
}

/// The content of one thing.
#[derive(Debug, Clone)]
pub struct Intake {
    /// In path order, with every directory that leads to an entry.
    pub entries: Vec<SiteEntry>,
    pub left_out: LeftOut,
    /// The archive's single top directory, where it was stripped.
    pub top: Option<String>,
    /// Files that lost a set-user-id, set-group-id or sticky bit.
    pub special_modes: Vec<TreePath>,
    /// What the user called the source, for messages.
    pub origin: String,
    /// The file name of the source without what marks it as an archive.
    pub stem: String,
}

/// Takes in `source`. File contents go to `sink`, everything else into the result.
pub fn take_in(
    source: &Source,
    options: &Options,
    sink: &mut dyn ContentSink,
) -> Result<Intake, IntakeError> {
    let collected = match source {
        Source::Directory(path) => {
            let mut collector = Collector::new(options, sink, Top::Keep);
            directory::read(path, &mut collector).and_then(|()| collector.finish())
        }
        Source::File(path) => {
            let mut collector = Collector::new(options, sink, Top::Keep);
            directory::read_file(path, &mut collector).and_then(|()| collector.finish())
        }
        Source::Archive(path) => {
            Packed::open(path).and_then(|packed| unpack(&packed, options, sink))
        }
        Source::Bytes { bytes, .. } => unpack(&Packed::Memory(bytes), options, sink),
    };
    Intake::new(source.origin(), source.stem(), collected)
}

/// Takes in an archive that is in memory and keeps its contents there.
///
/// Any bytes may be given; the answer is content or a problem, within `limits`.
pub fn from_bytes(bytes: &[u8], limits: Limits) -> Result<Intake, IntakeError> {
    let options = Options {
        limits,
        ..Options::default()
    };
    let name = "archive".to_owned();
    let collected = unpack(&Packed::Memory(bytes), &options, &mut InMemory);
    Intake::new(name.clone(), name, collected)
}

fn unpack(
    packed: &Packed<'_>,
    options: &Options,
    sink: &mut dyn ContentSink,
) -> Result<Collected, Problem> {
    let mut collector = Collector::new(options, sink, options.top);
    match format::recognise(packed)? {
        Format::Zip => zip::read(packed, &mut collector)?,
        Format::Tar(compression) => tar::read(packed, compression, &mut collector)?,
    }
    collector.finish()
}

impl Intake {
    fn new(
        origin: String,
        stem: String,
        collected: Result<Collected, Problem>,
    ) -> Result<Self, IntakeError> {
        match collected {
            Ok(collected) => Ok(Self {
                entries: collected.entries,
                left_out: collected.left_out,
                top: collected.top,
                special_modes: collected.special_modes,
                origin,
                stem,
            }),
            Err(problem) => Err(IntakeError { origin, problem }),
        }
    }
}

impl Source {
    fn origin(&self) -> String {
        match self {
            Self::Directory(path) | Self::File(path) | Self::Archive(path) => {
                excerpt(&path.to_string_lossy())
            }
            Self::Bytes { name, .. } => excerpt(name),
        }
    }

    fn stem(&self) -> String {
        let name = match self {
            Self::Directory(path) => {
                let name = path.file_name().unwrap_or_default();
                return name.to_string_lossy().into_owned();
            }
            Self::File(path) => {
                let stem = path.file_stem().unwrap_or_default();
                return stem.to_string_lossy().into_owned();
            }
            Self::Archive(path) => path.file_name().unwrap_or_default().to_string_lossy(),
            Self::Bytes { name, .. } => name.as_str().into(),
        };
        name::archive_stem(&name)
    }
}
