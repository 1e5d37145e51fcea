//! Plugins, themes and must-use plugins, as a recipe names them.

use std::{fmt, str::FromStr};

use super::{Download, FilePattern, Position, SitePath, ValueError, value::is_word};

/// What a piece of content is to WordPress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentKind {
    Plugin,
    Theme,
    /// Loaded by every request, before the plugins, and never switched off.
    MuPlugin,
}

/// One of `[[plugin]]`, `[[theme]]` or `[[mu-plugin]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) source: ContentSource,
    /// `None`: as its archive or directory is called.
    pub(crate) name: Option<ContentName>,
    /// Files that are shipped although a site must not have such.
    pub(crate) keep: Vec<FilePattern>,
    /// Where the recipe says so.
    pub(crate) position: Position,
}

/// Where a piece of content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContentSource {
    /// The directory of WordPress.org; `None`: the newest version, as the lock records it.
    Directory {
        slug: Slug,
        version: Option<ReleaseVersion>,
    },
    Download(Download),
    /// An archive or a directory beside the recipe.
    Path(SitePath),
}

/// A name in the directory of WordPress.org: `akismet`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slug(String);

/// A version of a plugin or theme: `5.3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReleaseVersion(String);

/// The directory that a piece of content lies in: one part of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContentName(String);

/// What archives are called; a name that ends so says nothing about the directory inside.
const ARCHIVE_ENDINGS: [&str; 7] = [
    ".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".tar.bz2",
];

impl ContentKind {
    /// The section it stands in, as messages show it.
    pub(crate) fn section(self) -> &'static str {
        match self {
            Self::Plugin => "[[plugin]]",
            Self::Theme => "[[theme]]",
            Self::MuPlugin => "[[mu-plugin]]",
        }
    }
}

impl Content {
    /// The directory it will lie in, as far as the recipe alone can tell: an archive may have
    /// another name inside.
    pub(crate) fn expected_name(&self) -> Option<&str> {
        let of_source = match &self.source {
            ContentSource::Directory { slug, .. } => Some(slug.0.as_str()),
            ContentSource::Download(_) => None,
            ContentSource::Path(path) => {
                let name = path.path.last_part();
                name.filter(|name| !is_archive(name))
            }
        };
        self.name.as_ref().map(ContentName::as_str).or(of_source)
    }

    /// Says whether both would lie in one directory, or are the same thing twice.
    pub(super) fn clashes_with(&self, other: &Self) -> bool {
        match (self.expected_name(), other.expected_name()) {
            (Some(one), Some(another)) => one == another,
            _ => self.name == other.name && self.source == other.source,
        }
    }
}

impl ContentName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ARCHIVE_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl FromStr for Slug {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if is_word(text, b"-_") && text.len() <= 128 {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::Slug {
            text: text.to_owned(),
        })
    }
}

impl FromStr for ReleaseVersion {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let number = text.strip_prefix('v').unwrap_or(text);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+_-".contains(&byte);
        if number.starts_with(|first: char| first.is_ascii_digit())
            && text.len() <= 64
            && number.bytes().all(allowed)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::ReleaseVersion {
            text: text.to_owned(),
        })
    }
}

impl FromStr for ContentName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !text.is_empty()
            && text.len() <= 128
            && !text.starts_with(['.', '-'])
            && text.bytes().all(allowed)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::ContentName {
            text: text.to_owned(),
        })
    }
}

macro_rules! display_inner {
    ($($name:ident),+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        })+
    };
}

display_inner!(Slug, ReleaseVersion, ContentName);
