//! What a plugin or theme says about itself.

use super::Header;

/// The fields of a header that a build, a lock or an SBOM has use for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// `Plugin Name` or `Theme Name`.
    pub name: String,
    pub version: Option<String>,
    pub requires_wordpress: Option<String>,
    pub requires_php: Option<String>,
    pub license: Option<String>,
    pub text_domain: Option<String>,
    /// Where updates come from, when it is not WordPress.org.
    pub update_uri: Option<String>,
}

impl Facts {
    /// Returns the facts of a plugin's file, if it is one.
    pub fn of_plugin(header: &Header) -> Option<Self> {
        Some(Self::named(header.get("Plugin Name")?, header))
    }

    /// Returns the facts of a theme's `style.css`, if it is one.
    pub fn of_theme(header: &Header) -> Option<Self> {
        Some(Self::named(header.get("Theme Name")?, header))
    }

    /// Returns the facts of a file that needs no name of its own.
    pub(crate) fn named(name: String, header: &Header) -> Self {
        Self {
            name,
            version: header.get("Version"),
            requires_wordpress: header.get("Requires at least"),
            requires_php: header.get("Requires PHP"),
            license: header.get("License"),
            text_domain: header.get("Text Domain"),
            update_uri: header.get("Update URI"),
        }
    }
}
