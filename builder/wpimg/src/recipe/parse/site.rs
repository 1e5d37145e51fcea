//! The sections of the site's own software: WordPress, plugins, themes, a Composer project.

use crate::recipe::{
    Base, Composer, Content, ContentSource, Download, RecipeError, Sha256, SitePath, SourcePath,
    ValueError, WebAddress, WordPressSource, WordPressVersion,
    error::{Place, Placed},
    partial::PartialWordPress,
    section::Section,
};

pub(super) fn wordpress(
    mut section: Section<'_>,
    base: &Base,
) -> Result<PartialWordPress, RecipeError> {
    let place = section.place();
    section.choose()?;
    let named: Option<Named> = section.value("source")?;
    let version: Option<WordPressVersion> = section.value("version")?;
    let url: Option<Placed<WebAddress>> = section.placed("url")?;
    let sha256: Option<Placed<Sha256>> = section.placed("sha256")?;
    let path: Option<SourcePath> = section.value("path")?;
    let (locale, theme) = (section.value("locale")?, section.placed("theme")?);
    section.finish()?;
    let source = match (version, url, path) {
        (Some(version), ..) => Some(WordPressSource::Release {
            version,
            sha256: sha256.map(|digest| digest.value),
        }),
        (None, Some(url), _) => Some(WordPressSource::Download(download(url, sha256, &place)?)),
        (None, None, path) => {
            refuse("sha256", sha256, "`version` or `url`", &place)?;
            let of_path = path.map(|path| WordPressSource::Path(base.site_path(path)));
            of_path.or(named.map(|named| named.0))
        }
    };
    Ok(PartialWordPress {
        source,
        locale,
        theme,
    })
}

pub(super) fn contents(
    sections: Option<Vec<Section<'_>>>,
    base: &Base,
) -> Result<Vec<Content>, RecipeError> {
    let sections = sections.unwrap_or_default().into_iter();
    sections.map(|section| content(section, base)).collect()
}

fn content(mut section: Section<'_>, base: &Base) -> Result<Content, RecipeError> {
    let place = section.place();
    section.choose()?;
    let slug = section.value("slug")?;
    let version = section.placed("version")?;
    let url: Option<Placed<WebAddress>> = section.placed("url")?;
    let sha256: Option<Placed<Sha256>> = section.placed("sha256")?;
    let path: Option<SourcePath> = section.value("path")?;
    let name = section.value("name")?;
    let keep = section.values("keep")?.unwrap_or_default();
    section.finish()?;
    let source = if let Some(slug) = slug {
        refuse("sha256", sha256, "`url`", &place)?;
        let version = version.map(|version| version.value);
        ContentSource::Directory { slug, version }
    } else {
        refuse("version", version, "`slug`", &place)?;
        match (url, path) {
            (Some(url), _) => ContentSource::Download(download(url, sha256, &place)?),
            (None, Some(path)) => {
                refuse("sha256", sha256, "`url`", &place)?;
                ContentSource::Path(base.site_path(path))
            }
            (None, None) => {
                return Err(RecipeError::NoSource {
                    place,
                    keys: crate::recipe::keys::CONTENT_SOURCES,
                });
            }
        }
    };
    Ok(Content {
        source,
        name,
        keep,
        position: place.position,
    })
}

pub(super) fn composer(mut section: Section<'_>, base: &Base) -> Result<Composer, RecipeError> {
    let place = section.place();
    let path = section.value("path")?;
    section.finish()?;
    match path {
        Some(path) => Ok(Composer {
            path: base.site_path(path),
        }),
        None => Err(RecipeError::MissingInEntry { key: "path", place }),
    }
}

fn download(
    url: Placed<WebAddress>,
    sha256: Option<Placed<Sha256>>,
    place: &Place,
) -> Result<Download, RecipeError> {
    Download::new(url.value, sha256.map(|digest| digest.value)).map_err(|source| {
        RecipeError::Invalid {
            key: "url".to_owned(),
            section: place.section,
            position: url.position,
            source,
        }
    })
}

/// A key that says something about another one is a mistake without it.
fn refuse<T>(
    key: &'static str,
    value: Option<Placed<T>>,
    about: &'static str,
    place: &Place,
) -> Result<(), RecipeError> {
    match value {
        None => Ok(()),
        Some(value) => Err(RecipeError::Pointless {
            key,
            section: place.section,
            position: value.position,
            about,
        }),
    }
}

/// A source of WordPress that has a name: `source = "debian"`.
struct Named(WordPressSource);

impl std::str::FromStr for Named {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "debian" => Ok(Self(WordPressSource::Debian)),
            "none" => Ok(Self(WordPressSource::None)),
            _ => Err(ValueError::WordPressSource {
                text: text.to_owned(),
            }),
        }
    }
}

impl Base {
    /// The built-in recipe names nothing beside itself, so where it lies is of no matter.
    fn site_path(&self, path: SourcePath) -> SitePath {
        let directory = match self {
            Self::Directory(directory) => directory.clone(),
            Self::BuiltIn => std::path::PathBuf::new(),
        };
        SitePath { directory, path }
    }
}
