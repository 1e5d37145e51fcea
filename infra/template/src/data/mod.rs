//! The stack of what must not be lost: network, database, files, secrets.

use crate::Template;

/// The data stack's template.
pub fn template() -> Template {
    Template {
        description: "wpimg: network, database, files and secrets of a WordPress site",
        ..Template::default()
    }
}
