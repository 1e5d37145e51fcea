//! Plugins, themes and hostile archives, made of literals: as a zip, as a tarball, or as files on the disk.
//!
//! Nothing here refuses anything: entries are written as they are given, in their order, so that a test can make what
//! no honest tool would. Formats: PKWARE's APPNOTE.TXT, POSIX ustar.

use std::{fs, io::Write as _, os::unix::fs::symlink, path::Path};

use anyhow::{Result, bail};
use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};

/// What is to be packed.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    entries: Vec<(String, Node)>,
}

#[derive(Debug, Clone)]
enum Node {
    File(Vec<u8>),
    Link(String),
    Directory,
    /// What only a tarball can have: an entry of this type with this mode and target.
    Special(tar::EntryType, u32, String),
}

/// A plugin with one PHP file that prints a line at the end of every page.
pub fn plugin(slug: &str, version: &str) -> Tree {
    let header = format!(
        "<?php\n/*\n * Plugin Name: The {slug}\n * Version: {version}\n * License: GPL-2.0-or-later\n */\n"
    );
    let body = format!("add_action('wp_footer', function () {{ echo '{slug} {version}'; }});\n");
    Tree::default().file(&format!("{slug}/{slug}.php"), header + &body)
}

/// A classic theme that shows the site's name.
pub fn theme(slug: &str, version: &str) -> Tree {
    let style =
        format!("/*\nTheme Name: The {slug}\nVersion: {version}\n*/\nbody {{ color: black }}\n");
    Tree::default()
        .file(&format!("{slug}/style.css"), style)
        .file(
            &format!("{slug}/index.php"),
            "<?php wp_head(); bloginfo('name'); wp_footer();\n",
        )
}

