//! Why two builds of one recipe are not the same bytes: the first thing that differs.
//!
//! Looked at from the ground up, because everything above a difference differs too: entries of the
//! archives in their order, with times; then their bytes; then compression; then the documents. A
//! layer is read again only if what was remembered of it does not explain the difference.

mod bytes;
mod document;
mod message;

use std::io::Read as _;

use bytes::{Differing, at, compare, lost};
use document::documents;

use crate::{
    blob::Blobs,
    image::{Image, ImageError},
    layer::{Encoding, EntryKind, Layer, LayerEntry},
    path::ImagePath,
    plain::plain_bytes,
};

/// The first thing in which image `a`, expected, and image `b`, found, are not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstDifference {
    LayerCount {
        expected: usize,
        found: usize,
    },
    /// An entry of a layer's archive; layers count from 0.
    Entry {
        layer: usize,
        origin: Option<String>,
        path: ImagePath,
        what: EntryDifference,
    },
    /// Bytes of an archive that belong to no difference of an entry: padding, spelling of headers.
    Archive {
        layer: usize,
        offset: u64,
        after: Option<ImagePath>,
    },
    /// The same archive, compressed in another way.
    Compression {
        layer: usize,
        expected: Encoding,
        found: Encoding,
    },
    /// A value of the config or the manifest, by JSON pointer.
    Document {
        document: &'static str,
        pointer: String,
        expected: Option<String>,
        found: Option<String>,
    },
    /// The same values, spelled in another way.
    Spelling {
        document: &'static str,
        offset: u64,
    },
}

/// What differs about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryDifference {
    /// Only the expected image has it.
    Missing,
    /// Only the image found has it.
    Unexpected,
    /// Both have it; the image found has `instead` at its place.
    Order {
        instead: ImagePath,
    },
    Kind {
        expected: &'static str,
        found: &'static str,
    },
    LinkTarget {
        expected: String,
        found: String,
    },
    Device,
    Mode {
        expected: u32,
        found: u32,
    },
    Owner {
        expected: (u64, u64),
        found: (u64, u64),
    },
    ModificationTime {
        expected: String,
        found: String,
    },
    Size {
        expected: u64,
        found: u64,
    },
    /// The first byte that differs, and some bytes from there on.
    Content {
        offset: u64,
        expected: String,
        found: String,
    },
}

/// Returns the first difference, or `None` if the images are the same bytes.
pub fn first_difference(
    (a, a_blobs): (&Image, &dyn Blobs),
    (b, b_blobs): (&Image, &dyn Blobs),
) -> Result<Option<FirstDifference>, ImageError> {
    if a.digest == b.digest {
        return Ok(None);
    }
    for (number, (left, right)) in a.layers.iter().zip(&b.layers).enumerate() {
        if left.diff_id != right.diff_id {
            return archives(number, (left, a_blobs), (right, b_blobs)).map(Some);
        }
    }
    if a.layers.len() != b.layers.len() {
        return Ok(Some(FirstDifference::LayerCount {
            expected: a.layers.len(),
            found: b.layers.len(),
        }));
    }
    let mut pairs = a.layers.iter().zip(&b.layers);
    if let Some(layer) = pairs.position(|(left, right)| left.digest != right.digest) {
        return Ok(Some(FirstDifference::Compression {
            layer,
            expected: a.layers[layer].encoding,
            found: b.layers[layer].encoding,
        }));
    }
    let config = documents("config", &a.config_bytes, &b.config_bytes);
    Ok(config.or_else(|| documents("manifest", &a.manifest, &b.manifest)))
}

