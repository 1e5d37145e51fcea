//! Where the items of a layer come to lie on a base.

use std::collections::BTreeMap;

use thiserror::Error;
use wpimg_oci::rootfs::{Entry, Kind, Rootfs, TreePath};

use super::{layer::Item, time};
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;

/// A path of the recipe does not fit the image.
#[derive(Debug, Error)]
pub(crate) enum PlaceError {
    #[error("`/{path}` leads through the link `/{link}`, which leads nowhere")]
    DanglingLink { path: TreePath, link: TreePath },
    #[error("`/{path}` lies below `/{file}`, which is a file")]
    BelowFile { path: TreePath, file: TreePath },
}

impl Hint for PlaceError {
    fn hint(&self) -> Option<String> {
        Some("choose another `target` for it in the recipe".to_owned())
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

/// A file of this name hides what lower layers have in its directory. Source: OCI image-spec,
/// layer.md, "Opaque Whiteout".
const OPAQUE: &str = ".wh..wh..opq";

/// The tree of a layer: items where the links of the base lead, below every directory that leads
/// there, as the base has it. `replaced` are directories of which nothing below shall be left: a
/// plugin that WordPress brings in another version.
pub(super) fn place<'a>(
    items: &BTreeMap<TreePath, Item>,
    replaced: impl IntoIterator<Item = &'a String>,
    skeleton: &Rootfs,
) -> Result<Rootfs, PlaceError> {
    let mut layer = Rootfs::new();
    for directory in replaced {
        let path = directory.parse::<TreePath>().ok();
        let hidden = path.filter(|path| skeleton.get(path).is_some_and(Entry::is_directory));
        if let Some(marker) = hidden.and_then(|path| path.join(OPAQUE).ok()) {
            layer.insert(marker, Entry::file("", time::DIRECTORY));
        }
    }
    for (path, item) in items {
        let (path, entry) = (resolved(path, &item.entry, skeleton)?, item.entry.clone());
        let existing = skeleton.get(&path).filter(|entry| entry.is_directory());
        let entry = match (&entry.kind, existing) {
            (Kind::Directory, Some(existing)) => existing.clone(),
            _ => entry,
        };
        layer.insert(path, entry);
    }
    let paths: Vec<TreePath> = layer.iter().map(|(path, _)| path.clone()).collect();
    for path in &paths {
        for ancestor in path.ancestors() {
            match layer.get(&ancestor) {
                Some(entry) if entry.is_directory() => {}
                Some(_) => {
                    return Err(PlaceError::BelowFile {
                        path: path.clone(),
                        file: ancestor,
                    });
                }
                None => {
                    let entry = skeleton.get(&ancestor).cloned();
                    let made = || Entry::directory(time::DIRECTORY);
                    layer.insert(ancestor, entry.unwrap_or_else(made));
                }
            }
        }
    }
    Ok(layer)
}

/// Follows the links of the base on the way to `path`. The last part is followed only for a
/// directory: a file takes the place of a link.
fn resolved(path: &TreePath, entry: &Entry, skeleton: &Rootfs) -> Result<TreePath, PlaceError> {
    let mut reached: Option<TreePath> = None;
    let count = path.components().count();
    for (index, part) in path.components().enumerate() {
        let joined = match &reached {
            None => part.to_owned(),
            Some(directory) => format!("{directory}/{part}"),
        };
        // A part of a path below a path: never empty, never `..`.
        let Ok(mut next) = joined.parse::<TreePath>() else {
            return Ok(path.clone());
        };
        let follows = index + 1 < count || entry.is_directory();
        let is_link = skeleton
            .get(&next)
            .is_some_and(|entry| matches!(entry.kind, Kind::Symlink(_)));
        if follows && is_link {
            let target = skeleton.resolve(&next);
            next = target.ok_or_else(|| PlaceError::DanglingLink {
                path: path.clone(),
                link: next.clone(),
            })?;
        }
        reached = Some(next);
    }
    Ok(reached.unwrap_or_else(|| path.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        text.parse().unwrap()
    }

    fn skeleton() -> Rootfs {
        [
            ("lib", Entry::symlink("usr/lib", 0)),
            ("usr", Entry::directory(0)),
            ("usr/lib", Entry::directory(0)),
            ("broken", Entry::symlink("nowhere", 0)),
            ("var", Entry::directory(0)),
            (
                "var/uploads",
                Entry::directory(0).with_mode(0o775).with_owner(33, 0),
            ),
        ]
        .into_iter()
        .map(|(name, entry)| (path(name), entry))
        .collect()
    }

    fn placed(items: &[(&str, Entry)]) -> Result<Vec<String>, String> {
        let item = |(name, entry): &(&str, Entry)| {
            let entry = entry.clone();
            (
                path(name),
                Item {
                    entry,
                    digest: None,
                },
            )
        };
        let items = items.iter().map(item).collect();
        let layer = place(&items, &[], &skeleton()).map_err(|error| error.to_string())?;
        let line = |(path, entry): (&TreePath, &Entry)| {
            format!("{path} {:o} {}:{}", entry.mode, entry.uid, entry.gid)
        };
        Ok(layer.iter().map(line).collect())
    }

    #[test]
    fn directories_on_the_way_are_as_the_base_has_them() {
        let file = Entry::file("x", 1);
        let listing = placed(&[("var/uploads/new/file", file)]).unwrap();
        assert_eq!(
            listing,
            [
                "var 755 0:0",
                "var/uploads 775 33:0",
                "var/uploads/new 755 0:0",
                "var/uploads/new/file 644 0:0",
            ]
        );
    }

    #[test]
    fn a_directory_that_the_base_has_keeps_its_owner_and_mode() {
        let listing = placed(&[("var/uploads", Entry::directory(1))]).unwrap();
        assert_eq!(listing, ["var 755 0:0", "var/uploads 775 33:0"]);
    }

    #[test]
    fn links_of_the_base_are_followed_for_directories() {
        let listing = placed(&[("lib/x", Entry::file("x", 1))]).unwrap();
        assert_eq!(
            listing,
            ["usr 755 0:0", "usr/lib 755 0:0", "usr/lib/x 644 0:0"]
        );
        let listing = placed(&[("lib", Entry::directory(1))]).unwrap();
        assert_eq!(listing, ["usr 755 0:0", "usr/lib 755 0:0"]);
        // A file takes the place of a link.
        assert_eq!(
            placed(&[("lib", Entry::file("x", 1))]).unwrap(),
            ["lib 644 0:0"]
        );
    }

    #[test]
    fn what_a_replaced_directory_held_is_hidden() {
        let file = Item {
            entry: Entry::file("x", 1),
            digest: None,
        };
        let items = [(path("var/uploads/x"), file)].into_iter().collect();
        let replaced = ["var/uploads".to_owned(), "var/new".to_owned()];
        let layer = place(&items, &replaced, &skeleton()).unwrap();
        let paths: Vec<String> = layer.iter().map(|(path, _)| path.to_string()).collect();
        let expected = [
            "var",
            "var/uploads",
            "var/uploads/.wh..wh..opq",
            "var/uploads/x",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn what_cannot_lie_there_is_named() {
        let file = || Entry::file("x", 1);
        assert_eq!(
            placed(&[("broken/x", file())]).unwrap_err(),
            "`/broken/x` leads through the link `/broken`, which leads nowhere"
        );
        assert_eq!(
            placed(&[("a", file()), ("a/b", file())]).unwrap_err(),
            "`/a/b` lies below `/a`, which is a file"
        );
    }
}
