//! From TOML to the values of one recipe text, section by section.

use std::str::FromStr;

use toml::de::DeTable;

use super::{
    Base, FileEntry, FileSource, Position, RecipeError, SourcePath, ValueError,
    partial::{Extends, PartialDebian, PartialImage, PartialPhp, PartialRecipe, PartialWordPress},
    php_ini,
    section::{Section, Source},
};

impl PartialRecipe {
    pub(super) fn parse(text: &str, name: &str, base: &Base) -> Result<Self, RecipeError> {
        let source = Source { name, text };
        let table = DeTable::parse(text).map_err(|error| syntax_error(name, text, &error))?;
        let mut top = Section::new(source, "the top level", table);
        let recipe = Self {
            extends: top.value("extends")?.unwrap_or(Extends::WordPress),
            image: top
                .table("image")?
                .map(image)
                .transpose()?
                .unwrap_or_default(),
            debian: top
                .table("debian")?
                .map(debian)
                .transpose()?
                .unwrap_or_default(),
            php: top.table("php")?.map(php).transpose()?,
            wordpress: top
                .table("wordpress")?
                .map(wordpress)
                .transpose()?
                .unwrap_or_default(),
            files: top
                .tables("files")?
                .map(|entries| entries.into_iter().map(|entry| file(entry, base)).collect())
                .transpose()?,
        };
        top.finish()?;
        Ok(recipe)
    }
}

fn image(mut section: Section<'_>) -> Result<PartialImage, RecipeError> {
    let image = PartialImage {
        name: section.value("name")?,
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
    };
    section.finish()?;
    Ok(debian)
}

fn php(mut section: Section<'_>) -> Result<PartialPhp, RecipeError> {
    let mut ini = section.map("ini")?.unwrap_or_default();
    for (name, value) in &mut ini {
        *value = php_ini::written(name, value).map_err(|source| RecipeError::Invalid {
            key: "ini".to_owned(),
            section: section.title().to_owned(),
            position: section.position(),
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

fn wordpress(mut section: Section<'_>) -> Result<PartialWordPress, RecipeError> {
    let wordpress = PartialWordPress {
        source: section.value("source")?,
        theme: section.value("theme")?,
    };
    section.finish()?;
    Ok(wordpress)
}

fn file(mut section: Section<'_>, base: &Base) -> Result<FileEntry, RecipeError> {
    let position = section.position();
    let title = section.title().to_owned();
    let (source, target) = (section.value("source")?, section.value("target")?);
    let (mode, owner) = (section.value("mode")?, section.value("owner")?);
    // Before the missing keys: a misspelt key is why one is missing.
    section.finish()?;
    let missing = |key| RecipeError::MissingInEntry {
        key,
        section: title.clone(),
        position: position.clone(),
    };
    let path: SourcePath = source.ok_or_else(|| missing("source"))?;
    let source = match base {
        Base::Directory(directory) => FileSource::Directory {
            directory: directory.clone(),
            path,
        },
        Base::BuiltIn => FileSource::BuiltIn { path },
    };
    let target = target.ok_or_else(|| missing("target"))?;
    Ok(FileEntry {
        source,
        target,
        mode,
        owner: owner.unwrap_or_default(),
    })
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