fn archives(
    number: usize,
    (a, a_blobs): (&Layer, &dyn Blobs),
    (b, b_blobs): (&Layer, &dyn Blobs),
) -> Result<FirstDifference, ImageError> {
    let found = |path: &ImagePath, what| FirstDifference::Entry {
        layer: number,
        origin: b.origin.clone().or_else(|| a.origin.clone()),
        path: path.clone(),
        what,
    };
    for (left, right) in a.entries.iter().zip(&b.entries) {
        if left.path != right.path {
            let has = |layer: &Layer, path: &ImagePath| {
                layer.entries.iter().any(|entry| entry.path == *path)
            };
            return Ok(match (has(b, &left.path), has(a, &right.path)) {
                (false, _) => found(&left.path, EntryDifference::Missing),
                (true, false) => found(&right.path, EntryDifference::Unexpected),
                (true, true) => {
                    let instead = right.path.clone();
                    found(&left.path, EntryDifference::Order { instead })
                }
            });
        }
        if let Some(what) = attributes(left, right) {
            return Ok(found(&left.path, what));
        }
        if left.kind != right.kind {
            let ranges = (
                (left.content_offset, left.size),
                (right.content_offset, right.size),
            );
            let mut left_bytes = at(a, a_blobs, ranges.0.0)?.take(ranges.0.1);
            let mut right_bytes = at(b, b_blobs, ranges.1.0)?.take(ranges.1.1);
            let differing = compare(&mut left_bytes, &mut right_bytes);
            let Differing {
                offset,
                left: expected,
                right: other,
            } = differing.map_err(|error| lost(b, error))?;
            let what = if left.size == right.size {
                EntryDifference::Content {
                    offset,
                    expected,
                    found: other,
                }
            } else {
                EntryDifference::Size {
                    expected: left.size,
                    found: right.size,
                }
            };
            return Ok(found(&left.path, what));
        }
    }
    let shared = a.entries.len().min(b.entries.len());
    if let Some(entry) = a.entries.get(shared) {
        return Ok(found(&entry.path, EntryDifference::Missing));
    }
    if let Some(entry) = b.entries.get(shared) {
        return Ok(found(&entry.path, EntryDifference::Unexpected));
    }
    let (mut left, mut right) = (at(a, a_blobs, 0)?, at(b, b_blobs, 0)?);
    let offset = compare(&mut left, &mut right)
        .map_err(|error| lost(b, error))?
        .offset;
    let begun = a.entries.iter().rev().find(|entry| entry.offset <= offset);
    let after = begun.map(|entry| entry.path.clone());
    Ok(FirstDifference::Archive {
        layer: number,
        offset,
        after,
    })
}

/// Everything about an entry but its place and its content.
fn attributes(a: &LayerEntry, b: &LayerEntry) -> Option<EntryDifference> {
    match (&a.kind, &b.kind) {
        (EntryKind::File { .. }, EntryKind::File { .. }) => {}
        (EntryKind::Symlink { target: expected }, EntryKind::Symlink { target: found })
            if expected != found =>
        {
            let (expected, found) = (plain_bytes(expected), plain_bytes(found));
            return Some(EntryDifference::LinkTarget { expected, found });
        }
        (EntryKind::HardLink { target: expected }, EntryKind::HardLink { target: found })
            if expected != found =>
        {
            let (expected, found) = (expected.to_string(), found.to_string());
            return Some(EntryDifference::LinkTarget { expected, found });
        }
        (expected, found) if expected.as_str() != found.as_str() => {
            let (expected, found) = (expected.as_str(), found.as_str());
            return Some(EntryDifference::Kind { expected, found });
        }
        (expected, found) if expected != found => return Some(EntryDifference::Device),
        _ => {}
    }
    if a.mode != b.mode {
        return Some(EntryDifference::Mode {
            expected: a.mode,
            found: b.mode,
        });
    }
    if (a.uid, a.gid) != (b.uid, b.gid) {
        let (expected, found) = ((a.uid, a.gid), (b.uid, b.gid));
        return Some(EntryDifference::Owner { expected, found });
    }
    // A change of content usually changes the time too, and is the better explanation.
    if a.mtime != b.mtime && a.kind == b.kind {
        let (expected, found) = (a.mtime.to_string(), b.mtime.to_string());
        return Some(EntryDifference::ModificationTime { expected, found });
    }
    None
}
