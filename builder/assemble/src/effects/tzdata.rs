//! `tzdata`: the time zone of the image, which is its default, `Etc/UTC`.
//!
//! `/etc/timezone` is left out: the postinst of trixie writes it only where it exists already, and
//! a second place that names the zone would be wrong as soon as `TZ` or the link is changed.

use super::{Context, EffectError};

const ZONE: &str = "usr/share/zoneinfo/Etc/UTC";

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    if context.exists(ZONE) && !context.exists("etc/localtime") {
        context.symlink("etc/localtime", &format!("/{ZONE}"))?;
    }
    Ok(())
}
