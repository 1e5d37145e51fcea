//! Where WordPress comes from, and in which language.

use std::{fmt, str::FromStr};

use super::{Download, Sha256, SitePath, ThemeName, ValueError, value::decimal};

/// `[wordpress]`: the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WordPress {
    pub(crate) source: WordPressSource,
    pub(crate) locale: Option<Locale>,
    /// The theme of a Debian package; never set with another source than Debian's.
    pub(crate) theme: Option<ThemeName>,
}

/// Where WordPress comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WordPressSource {
    /// No WordPress in this image, or one that the Composer project brings.
    None,
    /// The `wordpress` package of the archive.
    Debian,
    /// A release of WordPress.org. Without a digest, the one that the lock records.
    Release {
        version: WordPressVersion,
        sha256: Option<Sha256>,
    },
    /// An archive from elsewhere.
    Download(Download),
    /// An archive or a directory beside the recipe.
    Path(SitePath),
}

/// A release of WordPress: `6.8.3`, `6.9-RC1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WordPressVersion(String);

/// A language as WordPress names its translations: `de_DE`, `de_DE_formal`, `ckb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Locale(String);

impl FromStr for WordPressVersion {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (number, stage) = text
            .split_once('-')
            .map_or((text, None), |(number, stage)| (number, Some(stage)));
        let staged = |stage: &str| {
            ["alpha", "beta", "RC"].iter().any(|name| {
                stage
                    .strip_prefix(name)
                    .is_some_and(|count| count.is_empty() || decimal(count).is_some())
            })
        };
        let parts = number.split('.');
        if matches!(parts.clone().count(), 2 | 3)
            && parts.clone().all(|part| decimal(part).is_some())
            && stage.is_none_or(staged)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::WordPressVersion {
            text: text.to_owned(),
        })
    }
}

impl FromStr for Locale {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut parts = text.split('_');
        let language = parts.next().unwrap_or_default();
        let mut rest: Vec<&str> = parts.collect();
        let is_country =
            |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
        if rest.first().is_some_and(|part| is_country(part)) {
            rest.remove(0);
        }
        let of_variant = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let variant = match rest.as_slice() {
            [] => true,
            [variant] => (1..=16).contains(&variant.len()) && variant.bytes().all(of_variant),
            _ => false,
        };
        if matches!(language.len(), 2 | 3)
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && variant
        {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::Locale {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for WordPressVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
