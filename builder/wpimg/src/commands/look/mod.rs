//! The commands that look at images and change nothing: `inspect`, `diff`, `verify`, `sbom`.

mod diff;
mod inspect;
mod sbom;
mod verify;

pub(crate) use diff::diff;
pub(crate) use inspect::inspect;
pub(crate) use sbom::sbom;
pub(crate) use verify::verify;

use wpimg_oci::platform::Platform;

use crate::error_report::Failure;

crate::hint_from_inherent_method!(wpimg_inspect::ImageError);

/// The platform somebody asked for.
fn platform(text: Option<&str>) -> Result<Option<Platform>, Failure> {
    Ok(text.map(str::parse).transpose()?)
}
