//! Proves that every shared library a program of the image needs is in the image.
//!
//! Reads the dynamic section of every ELF file and looks each `DT_NEEDED` name up where the
//! dynamic linker would without a cache (ld.so(8)): `DT_RPATH` or `DT_RUNPATH`, then Debian's
//! built-in directories. A pass is the proof that neither a dropped package nor the absent
//! `/etc/ld.so.cache` leaves anything unresolved.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use object::read::elf::{Dyn, ElfFile, FileHeader, ProgramHeader};
use object::{Endianness, ReadCache, ReadRef, elf};
use thiserror::Error;
use wpimg_oci::rootfs::{Content, Kind, Rootfs, TreePath};

use crate::merge::Tree;

/// A library is missing, or a program could not be read.
#[derive(Debug, Error)]
pub enum ElfError {
    #[error(
        "`/{file}` of package `{package}` needs `{library}`, which no package in the image ships"
    )]
    MissingLibrary {
        file: TreePath,
        package: String,
        library: String,
    },
    #[error("`/{file}` of package `{package}` is a damaged ELF file")]
    Damaged {
        file: TreePath,
        package: String,
        #[source]
        source: object::Error,
    },
}

impl ElfError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::MissingLibrary { library, .. } => Some(format!(
                "take the package that ships `{library}` off `omit` under `[debian]`, or add it to `packages`"
            )),
            Self::Damaged { .. } => None,
        }
    }
}

/// Debian's name for the architecture's libraries (multiarch tuples).
pub fn multiarch(debian_architecture: &str) -> &'static str {
    match debian_architecture {
        "arm64" => "aarch64-linux-gnu",
        _ => "x86_64-linux-gnu",
    }
}

/// The dynamic linker's built-in directories, for the architecture's multiarch name.
fn default_directories(multiarch: &str) -> Vec<String> {
    vec![
        format!("usr/lib/{multiarch}"),
        "usr/lib".to_owned(),
        "usr/lib64".to_owned(),
    ]
}

/// Checks every ELF file of the tree. `multiarch` is Debian's name, such as `x86_64-linux-gnu`.
pub fn check(tree: &Tree, multiarch: &str) -> Result<usize, ElfError> {
    let directories = default_directories(multiarch);
    let mut resolved: BTreeSet<String> = BTreeSet::new();
    let mut checked = 0;
    for (path, entry) in tree.merged() {
        let Kind::File(content) = &entry.kind else {
            continue;
        };
        if !may_be_dynamic(path, entry.mode) || !starts_with_magic(content) {
            continue;
        }
        let package = || tree.owner(path).unwrap_or("wpimg").to_owned();
        let dynamic = read_dynamic(content).map_err(|source| ElfError::Damaged {
            file: path.clone(),
            package: package(),
            source,
        })?;
        checked += 1;
        for library in dynamic.needed {
            if resolved.contains(&library) {
                continue;
            }
            let in_run_path = dynamic
                .run_paths
                .iter()
                .map(|directory| expand_origin(directory, path))
                .any(|directory| exists(tree.merged(), &directory, &library));
            if in_run_path {
                continue;
            }
            if !directories
                .iter()
                .any(|directory| exists(tree.merged(), directory, &library))
            {
                return Err(ElfError::MissingLibrary {
                    file: path.clone(),
                    package: package(),
                    library,
                });
            }
            resolved.insert(library);
        }
    }
    Ok(checked)
}

/// Only programs and shared objects are looked into; most files of an image are neither.
fn may_be_dynamic(path: &TreePath, mode: u32) -> bool {
    mode & 0o111 != 0 || path.file_name().contains(".so")
}

fn exists(tree: &Rootfs, directory: &str, library: &str) -> bool {
    format!("{directory}/{library}")
        .parse::<TreePath>()
        .is_ok_and(|path| tree.resolve(&path).is_some())
}

