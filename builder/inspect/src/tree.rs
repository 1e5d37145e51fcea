//! The tree a container sees: all layers on top of each other, white-outs applied.
//!
//! As engines do it: a layer's white-outs take away from the layers below and never from the layer
//! itself; a name below a symbolic link lands where the link leads; what replaces a directory takes
//! away all that was in it. Nothing touches a disk. Rules: image-spec `layer.md`.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use crate::{
    layer::{EntryKind, Layer, LayerEntry, Whiteout},
    path::ImagePath,
};

/// Linux follows at most 40 links on the way to a file.
const MOST_LINKS: usize = 40;
/// Linux's PATH_MAX; a longer name cannot be opened.
const LONGEST_PATH: usize = 4096;

/// Every file of an image, by path.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    nodes: BTreeMap<ImagePath, Node>,
    links: HashMap<ImagePath, Box<[u8]>>,
    hidden: Vec<Hidden>,
}

/// A path of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Which layer it comes from.
    pub layer: usize,
    pub(crate) entry: usize,
    /// The entry that holds the bytes; another one for a hard link.
    pub(crate) content: Place,
}

/// An entry of a layer.
pub(crate) type Place = (usize, usize);

/// A file that a layer carries and no container sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    pub path: ImagePath,
    pub size: u64,
    pub layer: usize,
}

impl Tree {
    pub(crate) fn of(layers: &[Layer]) -> Self {
        let mut tree = Self::default();
        for (number, layer) in layers.iter().enumerate() {
            tree.apply(number, &layer.entries);
        }
        tree.hidden = tree.find_hidden(layers);
        tree
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ImagePath, &Node)> {
        self.nodes.iter()
    }

    pub fn get(&self, path: &[u8]) -> Option<&Node> {
        self.nodes.get(path)
    }

    /// Returns the files that are in a layer but not in the tree, the largest first.
    pub fn hidden(&self) -> &[Hidden] {
        &self.hidden
    }

    pub(crate) fn below(&self, directory: &[u8]) -> impl Iterator<Item = (&ImagePath, &Node)> {
        // In the order of bytes `0` is what follows `/`.
        let (from, to) = ([directory, b"/"].concat(), [directory, b"0"].concat());
        let range = match directory {
            b"" => (Bound::Unbounded, Bound::Unbounded),
            _ => (Bound::Excluded(&*from), Bound::Excluded(&*to)),
        };
        self.nodes.range::<[u8], _>(range)
    }

    fn apply(&mut self, number: usize, entries: &[LayerEntry]) {
        for whiteout in entries.iter().filter_map(LayerEntry::whiteout) {
            match whiteout {
                Whiteout::Path(path) => {
                    let path = self.resolved(&path);
                    self.remove(path.as_bytes());
                    self.nodes.remove(&path);
                    self.links.remove(&path);
                }
                Whiteout::Contents(directory) => {
                    let directory = self.resolved(&directory);
                    self.remove(directory.as_bytes());
                }
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            if entry.path.is_root() || entry.whiteout().is_some() {
                continue;
            }
            let path = self.resolved(&entry.path);
            if path.is_root() {
                continue;
            }
            let content = match &entry.kind {
                EntryKind::HardLink { target } => {
                    let target = self.resolved(target);
                    // A link to nothing is what engines refuse; here it is an empty file.
                    self.nodes
                        .get(&target)
                        .map_or((number, index), |node| node.content)
                }
                _ => (number, index),
            };
            self.put(
                path,
                &entry.kind,
                Node {
                    layer: number,
                    entry: index,
                    content,
                },
            );
        }
    }

    fn put(&mut self, path: ImagePath, kind: &EntryKind, node: Node) {
        if !matches!(kind, EntryKind::Directory) {
            self.remove(path.as_bytes());
        }
        if let EntryKind::Symlink { target } = kind {
            self.links.insert(path.clone(), target.clone());
        } else {
            self.links.remove(&path);
        }
        self.nodes.insert(path, node);
    }

    /// Takes away all below `directory`.
    fn remove(&mut self, directory: &[u8]) {
        let gone: Vec<ImagePath> = self
            .below(directory)
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.nodes.remove(&path);
            self.links.remove(&path);
        }
    }

    /// Returns where a name leads: links on the way are followed, one at its end is not.
    pub fn resolved(&self, path: &ImagePath) -> ImagePath {
        let mut resolved = path.clone();
        if self.links.is_empty() {
            return resolved;
        }
        for _ in 0..MOST_LINKS {
            let bytes = resolved.as_bytes();
            let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            let found = slashes
                .map(|(slash, _)| bytes.split_at(slash))
                .find_map(|(link, rest)| Some((link, rest, self.links.get(link)?)));
            let Some((link, rest, target)) = found else {
                return resolved;
            };
            let start = match link.iter().rposition(|&byte| byte == b'/') {
                Some(slash) if !target.starts_with(b"/") => &link[..=slash],
                _ => b"",
            };
            let longer = [start, target, rest].concat();
            if longer.len() > LONGEST_PATH {
                break;
            }
            resolved = ImagePath::clean(&longer);
        }
        // A loop of links leads nowhere; the name as written is as good as any.
        path.clone()
    }

    fn find_hidden(&self, layers: &[Layer]) -> Vec<Hidden> {
        let mut seen: Vec<Vec<bool>> = layers
            .iter()
            .map(|layer| vec![false; layer.entries.len()])
            .collect();
        for node in self.nodes.values() {
            seen[node.content.0][node.content.1] = true;
        }
        let mut hidden = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            let unseen = layer
                .entries
                .iter()
                .zip(&seen[number])
                .filter(|(_, seen)| !**seen);
            hidden.extend(
                unseen
                    .filter(|(entry, _)| entry.size > 0)
                    .map(|(entry, _)| Hidden {
                        path: entry.path.clone(),
                        size: entry.size,
                        layer: number,
                    }),
            );
        }
        hidden.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
        hidden
    }
}
