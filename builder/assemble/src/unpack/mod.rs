//! Takes one package apart: control files into memory, file contents into a spool.

mod error;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use md5::{Digest as _, Md5};
use wpimg_debian::control::Paragraph;
use wpimg_debian::deb::{self, ControlArchive, Deb, DebError, EntryKind};
use wpimg_debian::dependency::parse_dependencies;
use wpimg_oci::rootfs::{Entry, Kind, TreePath};

pub use self::error::UnpackError;
use crate::filter::Filter;
use crate::spool::{Spool, SpoolError};
use crate::wordpress;

/// Which package a file is supposed to be.
#[derive(Debug, Clone)]
pub struct Origin {
    pub package: String,
    pub version: String,
    pub file: PathBuf,
}

impl Origin {
    fn damaged(&self, source: DebError) -> UnpackError {
        UnpackError::Package {
            package: self.package.clone(),
            file: self.file.clone(),
            source,
        }
    }
}

/// A package, apart.
#[derive(Debug)]
pub struct Unpacked {
    pub name: String,
    pub version: String,
    pub control: ControlArchive,
    /// What goes into the image, in the order of the package.
    pub entries: Vec<(TreePath, Entry)>,
    architecture: String,
    is_multi_arch_same: bool,
    replaces: Vec<String>,
    depends: Vec<String>,
    /// MD5 of the conffiles, as dpkg records them.
    conffiles: Vec<(String, String)>,
}

/// Configuration files are text; dpkg itself has no limit, we need one.
const LARGEST_CONFFILE: u64 = 16 << 20;

/// Takes a package apart. Contents are readable once the spool is finished.
pub fn unpack(
    origin: &Origin,
    mut reader: impl Read + Seek,
    filter: &Filter,
    spool: &mut Spool,
) -> Result<Unpacked, UnpackError> {
    let control = Deb::open(&mut reader)
        .map_err(|source| origin.damaged(source))?
        .control()
        .clone();
    let mut unpacked = Unpacked::from_control(origin, control)?;
    walk(origin, &mut reader, |entry, contents| {
        unpacked.take(entry, contents, filter, spool)
    })?;
    let mut orphans = unpacked.orphans();
    if !orphans.is_empty() {
        // Rare: the filter dropped the first name of a file and kept another one. Its bytes went
        // by with the first name, so the package is read once more.
        walk(origin, &mut reader, |entry, contents| {
            unpacked.adopt(&mut orphans, entry, contents, spool)
        })?;
    }
    Ok(unpacked)
}

/// Visits every entry of the package, from its beginning.
fn walk(
    origin: &Origin,
    mut reader: impl Read + Seek,
    mut visit: impl FnMut(&deb::Entry, &mut dyn Read) -> Result<(), UnpackError>,
) -> Result<(), UnpackError> {
    reader
        .seek(SeekFrom::Start(0))
        .map_err(|source| origin.damaged(DebError::Read(source)))?;
    let deb = Deb::open(reader).map_err(|source| origin.damaged(source))?;
    match deb.data(|entry, contents| visit(entry, contents).map_err(Stop::Unpack)) {
        Ok(_) => Ok(()),
        Err(Stop::Deb(source)) => Err(origin.damaged(source)),
        Err(Stop::Unpack(error)) => Err(error),
    }
}

/// Why the walk over a package ended early.
enum Stop {
    Deb(DebError),
    Unpack(UnpackError),
}

impl From<DebError> for Stop {
    fn from(error: DebError) -> Self {
        Self::Deb(error)
    }
}

impl Unpacked {
    /// Reads the control paragraph, which must be of the package the index named.
    fn from_control(origin: &Origin, control: ControlArchive) -> Result<Self, UnpackError> {
        let (name, architecture, multi_arch, replaces, depends) = {
            let paragraph = Paragraph::parse(&control.control).ok();
            let field = |name| {
                paragraph
                    .as_ref()
                    .and_then(|p| p.get(name))
                    .unwrap_or_default()
            };
            let names = |field: &str| -> Vec<String> {
                let groups = parse_dependencies(field).unwrap_or_default();
                let relations = groups.into_iter().flat_map(|group| group.0);
                relations
                    .map(|relation| relation.name.to_string())
                    .collect()
            };
            (
                field("Package").to_owned(),
                field("Architecture").to_owned(),
                field("Multi-Arch") == "same",
                names(field("Replaces")),
                ["Pre-Depends", "Depends", "Recommends"]
                    .map(|relation| names(field(relation)))
                    .concat(),
            )
        };
        if name != origin.package {
            return Err(UnpackError::WrongPackage {
                package: origin.package.clone(),
                found: name,
                file: origin.file.clone(),
            });
        }
        Ok(Self {
            name,
            version: origin.version.clone(),
            control,
            entries: Vec::new(),
            architecture,
            is_multi_arch_same: multi_arch,
            replaces,
            depends,
            conffiles: Vec::new(),
        })
    }

    /// Takes one entry of the package, unless the filter leaves it out.
    fn take(
        &mut self,
        entry: &deb::Entry,
        contents: &mut dyn Read,
        filter: &Filter,
        spool: &mut Spool,
    ) -> Result<(), UnpackError> {
        let Some(path) = self.path_of(entry)? else {
            return Ok(());
        };
        let is_link = matches!(entry.kind, EntryKind::Symlink { .. });
        if filter.drops(&path) && !(is_link && filter.keeps_licence_link(&path)) {
            return Ok(());
        }
        let kind = match &entry.kind {
            EntryKind::Directory => Kind::Directory,
            EntryKind::Symlink { target } => Kind::Symlink(target.clone()),
            EntryKind::Hardlink { target } => Kind::Hardlink(self.parse(target)?),
            EntryKind::File => self.file(&path, contents, spool)?,
        };
        let entry = self.entry(&path, entry, kind)?;
        self.entries.push((path, entry));
        Ok(())
    }