fn expand_origin(directory: &str, file: &TreePath) -> String {
    let origin = file
        .parent()
        .map(|parent| format!("/{parent}"))
        .unwrap_or_default();
    let expanded = directory
        .replace("$ORIGIN", &origin)
        .replace("${ORIGIN}", &origin);
    normalise(&expanded)
}

/// Removes `.` and `..` from an absolute path and its leading slash.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn starts_with_magic(content: &Content) -> bool {
    let mut magic = [0; 4];
    content.open().read_exact(&mut magic).is_ok() && magic == elf::ELFMAG
}

/// What the dynamic section asks for.
#[derive(Debug, Default)]
struct Dynamic {
    needed: Vec<String>,
    run_paths: Vec<String>,
}

fn read_dynamic(content: &Content) -> object::Result<Dynamic> {
    let reader = ReadCache::new(SeekableContent {
        content,
        position: 0,
    });
    // Class byte, e_ident[EI_CLASS]: both kinds occur, the image's own is 64-bit.
    match object::FileKind::parse(&reader)? {
        object::FileKind::Elf32 => read_class::<elf::FileHeader32<Endianness>, _>(&reader),
        _ => read_class::<elf::FileHeader64<Endianness>, _>(&reader),
    }
}

fn read_class<'data, H, R>(reader: R) -> object::Result<Dynamic>
where
    H: FileHeader<Endian = Endianness>,
    R: ReadRef<'data>,
{
    let file = ElfFile::<'data, H, R>::parse(reader)?;
    let endian = file.endian();
    let mut dynamic = Dynamic::default();
    for segment in file.elf_program_headers() {
        let Some(entries) = segment.dynamic(endian, reader)? else {
            continue;
        };
        let value_of = |tag| {
            entries
                .iter()
                .find(|entry| entry.tag(endian) == tag)
                .map(|entry| entry.val(endian))
        };
        let (Some(strings), Some(size)) = (value_of(elf::DT_STRTAB), value_of(elf::DT_STRSZ))
        else {
            continue;
        };
        // DT_STRTAB is an address: find the segment that maps it.
        let Some(table) = file.elf_program_headers().iter().find_map(|segment| {
            segment
                .data_range(endian, reader, strings, size)
                .ok()
                .flatten()
        }) else {
            continue;
        };
        for entry in entries {
            let text = || text_at(table, entry.val(endian));
            match entry.tag(endian) {
                elf::DT_NEEDED => dynamic.needed.extend(text()),
                elf::DT_RPATH | elf::DT_RUNPATH => {
                    let paths = text().unwrap_or_default();
                    dynamic
                        .run_paths
                        .extend(paths.split(':').map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    Ok(dynamic)
}

fn text_at(table: &[u8], offset: u64) -> Option<String> {
    let bytes = table.get(usize::try_from(offset).ok()?..)?;
    let end = bytes.iter().position(|&byte| byte == 0)?;
    String::from_utf8(bytes[..end].to_vec()).ok()
}

/// A content as `object` wants to read it.
struct SeekableContent<'a> {
    content: &'a Content,
    position: u64,
}

impl SeekableContent<'_> {
    /// The contents from the position on.
    fn rest(&self) -> Content {
        let skipped = self.position.min(self.content.size());
        match self.content {
            Content::Inline(bytes) => {
                let rest = usize::try_from(skipped)
                    .ok()
                    .and_then(|skipped| bytes.get(skipped..));
                Content::Inline(rest.unwrap_or_default().into())
            }
            Content::Spooled { file, offset, size } => Content::Spooled {
                file: Arc::clone(file),
                offset: offset + skipped,
                size: size - skipped,
            },
        }
    }
}

impl Read for SeekableContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest().open().read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for SeekableContent<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => i128::from(offset),
            SeekFrom::End(offset) => i128::from(self.content.size()) + i128::from(offset),
            SeekFrom::Current(offset) => i128::from(self.position) + i128::from(offset),
        };
        self.position = u64::try_from(target).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
