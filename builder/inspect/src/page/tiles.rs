//! The data of the map: layer, then component, then directories and files.
//!
//! A tile is `[name, bytes, kind, tiles inside]`. What is smaller than one in two thousand of the
//! image is summed up beside its larger neighbours, or the page would be mostly what nobody can see.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::{Value, json};

use crate::{
    plain::{excerpt, plain_bytes, shorten_middle},
    report::{FileLine, Report},
};

const LAYER: u8 = 0;
const COMPONENT: u8 = 1;
const DIRECTORY: u8 = 2;
const FILE: u8 = 3;
const REST: u8 = 4;

const SMALLEST_SHARE: u64 = 2000;
/// Deeper directories are shown as one; also the bound of this module's recursion.
const DEEPEST: usize = 24;
const LONGEST_NAME: usize = 120;

pub(super) fn data(report: &Report) -> Value {
    let smallest = (report.total.bytes / SMALLEST_SHARE).max(1);
    let mut layers: BTreeMap<usize, BTreeMap<String, Vec<&FileLine>>> = BTreeMap::new();
    for file in &report.files {
        let components = layers.entry(file.layer).or_default();
        components
            .entry(file.component.label())
            .or_default()
            .push(file);
    }
    let layers = layers.into_iter().map(|(number, components)| {
        let origin = report.layers[number].origin.as_deref().unwrap_or("");
        let origin = origin.strip_prefix("wpimg: ").unwrap_or(origin);
        let name = match origin {
            "" => format!("layer {}", number + 1),
            origin => format!("{} · {}", number + 1, excerpt(origin, 80)),
        };
        let components = components.into_iter().map(|(label, files)| {
            let inside = directory(&files, 0, 0, smallest);
            Tile::with(excerpt(&label, LONGEST_NAME), COMPONENT, inside)
        });
        Tile::with(
            name,
            LAYER,
            thin(components.collect(), smallest, "components"),
        )
    });
    Tile::with("image".to_owned(), DIRECTORY, layers.collect()).json()
}

struct Tile {
    name: String,
    bytes: u64,
    kind: u8,
    inside: Vec<Tile>,
}

impl Tile {
    fn with(name: String, kind: u8, inside: Vec<Self>) -> Self {
        let bytes = inside
            .iter()
            .fold(0_u64, |sum, tile| sum.saturating_add(tile.bytes));
        Self {
            name,
            bytes,
            kind,
            inside,
        }
    }

    fn json(&self) -> Value {
        match self.inside.as_slice() {
            [] => json!([self.name, self.bytes, self.kind]),
            inside => {
                let inside: Vec<Value> = inside.iter().map(Self::json).collect();
                json!([self.name, self.bytes, self.kind, inside])
            }
        }
    }
}

/// Returns the tiles of files whose paths agree in their first `skip` bytes.
fn directory(files: &[&FileLine], skip: usize, depth: usize, smallest: u64) -> Vec<Tile> {
    let mut inside: BTreeMap<&[u8], Vec<&FileLine>> = BTreeMap::new();
    let mut tiles = Vec::new();
    for file in files {
        let rest = &file.path.as_bytes()[skip..];
        match rest.iter().position(|&byte| byte == b'/') {
            Some(slash) if depth < DEEPEST => inside.entry(&rest[..slash]).or_default().push(file),
            _ => tiles.push(Tile {
                name: shorten_middle(&plain_bytes(rest), LONGEST_NAME),
                bytes: file.size,
                kind: FILE,
                inside: Vec::new(),
            }),
        }
    }
    for (name, files) in inside {
        let mut below = directory(&files, skip + name.len() + 1, depth + 1, smallest);
        let mut name = excerpt(&plain_bytes(name), LONGEST_NAME);
        // A way without forks is one tile.
        if let [only] = below.as_mut_slice()
            && only.kind == DIRECTORY
            && !only.inside.is_empty()
        {
            name = shorten_middle(&format!("{name}/{}", only.name), LONGEST_NAME);
            below = std::mem::take(&mut only.inside);
        }
        tiles.push(Tile::with(name, DIRECTORY, below));
    }
    thin(tiles, smallest, "files and directories")
}

/// Sums up what is too small to be seen, and puts the largest first.
fn thin(tiles: Vec<Tile>, smallest: u64, noun: &str) -> Vec<Tile> {
    let (mut large, small): (Vec<_>, Vec<_>) =
        tiles.into_iter().partition(|tile| tile.bytes >= smallest);
    large.sort_by_key(|tile| Reverse(tile.bytes));
    let count = small.len();
    match count {
        0 => {}
        1 => large.extend(small.into_iter().map(|tile| Tile {
            inside: Vec::new(),
            ..tile
        })),
        _ => large.push(Tile {
            name: format!("{count} small {noun}"),
            bytes: small
                .iter()
                .fold(0_u64, |sum, tile| sum.saturating_add(tile.bytes)),
            kind: REST,
            inside: Vec::new(),
        }),
    }
    large
}
