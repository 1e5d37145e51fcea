//! Writes the seeds that are not text, from the same builders that the tests use.
//!
//! `cargo run --no-default-features --example seeds` in this directory. The key is a new one each time, so `release`
//! changes with every run; the others give the same bytes. Seeds that are text are kept by hand.

use std::{
    fs,
    io::{self, Cursor, Write as _},
    path::{Path, PathBuf},
};

use tar::{EntryType, Header};
use wpimg_debian::{
    compression::Compression,
    deb::ScriptKind,
    testing::{FakeArchive, FakePackage},
};

/// 2025-10-09, one day before what the target `release` takes for now.
const DATE: i64 = 1_760_000_000;

fn main() -> io::Result<()> {
    packages()?;
    releases()?;
    intakes()?;
    layers()
}

fn write(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn package(compression: Compression) -> FakePackage {
    FakePackage::new("shop", "1:2.0-1")
        .depends("libc6 (>= 2.36) | libc6.1, php-fpm:any")
        .field("Provides", "httpd, httpd-cgi (= 2)")
        .directory("var/lib/shop", 0o2755)
        .file("usr/bin/shop", 0o4755, "#!/bin/sh\n")
        .symlink("usr/bin/shop2", "../bin/shop")
        .hardlink("usr/bin/shop3", "usr/bin/shop")
        .script(ScriptKind::Postinst, "#!/bin/sh\nexit 0\n")
        .conffiles(&["/etc/shop.conf"])
        .compression(compression)
}

fn packages() -> io::Result<()> {
    for (name, compression) in [
        ("plain.deb", Compression::None),
        ("gzip.deb", Compression::Gzip),
        ("xz.deb", Compression::Xz),
        ("zstd.deb", Compression::Zstd),
    ] {
        write("deb", name, &package(compression).build())?;
    }
    write("deb", "tree.tar", &tree(b"./"))?;
    let control = entry(b"./control", EntryType::Regular, b"", b"Package: shop\n");
    let conffiles = entry(b"./conffiles", EntryType::Regular, b"", b"/etc/a\n");
    write("deb", "control.tar", &ended(&[control, conffiles]))
}

fn releases() -> io::Result<()> {
    let archive = FakeArchive::new("trixie", DATE)
        .valid_until(DATE + 1_000_000)
        .package(package(Compression::None));
    let files = archive.build();
    let file = |path: &str| files.get(path).map(Vec::as_slice).unwrap_or_default();
    let signed = file("dists/trixie/InRelease");
    write(
        "release",
        "certificate",
        archive.key().public_key().as_bytes(),
    )?;
    write("release", "signed", signed)?;
    let text = String::from_utf8_lossy(signed);
    let (_, text) = text.split_once("\n\n").unwrap_or_default();
    let (text, _) = text.split_once("\n-----BEGIN").unwrap_or_default();
    write("release", "text", text.as_bytes())?;
    write(
        "index",
        "packages",
        file("dists/trixie/main/binary-amd64/Packages"),
    )
}

fn intakes() -> io::Result<()> {
    write("intake", "plugin.zip", &zip()?)?;
    let plain = tree(b"shop/");
    write("intake", "plugin.tar", &plain)?;
    write("intake", "plugin.tar.gz", &gzip(&plain)?)?;
    write(
        "intake",
        "plugin.tar.xz",
        &liblzma::encode_all(&plain[..], 1)?,
    )?;
    write(
        "intake",
        "plugin.tar.zst",
        &zstd::encode_all(&plain[..], 1)?,
    )
}

fn layers() -> io::Result<()> {
    let plain = ended(&[
        entry(b"usr/", EntryType::Directory, b"", b""),
        entry(b"lib", EntryType::Symlink, b"usr/lib", b""),
        entry(b"lib/new.so", EntryType::Regular, b"", b"n"),
        entry(
            b"var/www/html/wp-content/plugins/shop/.wh.shop.php",
            EntryType::Regular,
            b"",
            b"",
        ),
        entry(
            b"var/www/html/wp-includes/.wh..wh..opq",
            EntryType::Regular,
            b"",
            b"",
        ),
        entry(b"dev/null", EntryType::Char, b"", b""),
        entry(
            b"usr/lib/libc.so",
            EntryType::Link,
            b"usr/lib/libc.so.6",
            b"",
        ),
    ]);
    write("layer", "whiteouts.tar", &plain)?;
    write(
        "layer",
        "site.tar",
        &tree(b"var/www/html/wp-content/plugins/shop/"),
    )?;
    write("layer", "layer.tar.gz", &gzip(&plain)?)?;
    write("layer", "layer.tar.zst", &zstd::encode_all(&plain[..], 1)?)
}

/// A small plugin below `root`, with each kind of extension that tars have.
fn tree(root: &[u8]) -> Vec<u8> {
    let below = |name: &[u8]| [root, name].concat();
    let long = [&below(b"inc/"), "long/".repeat(24).as_bytes(), b"a.php\0"].concat();
    let pax = b"22 path=shop/inc/x.php\n16 mtime=1.500\n".as_slice();
    ended(&[
        entry(root, EntryType::Directory, b"", b""),
        entry(
            &below(b"shop.php"),
            EntryType::Regular,
            b"",
            b"<?php\n/*\nPlugin Name: Shop\nVersion: 2.0\n*/",
        ),
        entry(b"././@LongLink", EntryType::GNULongName, b"", &long),
        entry(&below(b"cut"), EntryType::Regular, b"", b"1"),
        entry(b"pax", EntryType::XHeader, b"", pax),
        entry(&below(b"inc/y.php"), EntryType::Regular, b"", b"2"),
        entry(&below(b"link"), EntryType::Symlink, b"shop.php", b""),
        entry(&below(b".env"), EntryType::Regular, b"", b"SECRET=1"),
    ])
}

fn entry(path: &[u8], kind: EntryType, link: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(0o755);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_700_000_000);
    header.set_size(content.len() as u64);
    header.as_old_mut().name[..path.len()].copy_from_slice(path);
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
    header.set_cksum();
    let mut bytes = [header.as_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn ended(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn zip() -> io::Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let packed = stored.compression_method(zip::CompressionMethod::Deflated);
    let failed = io::Error::other::<zip::result::ZipError>;
    writer.add_directory("shop/", stored).map_err(failed)?;
    writer.start_file("shop/shop.php", stored).map_err(failed)?;
    writer.write_all(b"<?php\n/*\nPlugin Name: Shop\n*/")?;
    writer
        .start_file("shop/inc/pay.php", packed.unix_permissions(0o755))
        .map_err(failed)?;
    writer.write_all("<?php // pay\n".repeat(20).as_bytes())?;
    writer
        .add_symlink("shop/link", "shop.php", stored)
        .map_err(failed)?;
    Ok(writer.finish().map_err(failed)?.into_inner())
}
