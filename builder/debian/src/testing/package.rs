//! A binary package made of literals.
//!
//! What [`FakePackage::build`] returns is a real `.deb` that `dpkg-deb` reads. Owners are root and
//! times are fixed, so the same literals give the same bytes. Format: deb(5).

use std::{collections::BTreeMap, fmt::Write as _, io::Write};

use tar::{Builder, EntryType, Header};

use crate::{compression::Compression, deb::ScriptKind};

/// 2023-11-14, some time in the past of every test.
const MODIFIED: u64 = 1_700_000_000;

/// A package to put into a fake archive.
#[derive(Debug, Clone)]
pub struct FakePackage {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    fields: Vec<(String, String)>,
    control_files: BTreeMap<String, Vec<u8>>,
    entries: Vec<TreeEntry>,
    compression: Compression,
}

#[derive(Debug, Clone)]
struct TreeEntry {
    path: String,
    kind: EntryType,
    mode: u32,
    /// Content of a file, target of a link.
    content: Vec<u8>,
}

impl FakePackage {
    /// Starts a package for amd64 without dependencies or files.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            architecture: "amd64".into(),
            fields: Vec::new(),
            control_files: BTreeMap::new(),
            entries: Vec::new(),
            compression: Compression::Xz,
        }
    }

    #[must_use]
    pub fn architecture(mut self, architecture: &str) -> Self {
        self.architecture = architecture.into();
        self
    }

    #[must_use]
    pub fn depends(self, dependencies: &str) -> Self {
        self.field("Depends", dependencies)
    }

    /// Adds any control field.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn directory(self, path: &str, mode: u32) -> Self {
        self.entry(path, EntryType::Directory, mode, b"")
    }

    #[must_use]
    pub fn file(self, path: &str, mode: u32, content: impl AsRef<[u8]>) -> Self {
        self.entry(path, EntryType::Regular, mode, content.as_ref())
    }

    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, EntryType::Symlink, 0o777, target.as_bytes())
    }

    #[must_use]
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(
            path,
            EntryType::Link,
            0o644,
            format!("./{target}").as_bytes(),
        )
    }

    /// Adds an entry of any type, also of those a package must not have.
    #[must_use]
    pub fn entry(mut self, path: &str, kind: EntryType, mode: u32, content: &[u8]) -> Self {
        let content = content.to_vec();
        self.entries.push(TreeEntry {
            path: path.into(),
            kind,
            mode,
            content,
        });
        self
    }

    #[must_use]
    pub fn script(self, kind: ScriptKind, text: &str) -> Self {
        self.control_file(kind.as_str(), text)
    }

    /// Declares configuration files by their absolute paths.
    #[must_use]
    pub fn conffiles(self, paths: &[&str]) -> Self {
        let text: String = paths.iter().flat_map(|path| [path, "\n"]).collect();
        self.control_file("conffiles", text)
    }

    /// Adds any member of the control archive.
    #[must_use]
    pub fn control_file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.control_files
            .insert(name.into(), content.as_ref().to_vec());
        self
    }

    /// Chooses how the control and data archives are compressed; xz if not called.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Returns the package as a `.deb` file.
    pub fn build(&self) -> Vec<u8> {
        let suffix = self.compression.suffix();
        let control = compress(self.compression, &self.control_tar());
        let data = compress(self.compression, &self.data_tar());
        let mut archive = b"!<arch>\n".to_vec();
        append_member(&mut archive, "debian-binary", b"2.0\n");
        append_member(&mut archive, &format!("control.tar{suffix}"), &control);
        append_member(&mut archive, &format!("data.tar{suffix}"), &data);
        archive
    }

    /// Returns the `control` paragraph, which the index repeats.
    pub(super) fn control(&self) -> String {
        let mut text = format!(
            "Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: Nobody <nobody@example.org>\n",
            self.name, self.version, self.architecture
        );
        for (name, value) in &self.fields {
            let _ = writeln!(text, "{name}: {value}");
        }
        text += "Description: made up for a test\n";
        text
    }

    fn control_tar(&self) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        append(&mut builder, "", EntryType::Directory, 0o755, b"");
        append(
            &mut builder,
            "control",
            EntryType::Regular,
            0o644,
            self.control().as_bytes(),
        );
        for (name, content) in &self.control_files {
            let script = ScriptKind::ALL.iter().any(|kind| kind.as_str() == name);
            let mode = if script { 0o755 } else { 0o644 };
            append(&mut builder, name, EntryType::Regular, mode, content);
        }
        builder.into_inner().expect("memory can be written")
    }

    /// Parent folders are added as `dpkg-deb` would find them on disk.
    fn data_tar(&self) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        append(&mut builder, "", EntryType::Directory, 0o755, b"");
        let mut known: Vec<&str> = vec![""];
        for entry in &self.entries {
            for (slash, _) in entry.path.match_indices('/') {
                let parent = &entry.path[..slash];
                if !known.contains(&parent) && !parent.starts_with('.') {
                    append(&mut builder, parent, EntryType::Directory, 0o755, b"");
                    known.push(parent);
                }
            }
            if entry.kind == EntryType::Directory {
                known.push(&entry.path);
            }
            append(
                &mut builder,
                &entry.path,
                entry.kind,
                entry.mode,
                &entry.content,
            );
        }
        builder.into_inner().expect("memory can be written")
    }
}

