//! The machine's apt configuration: the files of sources.list(5), and what they say about Debian.
//!
//! A file that cannot be read or understood is passed over with a warning. It is somebody else's
//! file, and there is always another mirror.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use wpimg_debian::sources;

/// apt's own directory.
const DIRECTORY: &str = "/etc/apt";
/// Far above any real file.
const SIZE_LIMIT: u64 = 1 << 20;

/// A mirror that apt is told to use for Debian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AptMirror {
    pub(crate) main: String,
    pub(crate) security: Option<String>,
}

/// What the machine's configuration says, and what of it could not be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AptConfiguration {
    pub(crate) mirror: Option<AptMirror>,
    pub(crate) warnings: Vec<String>,
}

impl AptConfiguration {
    /// Reads this machine's configuration; without any, there is simply no mirror.
    pub(crate) fn of_machine() -> Self {
        Self::read(Path::new(DIRECTORY))
    }

    pub(super) fn read(directory: &Path) -> Self {
        let mut found = Vec::new();
        let mut warnings = Vec::new();
        for path in files(directory) {
            let name = path.display().to_string();
            let text = match read_text(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    warnings.push(format!("`{name}` is passed over: {error}"));
                    continue;
                }
            };
            match sources::parse(&name, &text) {
                Ok(sources) => found.extend(sources),
                Err(error) => warnings.push(format!("`{name}` is passed over: {error}")),
            }
        }
        let mirror = sources::debian_mirror(&found).map(|debian| AptMirror {
            main: debian.main,
            security: debian.security,
        });
        Self { mirror, warnings }
    }
}

/// The files in apt's order: sources.list, then the directory's parts by name.
fn files(directory: &Path) -> Vec<PathBuf> {
    let parts = fs::read_dir(directory.join("sources.list.d"))
        .into_iter()
        .flatten()
        .flatten();
    let relevant = |extension: &OsStr| extension == "list" || extension == "sources";
    let mut parts: Vec<PathBuf> = parts
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(relevant))
        .collect();
    parts.sort();
    parts.insert(0, directory.join("sources.list"));
    parts
}

fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(SIZE_LIMIT)
        .read_to_string(&mut text)?;
    Ok(text)
}
