//! Licences as SPDX expressions, as far as what is written down allows.
//!
//! A name that has no SPDX identifier becomes a `LicenseRef-…` with its text, and where nothing
//! certain can be said the licence is not asserted. Nothing is guessed from the text of a licence,
//! with one exception: `MIT` stands for several licences in Debian, so its text has to agree.
//! Identifiers: SPDX licence list, from the `spdx` crate. Grammar: SPDX 2.3, annex D.

mod copyright;
mod expression;
mod header;
mod names;
mod synopsis;
#[cfg(test)]
mod tests;

use wpimg_oci::digest::Digest;

use crate::identity::slug;

use serde::{Deserialize, Serialize};

pub use spdx::identifiers::VERSION as LIST_VERSION;

/// Longest licence text kept: what bounds a document, whatever a copyright file holds.
const LONGEST_TEXT: usize = 32 << 10;

/// What is known about the licence of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    expression: Option<String>,
    custom: Vec<CustomLicence>,
}

/// A licence that the SPDX list does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CustomLicence {
    id: String,
    name: String,
    text: Option<String>,
}

impl Licence {
    /// Reads a Debian copyright file; one that is not machine-readable asserts nothing.
    ///
    /// The expression is about the source package, and covers its packaging and tests too.
    pub fn from_copyright(file: &[u8]) -> Self {
        copyright::read(file).unwrap_or_default()
    }

    /// Reads an SPDX expression, in the looser spelling that Cargo still accepts too.
    pub fn from_spdx(text: &str) -> Self {
        header::spdx(text).unwrap_or_else(|| Self::named("declared", text, None))
    }

    /// Reads the `License` line of a WordPress plugin or theme, such as `GPLv2 or later`.
    pub fn from_plugin_header(text: &str) -> Self {
        header::plugin(text).unwrap_or_else(|| Self::named("declared", text, None))
    }

    /// Returns the SPDX expression, or nothing where no licence is asserted.
    pub fn expression(&self) -> Option<&str> {
        self.expression.as_deref()
    }

    /// Returns the licences of the expression that the SPDX list does not have, sorted.
    pub fn custom(&self) -> &[CustomLicence] {
        &self.custom
    }

    fn named(origin: &str, name: &str, text: Option<&str>) -> Self {
        match CustomLicence::new(origin, name, text) {
            Some(custom) => Self {
                expression: Some(custom.id.clone()),
                custom: vec![custom],
            },
            None => Self::default(),
        }
    }
}

impl CustomLicence {
    /// Two packages may call different texts `permissive`, so a digest of the text is in the
    /// identifier.
    fn new(origin: &str, name: &str, text: Option<&str>) -> Option<Self> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return None;
        }
        let text = text.map(bounded).filter(|text| !text.is_empty());
        let slug = slug(&name);
        let mut id = format!("LicenseRef-{origin}-{slug}");
        if let Some(distinguished) = text
            .as_deref()
            .or_else(|| (slug != name).then_some(name.as_str()))
        {
            id.push('-');
            id.push_str(&Digest::of(distinguished.as_bytes()).hex()[..8]);
        }
        let name = name.chars().take(200).collect();
        Some(Self { id, name, text })
    }

    /// Returns the identifier that expressions use, which starts with `LicenseRef-`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name in the words of its source.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

fn bounded(text: &str) -> String {
    let text = text.trim();
    if text.len() <= LONGEST_TEXT {
        return text.into();
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    format!("{}\n[cut after {end} bytes]", &text[..end])
}