fn append(builder: &mut Builder<Vec<u8>>, path: &str, kind: EntryType, mode: u32, content: &[u8]) {
    let slash = if kind == EntryType::Directory && !path.is_empty() {
        "/"
    } else {
        ""
    };
    let full = format!("./{path}{slash}");
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header
        .set_username("root")
        .and_then(|()| header.set_groupname("root"))
        .expect("the GNU header has room for both");
    header.set_mtime(MODIFIED);
    let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
    let content = if is_link {
        append_long(builder, EntryType::GNULongLink, content);
        let link = &mut header.as_old_mut().linkname;
        let length = content.len().min(link.len());
        link[..length].copy_from_slice(&content[..length]);
        b""
    } else {
        content
    };
    append_long(builder, EntryType::GNULongName, full.as_bytes());
    let name = &mut header.as_old_mut().name;
    let length = full.len().min(name.len());
    // Set by hand: the library refuses the hostile paths that some tests need.
    name[..length].copy_from_slice(&full.as_bytes()[..length]);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder
        .append(&header, content)
        .expect("memory can be written");
}

/// Writes the GNU entry that announces a name of more than 100 bytes.
fn append_long(builder: &mut Builder<Vec<u8>>, kind: EntryType, name: &[u8]) {
    if name.len() <= 100 {
        return;
    }
    let content = [name, b"\0"].concat();
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.as_old_mut().name[..13].copy_from_slice(b"././@LongLink");
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder
        .append(&header, &content[..])
        .expect("memory can be written");
}

pub(super) fn compress(compression: Compression, plain: &[u8]) -> Vec<u8> {
    match compression {
        Compression::None => plain.to_vec(),
        Compression::Gzip => {
            let level = flate2::Compression::new(6);
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(plain).expect("memory can be written");
            encoder.finish().expect("memory can be written")
        }
        Compression::Xz => liblzma::encode_all(plain, 1).expect("memory can be compressed"),
        Compression::Zstd => zstd::encode_all(plain, 1).expect("memory can be compressed"),
    }
}

fn append_member(archive: &mut Vec<u8>, name: &str, content: &[u8]) {
    let header = format!(
        "{name:<16}{MODIFIED:<12}0     0     100644  {:<10}`\n",
        content.len()
    );
    archive.extend_from_slice(header.as_bytes());
    archive.extend_from_slice(content);
    if content.len() % 2 == 1 {
        archive.push(b'\n');
    }
}
