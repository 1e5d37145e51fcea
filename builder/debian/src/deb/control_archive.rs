//! The control archive of a package: what dpkg knows about it and would run.
//!
//! Everything is kept, since all of it belongs into `/var/lib/dpkg/info` in the end. Scripts are text
//! here and are never run. Members after deb-control(5), deb-conffiles(5), deb-triggers(5) and
//! deb-postinst(5) with its siblings.

use std::{collections::BTreeMap, io::Read};

use tar::{Archive, EntryType};

use super::{DebError, entry::normalise};
use crate::excerpt::excerpt;

const PART: &str = "control archive";

/// A maintainer script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScriptKind {
    Preinst,
    Postinst,
    Prerm,
    Postrm,
    /// Asks questions through debconf, before the package is unpacked.
    Config,
}

impl ScriptKind {
    pub const ALL: [Self; 5] = [
        Self::Preinst,
        Self::Postinst,
        Self::Prerm,
        Self::Postrm,
        Self::Config,
    ];

    /// Returns the file name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preinst => "preinst",
            Self::Postinst => "postinst",
            Self::Prerm => "prerm",
            Self::Postrm => "postrm",
            Self::Config => "config",
        }
    }
}

/// All control files of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlArchive {
    /// The `control` file, one paragraph.
    pub control: String,
    pub md5sums: Option<String>,
    /// Absolute paths of configuration files, without the flags that may precede them.
    pub conffiles: Vec<String>,
    pub triggers: Option<String>,
    pub scripts: BTreeMap<ScriptKind, String>,
    /// Every other member by name: `shlibs`, `symbols`, `templates`…
    pub others: BTreeMap<String, Vec<u8>>,
    /// The raw `conffiles`, as dpkg keeps it.
    pub conffiles_text: Option<String>,
}

impl ControlArchive {
    pub(super) fn read(reader: impl Read) -> Result<Self, DebError> {
        let invalid = |source| DebError::from_read(PART, source);
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut archive = Archive::new(reader);
        for entry in archive.entries().map_err(invalid)?.raw(true) {
            let mut entry = entry.map_err(invalid)?;
            let path = normalise(&entry.path_bytes())?;
            match entry.header().entry_type() {
                EntryType::Directory if path.is_empty() => {}
                EntryType::Regular if !path.is_empty() && !path.contains('/') => {
                    let mut content = Vec::new();
                    entry.read_to_end(&mut content).map_err(invalid)?;
                    if files.insert(path.clone(), content).is_some() {
                        return Err(DebError::ControlEntry {
                            path: excerpt(&path),
                        });
                    }
                }
                _ => {
                    return Err(DebError::ControlEntry {
                        path: excerpt(&path),
                    });
                }
            }
        }
        Self::from_files(files)
    }

    fn from_files(mut files: BTreeMap<String, Vec<u8>>) -> Result<Self, DebError> {
        let mut text = |name: &str| match files.remove(name).map(String::from_utf8) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(DebError::ControlText { name: name.into() }),
        };
        let control = text("control")?.ok_or(DebError::NoControlFile)?;
        let md5sums = text("md5sums")?;
        let conffiles_text = text("conffiles")?;
        let triggers = text("triggers")?;
        let mut scripts = BTreeMap::new();
        for kind in ScriptKind::ALL {
            if let Some(script) = text(kind.as_str())? {
                scripts.insert(kind, script);
            }
        }
        let conffiles = conffiles_text
            .iter()
            .flat_map(|text| text.lines())
            .filter_map(conffile);
        Ok(Self {
            conffiles: conffiles.collect(),
            control,
            md5sums,
            triggers,
            scripts,
            others: files,
            conffiles_text,
        })
    }
}

/// A line is a path, or `remove-on-upgrade` and a path; the latter is not in the package.
fn conffile(line: &str) -> Option<String> {
    let line = line.trim();
    line.starts_with('/').then(|| line.into())
}
