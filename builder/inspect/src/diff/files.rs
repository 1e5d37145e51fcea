//! Files of the final trees that are not the same.

use crate::{
    component::own_size,
    image::Image,
    layer::{EntryKind, LayerEntry},
    path::ImagePath,
    tree::Node,
};

/// A path that is not the same in both trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: ImagePath,
    /// What is different; empty if only one image has the path.
    pub aspects: Vec<Aspect>,
    /// Bytes it takes; `None` if it is not there.
    pub before: Option<u64>,
    pub after: Option<u64>,
}

/// What is different about a path that both images have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aspect {
    Kind {
        before: &'static str,
        after: &'static str,
    },
    Content,
    LinkTarget {
        before: Box<[u8]>,
        after: Box<[u8]>,
    },
    Device,
    Mode {
        before: u32,
        after: u32,
    },
    Owner {
        before: (u64, u64),
        after: (u64, u64),
    },
}

pub(super) fn compare(before: &Image, after: &Image) -> Vec<FileChange> {
    let mut changes = Vec::new();
    let (mut old, mut new) = (before.tree.iter().peekable(), after.tree.iter().peekable());
    loop {
        // Both come in order of path, so one step forward on the side that is behind finds all.
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let a = old.next_if(|_| order.is_le());
        let b = new.next_if(|_| order.is_ge());
        let aspects = match (a, b) {
            (Some((_, a)), Some((_, b))) => {
                let aspects = aspects(before, a, after, b);
                if aspects.is_empty() {
                    continue;
                }
                aspects
            }
            _ => Vec::new(),
        };
        let Some((path, _)) = a.or(b) else {
            return changes;
        };
        changes.push(FileChange {
            path: path.clone(),
            aspects,
            before: a.map(|(_, node)| own_size(before, node)),
            after: b.map(|(_, node)| own_size(after, node)),
        });
    }
}

fn aspects(before: &Image, a: &Node, after: &Image, b: &Node) -> Vec<Aspect> {
    // Of a hard link, kind and content are those of the file it is another name of.
    let entry = |image: &Image, node: &Node| -> LayerEntry {
        image.layers[node.content.0].entries[node.content.1].clone()
    };
    let (a, b) = (entry(before, a), entry(after, b));
    let mut aspects = Vec::new();
    match (&a.kind, &b.kind) {
        (EntryKind::Symlink { target: before }, EntryKind::Symlink { target: after })
            if before != after =>
        {
            let (before, after) = (before.clone(), after.clone());
            aspects.push(Aspect::LinkTarget { before, after });
        }
        (EntryKind::File { digest: before }, EntryKind::File { digest: after })
            if before != after =>
        {
            aspects.push(Aspect::Content);
        }
        (before, after) if before.as_str() != after.as_str() => aspects.push(Aspect::Kind {
            before: before.as_str(),
            after: after.as_str(),
        }),
        (
            EntryKind::CharacterDevice { .. } | EntryKind::BlockDevice { .. },
            EntryKind::CharacterDevice { .. } | EntryKind::BlockDevice { .. },
        ) if a.kind != b.kind => aspects.push(Aspect::Device),
        _ => {}
    }
    // The mode of a link means nothing, and archives differ in what they put there.
    if a.mode != b.mode && !matches!(b.kind, EntryKind::Symlink { .. }) {
        aspects.push(Aspect::Mode {
            before: a.mode,
            after: b.mode,
        });
    }
    if (a.uid, a.gid) != (b.uid, b.gid) {
        let (before, after) = ((a.uid, a.gid), (b.uid, b.gid));
        aspects.push(Aspect::Owner { before, after });
    }
    aspects
}
