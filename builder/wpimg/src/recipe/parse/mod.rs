//! From TOML to the values of one recipe text, section by section.

mod site;

use std::{collections::BTreeMap, str::FromStr};

use toml::de::DeTable;

use super::{
    Base, FileEntry, FileSource, PackagePattern, Pin, Position, RecipeError, SourcePath,
    ValueError,
    error::Placed,
    keys,
    nginx::SnippetPath,
    partial::{
        Extends, PartialDebian, PartialImage, PartialNginx, PartialPhp, PartialRecipe,
        PartialWordPress,
    },
    php_ini,
    section::{Named, Section, Source},
};

impl PartialRecipe {
    pub(super) fn parse(text: &str, name: &str, base: &Base) -> Result<Self, RecipeError> {
        let source = Source { name, text };
        let table = DeTable::parse(text).map_err(|error| syntax_error(name, text, &error))?;
        let mut top = Section::new(source, &keys::TOP, table);
        let recipe = Self {
            extends: top.value("extends")?.unwrap_or(Extends::WordPress),
            image: given(top.table(&keys::IMAGE)?, image)?,
            debian: given(top.table(&keys::DEBIAN)?, debian)?,
            php: top.table(&keys::PHP)?.map(php).transpose()?,
            nginx: match top.table(&keys::NGINX)? {
                Some(section) => nginx(section, base)?,
                None => PartialNginx::default(),
            },
            wordpress: match top.table(&keys::WORDPRESS)? {
                Some(section) => site::wordpress(section, base)?,
                None => PartialWordPress::default(),
            },
            plugins: site::contents(top.tables(&keys::PLUGIN)?, base)?,
            themes: site::contents(top.tables(&keys::THEME)?, base)?,
            mu_plugins: site::contents(top.tables(&keys::MU_PLUGIN)?, base)?,
            composer: match top.table(&keys::COMPOSER)? {
                Some(section) => Some(site::composer(section, base)?),
                None => None,
            },
            files: top
                .tables(&keys::FILES)?
                .map(|entries| entries.into_iter().map(|entry| file(entry, base)).collect())
                .transpose()?,
        };
        // What other commands read: wrong or right, it is nothing to an image.
        drop(top.take("infra"));
        drop(top.take("env"));
        top.finish()?;
        Ok(recipe)
    }
}

fn given<'t, T: Default>(
    section: Option<Section<'t>>,
    read: impl FnOnce(Section<'t>) -> Result<T, RecipeError>,
) -> Result<T, RecipeError> {
    section.map(read).transpose().map(Option::unwrap_or_default)
}

fn image(mut section: Section<'_>) -> Result<PartialImage, RecipeError> {
    let image = PartialImage {
        name: section.value("name")?,
        repository: section.value("repository")?,
        tags: section.values("tags")?,
        platforms: section.values("platforms")?,
        compression: section.value("compression")?,
        labels: section.map("labels")?.unwrap_or_default(),
        annotations: section.map("annotations")?.unwrap_or_default(),
        environment: section.map("environment")?.unwrap_or_default(),
        user: section.value("user")?,
        entrypoint: section.values("entrypoint")?,
        command: section.values("command")?,
        working_directory: section.value("working-directory")?,
        ports: section.values("ports")?,
        volumes: section.values("volumes")?,
        stop_signal: section.value("stop-signal")?,
        keep: section.values("keep")?,
        drop: section.values("drop")?,
    };
    section.finish()?;
    Ok(image)
}

fn debian(mut section: Section<'_>) -> Result<PartialDebian, RecipeError> {
    let debian = PartialDebian {
        suites: section.values("suites")?,
        packages: section.values("packages")?,
        omit: section.values("omit")?,
        allow_scripts: section.values("allow-scripts")?,
        mirror: section.value("mirror")?,
        snapshot: section.value("snapshot")?,
        pins: pins(&mut section)?,
    };
    section.finish()?;
    Ok(debian)
}

