//! Small packages in memory, taken apart and merged as in a build.

use std::io::Cursor;

use wpimg_debian::deb::Deb;
use wpimg_debian::testing::FakePackage;
use wpimg_oci::rootfs::{Kind, TreePath};

use crate::filter::Filter;
use crate::layering::LayerGroup;
use crate::merge::{MergeError, Tree};
use crate::spool::Spool;
use crate::unpack::{Origin, Unpacked, unpack};

pub(crate) fn package(name: &str) -> FakePackage {
    FakePackage::new(name, "1.0")
}

pub(crate) fn path(text: &str) -> TreePath {
    text.parse().unwrap()
}

/// Takes a package apart, with nothing left out.
pub(crate) fn apart(package: &FakePackage) -> Unpacked {
    apart_without(&[], package)
}

/// Takes a package apart, with the paths of some patterns left out.
pub(crate) fn apart_without(patterns: &[&str], package: &FakePackage) -> Unpacked {
    apart_keeping(&[], patterns, package)
}

/// Takes a package apart, with the paths of some patterns left out but for those of others.
pub(crate) fn apart_keeping(keep: &[&str], drop: &[&str], package: &FakePackage) -> Unpacked {
    let deb = package.build();
    let control = Deb::open(&deb[..]).unwrap().control().control.clone();
    let name = control
        .lines()
        .next()
        .and_then(|line| line.split(' ').nth(1));
    let origin = Origin {
        package: name.unwrap().to_owned(),
        version: "1.0".to_owned(),
        file: "memory.deb".into(),
    };
    let owned = |patterns: &[&str]| -> Vec<String> {
        patterns.iter().map(|text| (*text).to_owned()).collect()
    };
    let filter = Filter::new(&owned(keep), &owned(drop)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut spool = Spool::create(directory.path()).unwrap();
    let unpacked = unpack(&origin, Cursor::new(&deb), &filter, &mut spool).unwrap();
    spool.finish().unwrap();
    unpacked
}

/// Merges packages in the order given, each into its own layer.
pub(crate) fn merge(packages: &[Unpacked]) -> Result<Tree, MergeError> {
    let mut tree = Tree::default();
    for unpacked in packages {
        tree.add_package(LayerGroup::of(&unpacked.name), unpacked)?;
    }
    Ok(tree)
}

/// Takes packages apart and merges them.
pub(crate) fn tree(packages: &[FakePackage]) -> Tree {
    let packages: Vec<Unpacked> = packages.iter().map(apart).collect();
    merge(&packages).unwrap()
}

/// The text of a file of the tree.
#[track_caller]
pub(crate) fn text(tree: &Tree, name: &str) -> String {
    match tree.merged().get(&path(name)).map(|entry| &entry.kind) {
        Some(Kind::File(content)) => String::from_utf8(content.read_all(1 << 20).unwrap()).unwrap(),
        other => panic!("/{name} is {other:?}"),
    }
}

/// What lies below a directory, a line for each: `MODE OWNER:GROUP PATH`, with `/` or `-> TARGET`.
pub(crate) fn listing(tree: &Tree, directory: &str) -> Vec<String> {
    let directory = path(directory);
    let lines = tree
        .merged()
        .range(&directory)
        .filter(|(path, _)| **path != directory)
        .map(|(path, entry)| {
            let end = match &entry.kind {
                Kind::Directory => "/".to_owned(),
                Kind::File(_) => String::new(),
                Kind::Symlink(target) => format!(" -> {target}"),
                Kind::Hardlink(target) => format!(" = {target}"),
            };
            format!("{:o} {}:{} {path}{end}", entry.mode, entry.uid, entry.gid)
        });
    lines.collect()
}
