//! What a push would send: the layers a registry does not have yet.

use std::collections::BTreeSet;

use wpimg_oci::digest::Digest;

use crate::image::Image;

/// How much of an image is already somewhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reuse {
    pub reused_layers: usize,
    pub reused_bytes: u64,
    pub new_layers: usize,
    /// Compressed, as they would be sent.
    pub new_bytes: u64,
}

/// Compares an image's layers with the digests that are `known` where it would be sent.
pub fn against(image: &Image, known: &[Digest]) -> Reuse {
    let mut seen: BTreeSet<Digest> = BTreeSet::new();
    let mut reuse = Reuse::default();
    // The same blob twice in one image is sent once.
    for layer in image
        .layers
        .iter()
        .filter(|layer| seen.insert(layer.digest))
    {
        let (layers, bytes) = if known.contains(&layer.digest) {
            (&mut reuse.reused_layers, &mut reuse.reused_bytes)
        } else {
            (&mut reuse.new_layers, &mut reuse.new_bytes)
        };
        *layers += 1;
        *bytes = bytes.saturating_add(layer.size);
    }
    reuse
}
