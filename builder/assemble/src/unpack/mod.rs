//! Takes one package apart: control files into memory, file contents into a spool.

#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::PathBuf;

use md5::{Digest as _, Md5};
use thiserror::Error;
use wpimg_debian::control::Paragraph;
use wpimg_debian::deb::{self, ControlArchive, Deb, DebError, EntryKind};
use wpimg_debian::dependency::parse_dependencies;
use wpimg_oci::rootfs::{Entry, Kind, TreePath, TreePathError};

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

/// A package could not be taken apart.
#[derive(Debug, Error)]
pub enum UnpackError {
    #[error("package `{package}` (`{}`) is not a valid Debian package", file.display())]
    Package {
        package: String,
        file: PathBuf,
        #[source]
        source: DebError,
    },
    #[error("`{}` says it is package `{found}`, but the index says `{package}`", file.display())]
    WrongPackage {
        package: String,
        found: String,
        file: PathBuf,
    },
    #[error("package `{package}` ships a path that an image cannot have")]
    Path {
        package: String,
        #[source]
        source: TreePathError,
    },
    #[error("`/{path}` of package `{package}` has owner {id}, which Linux does not know")]
    Owner {
        package: String,
        path: TreePath,
        id: u64,
    },
    #[error("could not unpack `/{path}` of package `{package}`")]
    Contents {
        package: String,
        path: TreePath,
        #[source]
        source: SpoolError,
    },
}

impl UnpackError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Package { .. } | Self::WrongPackage { .. } => Some(
                "the file is the one the signed index names, so this is worth a report; \
                 `wpimg cache clean` fetches it again"
                    .to_owned(),
            ),
            Self::Path { .. } | Self::Owner { .. } => None,
            Self::Contents { source, .. } => match source {
                SpoolError::Write { .. } => {
                    Some("free some space below the cache directory".to_owned())
                }
                SpoolError::Read(_) => Some("run `wpimg cache clean` and build again".to_owned()),
            },
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
    /// MD5 of the conffiles, as dpkg records them.
    conffiles: Vec<(String, String)>,
}

/// Configuration files are text; dpkg itself has no limit, we need one.
const LARGEST_CONFFILE: u64 = 16 << 20;

/// Takes a package apart. Contents are readable once the spool is finished.
pub fn unpack(
    origin: &Origin,
    reader: impl Read,
    filter: &Filter,
    spool: &mut Spool,
) -> Result<Unpacked, UnpackError> {
    let damaged = |source| UnpackError::Package {
        package: origin.package.clone(),
        file: origin.file.clone(),
        source,
    };
    let deb = Deb::open(reader).map_err(damaged)?;
    let mut unpacked = Unpacked::from_control(origin, deb.control().clone())?;
    let visit = |entry: &deb::Entry, contents: &mut dyn Read| -> Result<(), Stop> {
        unpacked
            .take(entry, contents, filter, spool)
            .map_err(Stop::Unpack)
    };
    match deb.data(visit) {
        Ok(_) => Ok(unpacked),
        Err(Stop::Deb(source)) => Err(damaged(source)),
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
        let (name, architecture, multi_arch, replaces) = {
            let paragraph = Paragraph::parse(&control.control).ok();
            let field = |name| {
                paragraph
                    .as_ref()
                    .and_then(|p| p.get(name))
                    .unwrap_or_default()
            };
            let replaces = parse_dependencies(field("Replaces")).unwrap_or_default();
            (
                field("Package").to_owned(),
                field("Architecture").to_owned(),
                field("Multi-Arch") == "same",
                replaces
                    .into_iter()
                    .flat_map(|group| group.0)
                    .map(|r| r.name.to_string())
                    .collect(),
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
        let parse = |path: &str| {
            path.parse::<TreePath>()
                .map_err(|source| UnpackError::Path {
                    package: self.name.clone(),
                    source,
                })
        };
        if entry.path.is_empty() {
            return Ok(()); // the root directory is the runtime's
        }
        let path = parse(&entry.path)?;
        if filter.drops(&path) {
            return Ok(());
        }
        let kind = match &entry.kind {
            EntryKind::Directory => Kind::Directory,
            EntryKind::Symlink { target } => Kind::Symlink(target.clone()),
            EntryKind::Hardlink { target } => Kind::Hardlink(parse(target)?),
            EntryKind::File => {
                let failed = |source| UnpackError::Contents {
                    package: self.name.clone(),
                    path: path.clone(),
                    source,
                };
                let is_conffile = self
                    .control
                    .conffiles
                    .iter()
                    .any(|name| name.trim_start_matches('/') == path.as_str());
                if is_conffile {
                    let mut bytes = Vec::new();
                    contents
                        .take(LARGEST_CONFFILE)
                        .read_to_end(&mut bytes)
                        .map_err(|source| failed(SpoolError::Read(source)))?;
                    self.conffiles
                        .push((format!("/{path}"), hexadecimal(&Md5::digest(&bytes))));
                    Kind::File(bytes.into())
                } else {
                    Kind::File(spool.append(contents).map_err(failed)?)
                }
            }
        };
        let owner = |id: u64| {
            u32::try_from(id).map_err(|_| UnpackError::Owner {
                package: self.name.clone(),
                path: path.clone(),
                id,
            })
        };
        let entry = Entry {
            kind,
            mode: entry.mode,
            uid: owner(entry.user_id)?,
            gid: owner(entry.group_id)?,
            mtime: i64::try_from(entry.modified).unwrap_or(i64::MAX),
        };
        self.entries.push((path, entry));
        Ok(())
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