    /// Gives the bytes of a file that the filter left out to the names of it that stay.
    fn adopt(
        &mut self,
        orphans: &mut BTreeMap<TreePath, Vec<usize>>,
        entry: &deb::Entry,
        contents: &mut dyn Read,
        spool: &mut Spool,
    ) -> Result<(), UnpackError> {
        let Some(path) = self.path_of(entry)? else {
            return Ok(());
        };
        let links = match entry.kind {
            EntryKind::File => orphans.remove(&path).unwrap_or_default(),
            EntryKind::Directory | EntryKind::Symlink { .. } | EntryKind::Hardlink { .. } => {
                return Ok(());
            }
        };
        let Some((&first, others)) = links.split_first() else {
            return Ok(());
        };
        let first_name = self.entries[first].0.clone();
        let kind = self.file(&first_name, contents, spool)?;
        let file = self.entry(&first_name, entry, kind)?;
        for &other in others {
            self.entries[other].1 = Entry {
                kind: Kind::Hardlink(first_name.clone()),
                ..file.clone()
            };
        }
        self.entries[first].1 = file;
        Ok(())
    }

    /// The hard links whose file was left out, by the path of that file.
    fn orphans(&self) -> BTreeMap<TreePath, Vec<usize>> {
        let hard_links = || {
            let entries = self.entries.iter().enumerate();
            entries.filter_map(|(index, (_, entry))| match &entry.kind {
                Kind::Hardlink(target) => Some((index, target)),
                Kind::Directory | Kind::File(_) | Kind::Symlink(_) => None,
            })
        };
        let mut orphans: BTreeMap<TreePath, Vec<usize>> = BTreeMap::new();
        if hard_links().next().is_some() {
            let taken: HashSet<&TreePath> = self.entries.iter().map(|(path, _)| path).collect();
            for (index, target) in hard_links().filter(|(_, target)| !taken.contains(target)) {
                orphans.entry(target.clone()).or_default().push(index);
            }
        }
        orphans
    }

    /// Where the entry lies; `None` for the root directory, which is the runtime's.
    fn path_of(&self, entry: &deb::Entry) -> Result<Option<TreePath>, UnpackError> {
        if entry.path.is_empty() {
            return Ok(None);
        }
        self.parse(&entry.path).map(Some)
    }

    fn parse(&self, path: &str) -> Result<TreePath, UnpackError> {
        path.parse().map_err(|source| UnpackError::Path {
            package: self.name.clone(),
            source,
        })
    }

    /// The entry as the package describes it, as the kind that it is in the image.
    fn entry(&self, path: &TreePath, entry: &deb::Entry, kind: Kind) -> Result<Entry, UnpackError> {
        let owner = |id: u64| {
            u32::try_from(id).map_err(|_| UnpackError::Owner {
                package: self.name.clone(),
                path: path.clone(),
                id,
            })
        };
        Ok(Entry {
            kind,
            mode: entry.mode,
            uid: owner(entry.user_id)?,
            gid: owner(entry.group_id)?,
            mtime: i64::try_from(entry.modified).unwrap_or(i64::MAX),
        })
    }

    /// Reads a file: a conffile into memory for its sum, any other into the spool.
    fn file(
        &mut self,
        path: &TreePath,
        contents: &mut dyn Read,
        spool: &mut Spool,
    ) -> Result<Kind, UnpackError> {
        let failed = |source| UnpackError::Contents {
            package: self.name.clone(),
            path: path.clone(),
            source,
        };
        let mut conffiles = self.control.conffiles.iter();
        if !conffiles.any(|name| name.trim_start_matches('/') == path.as_str()) {
            return Ok(Kind::File(spool.append(contents).map_err(failed)?));
        }
        let mut bytes = Vec::new();
        contents
            .take(LARGEST_CONFFILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| failed(SpoolError::Read(source)))?;
        if bytes.len() as u64 > LARGEST_CONFFILE {
            return Err(UnpackError::LargeConffile {
                package: self.name.clone(),
                path: path.clone(),
                limit: LARGEST_CONFFILE,
            });
        }
        self.conffiles
            .push((format!("/{path}"), hexadecimal(&Md5::digest(&bytes))));
        Ok(Kind::File(bytes.into()))
    }

    /// The packages that this one asks for, alternatives included.
    pub fn depends(&self) -> &[String] {
        &self.depends
    }

    /// The packages whose files this one may take over (Debian Policy 7.6.1).
    pub fn replaced(&self) -> &[String] {
        &self.replaces
    }

    /// How the package's files are called in `/var/lib/dpkg/info`.
    pub fn info_stem(&self) -> String {
        if self.is_multi_arch_same {
            format!("{}:{}", self.name, self.architecture)
        } else {
            self.name.clone()
        }
    }

    /// The conffiles with their MD5 sums.
    pub fn conffiles(&self) -> &[(String, String)] {
        &self.conffiles
    }

    /// Where a file of the package lies in the image.
    pub fn moved_to(&self, path: &TreePath) -> TreePath {
        if wordpress::is_part(&self.name) {
            wordpress::moved(path)
        } else {
            path.clone()
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
