//! Which layers of one image answer to which of the other.
//!
//! Equal layers find each other wherever they are; the rest are paired by what their history says
//! made them, as `wpimg: php`, and then in their order.

use wpimg_oci::digest::Digest;

use crate::layer::{Encoding, Layer};

/// A layer of one image, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerChange {
    Same(LayerSide),
    /// The same archive, compressed in another way: registries store it twice.
    Recompressed {
        before: LayerSide,
        after: LayerSide,
    },
    Changed {
        before: LayerSide,
        after: LayerSide,
    },
    Added(LayerSide),
    Removed(LayerSide),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerSide {
    /// From 0, the lowest.
    pub number: usize,
    pub digest: Digest,
    pub size: u64,
    pub encoding: Encoding,
    pub origin: Option<String>,
}

pub(super) fn compare(before: &[Layer], after: &[Layer]) -> Vec<LayerChange> {
    let mut left: Vec<Option<&Layer>> = before.iter().map(Some).collect();
    let mut partners: Vec<Option<usize>> = vec![None; after.len()];
    let rules: [fn(&Layer, &Layer) -> bool; 4] = [
        |a, b| a.digest == b.digest,
        |a, b| a.diff_id == b.diff_id,
        |a, b| a.origin.is_some() && a.origin == b.origin,
        |_, _| true,
    ];
    for is_partner in rules {
        for (layer, partner) in after.iter().zip(&mut partners) {
            if partner.is_some() {
                continue;
            }
            *partner = left
                .iter()
                .position(|other| other.is_some_and(|other| is_partner(other, layer)));
            if let Some(index) = *partner {
                left[index] = None;
            }
        }
    }
    let paired = after.iter().zip(partners).enumerate();
    let mut changes: Vec<LayerChange> = paired
        .map(|(number, (layer, partner))| {
            let after = side(number, layer);
            let Some(index) = partner else {
                return LayerChange::Added(after);
            };
            let other = &before[index];
            let before = side(index, other);
            if other.digest == layer.digest {
                LayerChange::Same(after)
            } else if other.diff_id == layer.diff_id {
                LayerChange::Recompressed { before, after }
            } else {
                LayerChange::Changed { before, after }
            }
        })
        .collect();
    let removed = left
        .iter()
        .enumerate()
        .filter_map(|(number, layer)| Some((number, (*layer)?)));
    changes.extend(removed.map(|(number, layer)| LayerChange::Removed(side(number, layer))));
    changes
}

fn side(number: usize, layer: &Layer) -> LayerSide {
    LayerSide {
        number,
        digest: layer.digest,
        size: layer.size,
        encoding: layer.encoding,
        origin: layer.origin.clone(),
    }
}