impl Tree {
    #[must_use]
    pub fn file(self, path: &str, contents: impl Into<Vec<u8>>) -> Self {
        self.with(path, Node::File(contents.into()))
    }

    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        self.with(path, Node::Link(target.to_owned()))
    }

    #[must_use]
    pub fn directory(self, path: &str) -> Self {
        self.with(path, Node::Directory)
    }

    /// A file of a tarball with any mode.
    #[must_use]
    pub fn with_mode(self, path: &str, mode: u32) -> Self {
        self.with(
            path,
            Node::Special(tar::EntryType::Regular, mode, String::new()),
        )
    }

    /// A character device of a tarball.
    #[must_use]
    pub fn device(self, path: &str) -> Self {
        self.with(
            path,
            Node::Special(tar::EntryType::Char, 0o666, String::new()),
        )
    }

    /// A hard link of a tarball.
    #[must_use]
    pub fn hard_link(self, path: &str, target: &str) -> Self {
        self.with(
            path,
            Node::Special(tar::EntryType::Link, 0o644, target.to_owned()),
        )
    }

    fn with(mut self, path: &str, node: Node) -> Self {
        self.entries.push((path.to_owned(), node));
        self
    }

    /// Puts the entries into a directory of the disk, below which they must stay.
    pub fn write_to(&self, directory: &Path) -> Result<()> {
        for (path, node) in &self.entries {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().unwrap_or(directory))?;
            match node {
                Node::File(contents) => fs::write(path, contents)?,
                Node::Link(target) => symlink(target, path)?,
                Node::Directory => fs::create_dir_all(path)?,
                Node::Special(kind, ..) => bail!("{kind:?} is for tarballs only"),
            }
        }
        Ok(())
    }

    /// A zip with deflated files.
    pub fn zip(&self) -> Result<Vec<u8>> {
        self.zip_with(0)
    }

    /// A zip whose entries say that a password is needed; their bytes are noise to whoever believes it.
    pub fn encrypted_zip(&self) -> Result<Vec<u8>> {
        const ENCRYPTED: u16 = 1;
        self.zip_with(ENCRYPTED)
    }

    fn zip_with(&self, flags: u16) -> Result<Vec<u8>> {
        /// By a Unix system (3), version 2.0 (20), which is where the modes come from.
        const MADE_BY: u16 = 0x0314;
        const NAMES_ARE_UTF8: u16 = 1 << 11;
        const DEFLATED: u16 = 8;
        let (mut archive, mut directory) = (Vec::new(), Vec::new());
        for (path, node) in &self.entries {
            let (name, mode, contents) = match node {
                Node::File(contents) => (path.clone(), 0o100_644_u32, contents.as_slice()),
                Node::Link(target) => (path.clone(), 0o120_777, target.as_bytes()),
                Node::Directory => (format!("{path}/"), 0o040_755, &[][..]),
                Node::Special(kind, ..) => bail!("{kind:?} is for tarballs only"),
            };
            let mut checksum = Crc::new();
            checksum.update(contents);
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(contents)?;
            let packed = encoder.finish()?;
            let offset = u32::try_from(archive.len())?;

            let mut shared = Vec::new();
            shared.extend(20_u16.to_le_bytes());
            shared.extend((NAMES_ARE_UTF8 | flags).to_le_bytes());
            shared.extend(DEFLATED.to_le_bytes());
            // Midnight of the first day that the format knows: 1980-01-01.
            shared.extend([0, 0, 0x21, 0]);
            shared.extend(checksum.sum().to_le_bytes());
            shared.extend(u32::try_from(packed.len())?.to_le_bytes());
            shared.extend(u32::try_from(contents.len())?.to_le_bytes());
            shared.extend(u16::try_from(name.len())?.to_le_bytes());
            shared.extend(0_u16.to_le_bytes());

            archive.extend(b"PK\x03\x04");
            archive.extend(&shared);
            archive.extend(name.as_bytes());
            archive.extend(&packed);

            directory.extend(b"PK\x01\x02");
            directory.extend(MADE_BY.to_le_bytes());
            directory.extend(&shared);
            // No comment, first disk, no internal attributes.
            directory.extend([0; 6]);
            directory.extend((mode << 16).to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let start = u32::try_from(archive.len())?;
        let count = u16::try_from(self.entries.len())?;
        archive.extend(&directory);
        archive.extend(b"PK\x05\x06\0\0\0\0");
        archive.extend(count.to_le_bytes());
        archive.extend(count.to_le_bytes());
        archive.extend(u32::try_from(directory.len())?.to_le_bytes());
        archive.extend(start.to_le_bytes());
        archive.extend([0; 2]);
        Ok(archive)
    }

    /// A tarball compressed with gzip.
    pub fn tar_gz(&self) -> Result<Vec<u8>> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, node) in &self.entries {
            let (kind, mode, contents) = match node {
                Node::File(contents) => (tar::EntryType::Regular, 0o644, contents.as_slice()),
                Node::Link(_) => (tar::EntryType::Symlink, 0o777, &[][..]),
                Node::Directory => (tar::EntryType::Directory, 0o755, &[][..]),
                Node::Special(kind, mode, _) => (*kind, *mode, &[][..]),
            };
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_mode(mode);
            header.set_size(contents.len() as u64);
            if path.contains("..") {
                // Written by hand: the library refuses what a hostile archive has.
                let name = &mut header.as_old_mut().name;
                name[..path.len()].copy_from_slice(path.as_bytes());
                header.set_cksum();
                archive.append(&header, contents)?;
            } else if let Node::Link(target) | Node::Special(tar::EntryType::Link, _, target) = node
            {
                archive.append_link(&mut header, path, target)?;
            } else {
                archive.append_data(&mut header, path, contents)?;
            }
        }
        Ok(archive.into_inner()?.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn python_reads_the_zip_back() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("shop.zip");
        fs::write(&path, plugin("shop", "1.0").directory("shop/empty").zip()?)?;
        let output = Command::new("python3")
            .args(["-m", "zipfile", "--test"])
            .arg(&path)
            .output()?;
        assert!(output.status.success(), "{output:?}");
        let output = Command::new("python3")
            .args(["-m", "zipfile", "--list"])
            .arg(&path)
            .output()?;
        let listing = String::from_utf8(output.stdout)?;
        assert!(listing.contains("shop/shop.php"), "{listing}");
        assert!(listing.contains("shop/empty/"), "{listing}");
        Ok(())
    }

    #[test]
    fn tar_reads_the_tarball_back() -> Result<()> {
        let packed = theme("plain", "1").link("plain/a", "style.css").tar_gz()?;
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&packed[..]));
        let mut paths = Vec::new();
        for entry in archive.entries()? {
            paths.push(entry?.path()?.to_string_lossy().into_owned());
        }
        assert_eq!(paths, ["plain/style.css", "plain/index.php", "plain/a"]);
        Ok(())
    }
}