fn php(mut section: Section<'_>) -> Result<PartialPhp, RecipeError> {
    let place = section.place();
    let mut ini = section.map("ini")?.unwrap_or_default();
    for (name, value) in &mut ini {
        *value = php_ini::written(name, value).map_err(|source| RecipeError::Invalid {
            key: "ini".to_owned(),
            section: place.section,
            position: place.position.clone(),
            source,
        })?;
    }
    let php = PartialPhp {
        version: section.value("version")?,
        extensions: section.values("extensions")?,
        ini,
    };
    section.finish()?;
    Ok(php)
}

fn pins(section: &mut Section<'_>) -> Result<BTreeMap<PackagePattern, Placed<Pin>>, RecipeError> {
    let mut pins = BTreeMap::new();
    for (name, named) in section.entries(&keys::PIN)? {
        let invalid = |position: &Position, source| RecipeError::Invalid {
            key: name.value.clone(),
            section: keys::PIN.title,
            position: position.clone(),
            source,
        };
        let pattern = name
            .value
            .parse()
            .map_err(|source| invalid(&name.position, source))?;
        let pin = match named {
            Named::Text(text) => Placed {
                value: Pin {
                    version: Some(
                        text.value
                            .parse()
                            .map_err(|source| invalid(&text.position, source))?,
                    ),
                    suite: None,
                },
                position: text.position,
            },
            Named::Table(section) => pin(section)?,
        };
        pins.insert(pattern, pin);
    }
    Ok(pins)
}

fn pin(mut section: Section<'_>) -> Result<Placed<Pin>, RecipeError> {
    let place = section.place();
    let version = section.value("version")?;
    let suite = section.placed("suite")?;
    section.finish()?;
    if version.is_none() && suite.is_none() {
        return Err(RecipeError::MissingInEntry {
            key: "version",
            place,
        });
    }
    let (suite, position) = match suite {
        Some(suite) => (Some(suite.value), suite.position),
        None => (None, place.position),
    };
    Ok(Placed {
        value: Pin { version, suite },
        position,
    })
}

fn nginx(mut section: Section<'_>, base: &Base) -> Result<PartialNginx, RecipeError> {
    let snippets: Vec<SnippetPath> = section.values("snippets")?.unwrap_or_default();
    let nginx = PartialNginx {
        snippets: snippets
            .into_iter()
            .map(|snippet| (snippet.clone(), base.file(snippet.path())))
            .collect(),
        upload_size: section.value("upload-size")?,
    };
    section.finish()?;
    Ok(nginx)
}

fn file(mut section: Section<'_>, base: &Base) -> Result<FileEntry, RecipeError> {
    let place = section.place();
    let (source, target) = (section.value("source")?, section.value("target")?);
    let (mode, owner) = (section.value("mode")?, section.value("owner")?);
    // Before the missing keys: a misspelt key is why one is missing.
    section.finish()?;
    let missing = |key| RecipeError::MissingInEntry {
        key,
        place: place.clone(),
    };
    let source = base.file(source.ok_or_else(|| missing("source"))?);
    let target = target.ok_or_else(|| missing("target"))?;
    Ok(FileEntry {
        source,
        target,
        mode,
        owner: owner.unwrap_or_default(),
    })
}

impl Base {
    fn file(&self, path: SourcePath) -> FileSource {
        match self {
            Self::Directory(directory) => FileSource::Directory {
                directory: directory.clone(),
                path,
            },
            Self::BuiltIn => FileSource::BuiltIn { path },
        }
    }
}

fn syntax_error(name: &str, text: &str, error: &toml::de::Error) -> RecipeError {
    let offset = error.span().map_or(text.len(), |span| span.start);
    let message = error.message().replace('\n', ", ");
    RecipeError::Syntax {
        position: Position::at(name, text, offset),
        message,
    }
}

impl FromStr for Extends {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "wordpress" => Ok(Self::WordPress),
            "nothing" => Ok(Self::Nothing),
            _ => Err(ValueError::Extends {
                text: text.to_owned(),
            }),
        }
    }
}
