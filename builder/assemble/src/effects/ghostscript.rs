//! `ghostscript`: what `update-gsfontmap(8)` makes of the fonts that packages declare.

use super::{Context, EffectError};

/// Directories of declarations, and the file that they are joined in.
const MAPS: &[(&str, &str)] = &[
    (
        "etc/ghostscript/cidfmap.d",
        "var/lib/ghostscript/fonts/cidfmap",
    ),
    (
        "etc/ghostscript/fontmap.d",
        "var/lib/ghostscript/fonts/Fontmap",
    ),
];

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    if !context.has_package("ghostscript") {
        return Ok(());
    }
    for (directory, map) in MAPS {
        let mut joined = Vec::new();
        for path in context.files_below(directory)? {
            let is_directly_below = path
                .parent()
                .is_some_and(|parent| parent.as_str() == *directory);
            if is_directly_below && path.file_name().strip_suffix(".conf").is_some() {
                joined.extend(context.read(&path)?.unwrap_or_default());
            }
        }
        context.file(map, joined)?;
    }
    Ok(())
}
