//! Which theme the content is: the `Theme Name` in the `style.css` at its root.

use crate::{
    entry::find,
    header::Facts,
    identify::{IdentifyError, Wanted},
    intake::Intake,
    slug::Slug,
};

/// A theme, as WordPress will list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The directory below `wp-content/themes`.
    pub slug: Slug,
    pub facts: Facts,
    /// The theme that this one is a child of, which the site needs as well.
    pub parent: Option<String>,
}

/// Finds the theme.
pub fn identify(intake: &Intake) -> Result<Theme, IdentifyError> {
    let style = find(&intake.entries, "style.css");
    let header = style.map_or(Ok(None), |entry| intake.header(entry))?;
    let Some((header, facts)) = header.and_then(|header| {
        let facts = Facts::of_theme(&header)?;
        Some((header, facts))
    }) else {
        return Err(IdentifyError::Other {
            origin: intake.origin.clone(),
            wanted: Wanted::Theme,
            looked_at: style.map(|entry| entry.path.clone()).into_iter().collect(),
            instead: intake.instead_of(Wanted::Theme)?,
        });
    };
    Ok(Theme {
        slug: intake.slug()?,
        facts,
        parent: header.get("Template"),
    })
}
