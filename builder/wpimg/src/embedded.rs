//! What this program carries: `wpimg-init` for every platform, and the files of `docker/rootfs`.
//!
//! Both lists are written by `build.rs`.

use thiserror::Error;
use wpimg_oci::platform::Platform;

use crate::error_report::Hint;

/// Platform and program, or why there is none.
const ENTRYPOINTS: &[(&str, Result<&[u8], &str>)] =
    include!(concat!(env!("OUT_DIR"), "/entrypoints.rs"));

/// Path below `docker/rootfs`, permission bits, contents.
pub(crate) const ROOTFS: &[(&str, u32, &[u8])] = include!(concat!(env!("OUT_DIR"), "/rootfs.rs"));

/// What `cargo tree` says of `wpimg-init`.
pub(crate) const ENTRYPOINT_CRATES: &str =
    include_str!(concat!(env!("OUT_DIR"), "/entrypoint.tree"));

/// The versions and checksums of everything this program was built from.
pub(crate) const CARGO_LOCK: &str = include_str!("../../../Cargo.lock");

/// Where `wpimg-init` lies in an image.
pub(crate) const ENTRYPOINT_PATH: &str = "usr/bin/wpimg-init";

/// This `wpimg` cannot build for the platform.
#[derive(Debug, Error)]
#[error("this wpimg cannot build images for {platform}: {reason}")]
pub(crate) struct NoEntrypoint {
    platform: Platform,
    reason: &'static str,
}

impl Hint for NoEntrypoint {
    fn hint(&self) -> Option<String> {
        let have: Vec<&str> = ENTRYPOINTS
            .iter()
            .filter(|(_, program)| program.is_ok())
            .map(|(name, _)| *name)
            .collect();
        Some(match have.as_slice() {
            [] => "build wpimg again with the missing part installed".to_owned(),
            have => format!(
                "build with `--platform {}`, or build wpimg again",
                have.join(",")
            ),
        })
    }
}

/// The `wpimg-init` program of a platform.
pub(crate) fn entrypoint(platform: Platform) -> Result<&'static [u8], NoEntrypoint> {
    let name = platform.to_string();
    let found = ENTRYPOINTS
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, program)| *program);
    match found {
        Some(Ok(program)) => Ok(program),
        Some(Err(reason)) => Err(NoEntrypoint { platform, reason }),
        None => Err(NoEntrypoint {
            platform,
            reason: "it is not a platform wpimg knows",
        }),
    }
}
