//! `/var/lib/dpkg` as dpkg would have left it, so that scanners and `dpkg --verify` see the truth.
//!
//! The lists name what is in the image: paths left out by `drop` are not in them, a file that one
//! package took over from another is in its list only, and packages that were omitted are not in
//! `status`. Maintainer scripts are left out: they were not run and nothing
//! in the image could run them. Format: dpkg(1), deb-md5sums(5), `dbs/` of the dpkg sources.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use wpimg_oci::rootfs::{Content, Entry, Kind, TreePath};

use crate::layering::LayerGroup;
use crate::merge::Tree;
use crate::unpack::Unpacked;

const DATABASE: &str = "var/lib/dpkg";

/// Writes the database for the packages of the tree, which must be sorted by name.
pub fn write(tree: &mut Tree, packages: &[Unpacked]) {
    let mut status = String::new();
    let mut files = vec![
        ("info/format".to_owned(), "1\n".to_owned()),
        ("available".to_owned(), String::new()),
        ("diversions".to_owned(), String::new()),
        ("statoverride".to_owned(), String::new()),
    ];
    for package in packages {
        let present: BTreeSet<&str> = package
            .entries
            .iter()
            .map(|(path, _)| path)
            .filter(|path| !tree.is_replaced(path, &package.name))
            .map(TreePath::as_str)
            .collect();
        let conffiles = conffiles(package, &present);
        status.push_str(&stanza(package, &conffiles));
        let stem = format!("info/{}", package.info_stem());
        files.push((format!("{stem}.list"), list(&present)));
        if let Some(md5sums) = &package.control.md5sums {
            let kept = md5sums_of(md5sums, &present, package);
            files.push((format!("{stem}.md5sums"), kept));
        }
        if !conffiles.is_empty() {
            let names: String = conffiles
                .iter()
                .map(|(name, _)| format!("{name}\n"))
                .collect();
            files.push((format!("{stem}.conffiles"), names));
        }
    }
    files.push(("status".to_owned(), status));
    let mtime = tree.newest();
    for (name, text) in files {
        let Ok(path) = format!("{DATABASE}/{name}").parse() else {
            continue;
        };
        let content = Content::Inline(text.into_bytes().into());
        let entry = Entry {
            kind: Kind::File(content),
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime,
        };
        tree.generate(LayerGroup::Configuration, &path, &entry);
    }
    for directory in ["updates", "triggers", "parts"] {
        let Ok(path) = format!("{DATABASE}/{directory}").parse() else {
            continue;
        };
        let entry = Entry {
            kind: Kind::Directory,
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime,
        };
        tree.generate(LayerGroup::Configuration, &path, &entry);
    }
}

/// The control paragraph with its status, and the conffiles with their sums.
fn stanza(package: &Unpacked, conffiles: &[(String, String)]) -> String {
    let control = package.control.control.trim_end();
    let (first, rest) = control.split_once('\n').unwrap_or((control, ""));
    let mut stanza = format!("{first}\nStatus: install ok installed\n");
    if !rest.is_empty() {
        let _ = writeln!(stanza, "{rest}");
    }
    if !conffiles.is_empty() {
        stanza.push_str("Conffiles:\n");
        for (name, md5) in conffiles {
            let _ = writeln!(stanza, " {name} {md5}");
        }
    }
    stanza.push('\n');
    stanza
}

/// The conffiles that are in the image, with the MD5 dpkg would have noted.
fn conffiles(package: &Unpacked, present: &BTreeSet<&str>) -> Vec<(String, String)> {
    let is_present = |name: &str| present.contains(name.trim_start_matches('/'));
    package
        .conffiles()
        .iter()
        .filter(|(name, _)| is_present(name))
        .cloned()
        .collect()
}

fn list(present: &BTreeSet<&str>) -> String {
    let mut list = "/.\n".to_owned();
    for path in present {
        let _ = writeln!(list, "/{path}");
    }
    list
}

/// The sums of the files that are in the image, at the path where they are.
fn md5sums_of(md5sums: &str, present: &BTreeSet<&str>, package: &Unpacked) -> String {
    let mut kept = String::new();
    for line in md5sums.lines() {
        let Some((sum, path)) = line.split_once("  ") else {
            continue;
        };
        let path = path.trim_start_matches("./");
        let path = match path.parse::<TreePath>() {
            Ok(original) => package.moved_to(&original),
            Err(_) => continue,
        };
        if present.contains(path.as_str()) {
            let _ = writeln!(kept, "{sum}  {path}");
        }
    }
    kept
}
