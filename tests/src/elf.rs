//! Finds ELF files of an unpacked image whose needed libraries are not in the image.
//!
//! The rule is ld.so(8)'s search order without the environment: `RUNPATH`/`RPATH` with `$ORIGIN`, then the
//! directories of `ld.so.conf.d`, then the default ones. Written apart from the builder's own check on purpose.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result};
use object::LittleEndian;
use object::elf::{DT_NEEDED, DT_RPATH, DT_RUNPATH, FileHeader64};
use object::read::elf::{Dyn, FileHeader};

const DEFAULT_DIRECTORIES: &[&str] = &["/lib", "/usr/lib", "/lib64", "/usr/lib64"];
/// Longer chains of symbolic links are loops.
const LINK_LIMIT: u32 = 40;

/// What was looked at and what was not found.
#[derive(Debug, Default)]
pub struct Survey {
    pub files: usize,
    pub needed: usize,
    /// "file needs library" lines.
    pub missing: Vec<String>,
}

/// Looks at every ELF file below `root`.
pub fn survey(root: &Path) -> Result<Survey> {
    let directories = configured_directories(root)?;
    let mut survey = Survey::default();
    for path in regular_files(root)? {
        let contents = fs::read(&path).with_context(|| format!("reading `{}`", path.display()))?;
        let Some(dynamic) = dynamic_strings(&contents)
            .with_context(|| format!("`{}` is a broken ELF file", path.display()))?
        else {
            continue;
        };
        survey.files += 1;
        survey.needed += dynamic.needed.len();
        let inside = Path::new("/").join(path.strip_prefix(root)?);
        let own = dynamic.search_directories(&inside);
        for library in dynamic.needed {
            let found = own.iter().chain(&directories).any(|directory| {
                resolve(root, &directory.join(&library)).is_some_and(|real| real.is_file())
            });
            if !found {
                survey
                    .missing
                    .push(format!("{} needs {library}", inside.display()));
            }
        }
    }
    Ok(survey)
}

struct Dynamic {
    needed: Vec<String>,
    search_path: Vec<String>,
}

impl Dynamic {
    fn search_directories(&self, file: &Path) -> Vec<PathBuf> {
        let origin = file.parent().unwrap_or(Path::new("/")).to_string_lossy();
        self.search_path
            .iter()
            .flat_map(|paths| paths.split(':'))
            .map(|path| {
                PathBuf::from(
                    path.replace("${ORIGIN}", &origin)
                        .replace("$ORIGIN", &origin),
                )
            })
            .collect()
    }
}

/// The strings of the dynamic section, or `None` for what is no ELF file with one.
fn dynamic_strings(contents: &[u8]) -> Result<Option<Dynamic>> {
    if !contents.starts_with(b"\x7fELF\x02\x01") {
        return Ok(None);
    }
    let header = FileHeader64::<LittleEndian>::parse(contents)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, contents)?;
    let Some((entries, strings)) = sections.dynamic(endian, contents)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, contents, strings)?;
    let mut dynamic = Dynamic {
        needed: Vec::new(),
        search_path: Vec::new(),
    };
    for entry in entries {
        let list = match entry.d_tag(endian) {
            DT_NEEDED => &mut dynamic.needed,
            DT_RPATH | DT_RUNPATH => &mut dynamic.search_path,
            _ => continue,
        };
        list.push(String::from_utf8(entry.string(endian, strings)?.to_vec())?);
    }
    Ok(Some(dynamic))
}

fn configured_directories(root: &Path) -> Result<Vec<PathBuf>> {
    let mut directories = Vec::new();
    if let Ok(files) = fs::read_dir(root.join("etc/ld.so.conf.d")) {
        for file in files {
            let text = fs::read_to_string(file?.path())?;
            let lines = text
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with('/'));
            directories.extend(lines.map(PathBuf::from));
        }
    }
    directories.extend(DEFAULT_DIRECTORIES.iter().map(PathBuf::from));
    Ok(directories)
}

fn regular_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                pending.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

/// Follows symbolic links as a process inside the image would, so that none leads out of `root`.
fn resolve(root: &Path, path: &Path) -> Option<PathBuf> {
    let mut pending: Vec<_> = path.components().rev().map(owned).collect();
    let mut real = PathBuf::new();
    let mut links = 0;
    while let Some(component) = pending.pop() {
        match component.components().next()? {
            Component::RootDir | Component::Prefix(_) => real.clear(),
            Component::CurDir => {}
            Component::ParentDir => {
                real.pop();
            }
            Component::Normal(name) => {
                let next = root.join(&real).join(name);
                if let Ok(target) = fs::read_link(&next) {
                    links += 1;
                    if links > LINK_LIMIT {
                        return None;
                    }
                    pending.extend(target.components().rev().map(owned));
                } else {
                    real.push(name);
                }
            }
        }
    }
    let real = root.join(real);
    real.exists().then_some(real)
}

fn owned(component: Component<'_>) -> PathBuf {
    PathBuf::from(component.as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_its_libraries_is_reported() -> Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join("bin"))?;
        fs::copy("/bin/sh", root.path().join("bin/sh"))?;
        let survey = survey(root.path())?;
        assert_eq!(survey.files, 1);
        assert!(
            survey
                .missing
                .contains(&"/bin/sh needs libc.so.6".to_owned()),
            "{survey:?}"
        );
        Ok(())
    }

    #[test]
    fn a_link_that_leads_out_of_the_image_finds_nothing() -> Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir_all(root.path().join("lib"))?;
        std::os::unix::fs::symlink("/../../bin/sh", root.path().join("lib/libc.so.6"))?;
        assert_eq!(resolve(root.path(), Path::new("/lib/libc.so.6")), None);
        Ok(())
    }
}
