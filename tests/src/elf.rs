//! Finds ELF files of an unpacked image whose needed libraries are not in the image.
//!
//! The rule is ld.so(8)'s search order without the environment: `RUNPATH`/`RPATH` with `$ORIGIN`, then the
//! directories of `ld.so.conf.d`, then the default ones. Written apart from the builder's own check on purpose.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result};
use object::LittleEndian;
use object::elf::{
    DT_NEEDED, DT_RPATH, DT_RUNPATH, EM_AARCH64, EM_X86_64, FileHeader64, PT_INTERP,
};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};

const DEFAULT_DIRECTORIES: &[&str] = &["/lib", "/usr/lib", "/lib64", "/usr/lib64"];
/// Longer chains of symbolic links are loops.
const LINK_LIMIT: u32 = 40;

/// What a program can run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    X86_64,
    Aarch64,
    Other,
}

/// What was looked at and what was not found. Paths are those inside the image.
#[derive(Debug, Default)]
pub struct Survey {
    pub machines: BTreeMap<PathBuf, Machine>,
    /// Files that the kernel starts through a dynamic linker.
    pub interpreted: BTreeSet<PathBuf>,
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
        let Some(file) = read(&contents)
            .with_context(|| format!("`{}` is a broken ELF file", path.display()))?
        else {
            continue;
        };
        let inside = Path::new("/").join(path.strip_prefix(root)?);
        survey.needed += file.needed.len();
        survey.machines.insert(inside.clone(), file.machine);
        if file.interpreted {
            survey.interpreted.insert(inside.clone());
        }
        let own = file.search_directories(&inside);
        for library in file.needed {
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

struct ElfFile {
    machine: Machine,
    interpreted: bool,
    needed: Vec<String>,
    search_path: Vec<String>,
}

impl ElfFile {
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

/// What matters here of an ELF file, or `None` for what is none.
fn read(contents: &[u8]) -> Result<Option<ElfFile>> {
    if !contents.starts_with(b"\x7fELF\x02\x01") {
        return Ok(None);
    }
    let header = FileHeader64::<LittleEndian>::parse(contents)?;
    let endian = header.endian()?;
    let mut file = ElfFile {
        machine: match header.e_machine(endian) {
            EM_X86_64 => Machine::X86_64,
            EM_AARCH64 => Machine::Aarch64,
            _ => Machine::Other,
        },
        interpreted: header
            .program_headers(endian, contents)?
            .iter()
            .any(|segment| segment.p_type(endian) == PT_INTERP),
        needed: Vec::new(),
        search_path: Vec::new(),
    };
    let sections = header.sections(endian, contents)?;
    let Some((entries, strings)) = sections.dynamic(endian, contents)? else {
        return Ok(Some(file));
    };
    let strings = sections.strings(endian, contents, strings)?;
    for entry in entries {
        let list = match entry.d_tag(endian) {
            DT_NEEDED => &mut file.needed,
            DT_RPATH | DT_RUNPATH => &mut file.search_path,
            _ => continue,
        };
        list.push(String::from_utf8(entry.string(endian, strings)?.to_vec())?);
    }
    Ok(Some(file))
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
        assert_eq!(survey.machines.len(), 1);
        assert!(survey.interpreted.contains(Path::new("/bin/sh")));
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
