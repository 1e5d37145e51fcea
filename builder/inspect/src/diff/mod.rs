//! How two images differ: layers, packages, WordPress and what it is extended by, files, config.
//!
//! Compared is what a container would see; times of files do not count here. Why two builds of one
//! recipe gave different bytes is the question of [`first_difference`](mod@crate::first_difference).

mod config;
mod files;
mod json;
mod layers;
mod software;
mod text;

use wpimg_oci::digest::Digest;

pub use config::{ConfigChange, Member};
pub use files::{Aspect, FileChange};
pub use json::SCHEMA;
pub use layers::{LayerChange, LayerSide};
pub use software::{Direction, Kind, Release, SoftwareChange};

use crate::{component::Software, image::Image, report::Report};

/// How an image `after` differs from one `before`.
#[derive(Debug, Clone)]
pub struct Difference {
    pub before: Side,
    pub after: Side,
    /// Every layer of both, from the lowest.
    pub layers: Vec<LayerChange>,
    /// Packages, WordPress, plugins and themes that are not the same in both.
    pub software: Vec<SoftwareChange>,
    /// By path.
    pub files: Vec<FileChange>,
    pub config: Vec<ConfigChange>,
}

/// One of the two images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub digest: Digest,
    pub platform: String,
    pub compressed_size: u64,
    pub size: u64,
}

impl Difference {
    pub fn between(before: &Image, after: &Image) -> Self {
        let software = [before, after].map(Software::of);
        let reports = [
            Report::with_software(before, &software[0]),
            Report::with_software(after, &software[1]),
        ];
        Self {
            before: side(&reports[0]),
            after: side(&reports[1]),
            layers: layers::compare(&before.layers, &after.layers),
            software: software::compare(&reports[0], &reports[1]),
            files: files::compare(before, after),
            config: config::compare(&before.config, &after.config),
        }
    }

    /// Returns whether containers of both images see the same.
    pub fn is_empty(&self) -> bool {
        self.software.is_empty() && self.files.is_empty() && self.config.is_empty()
    }
}

fn side(report: &Report) -> Side {
    Side {
        digest: report.digest,
        platform: report.platform.clone(),
        compressed_size: report.compressed_size(),
        size: report.total.bytes,
    }
}
