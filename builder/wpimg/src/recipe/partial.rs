//! A recipe as far as one text gives it: laying it over another, and demanding what is needed.

use std::collections::BTreeMap;

use wpimg_debian::name::{PackageName, SuiteName};
use wpimg_oci::platform::Platform;

use super::{
    Compression, Debian, ExtensionName, FileEntry, Glob, Image, ImageName, ImagePath,
    PackageRequest, Php, PhpVersion, PlainText, Port, Recipe, RecipeError, StopSignal, ThemeName,
    WordPress, WordPressSource,
};

type Map = BTreeMap<String, String>;

/// What completes a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extends {
    WordPress,
    Nothing,
}

/// A recipe as far as one text gives it.
pub(super) struct PartialRecipe {
    pub(super) extends: Extends,
    pub(super) image: PartialImage,
    pub(super) debian: PartialDebian,
    pub(super) php: Option<PartialPhp>,
    pub(super) wordpress: PartialWordPress,
    pub(super) files: Option<Vec<FileEntry>>,
}

#[derive(Default)]
pub(super) struct PartialImage {
    pub(super) name: Option<ImageName>,
    pub(super) platforms: Option<Vec<Platform>>,
    pub(super) compression: Option<Compression>,
    pub(super) labels: Map,
    pub(super) annotations: Map,
    pub(super) environment: Map,
    pub(super) user: Option<PlainText>,
    pub(super) entrypoint: Option<Vec<PlainText>>,
    pub(super) command: Option<Vec<PlainText>>,
    pub(super) working_directory: Option<ImagePath>,
    pub(super) ports: Option<Vec<Port>>,
    pub(super) volumes: Option<Vec<ImagePath>>,
    pub(super) stop_signal: Option<StopSignal>,
    pub(super) keep: Option<Vec<Glob>>,
    pub(super) drop: Option<Vec<Glob>>,
}

#[derive(Default)]
pub(super) struct PartialDebian {
    pub(super) suites: Option<Vec<SuiteName>>,
    pub(super) packages: Option<Vec<PackageRequest>>,
    pub(super) omit: Option<Vec<PackageName>>,
    pub(super) allow_scripts: Option<Vec<PackageName>>,
    pub(super) mirror: Option<PlainText>,
}

#[derive(Default)]
pub(super) struct PartialPhp {
    pub(super) version: Option<PhpVersion>,
    pub(super) extensions: Option<Vec<ExtensionName>>,
    pub(super) ini: Map,
}

#[derive(Default)]
pub(super) struct PartialWordPress {
    pub(super) source: Option<WordPressSource>,
    pub(super) theme: Option<ThemeName>,
}

impl PartialRecipe {
    /// Takes from `base` what is not given here.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            extends: self.extends,
            image: self.image.over(base.image),
            debian: self.debian.over(base.debian),
            php: match (self.php, base.php) {
                (Some(own), Some(base)) => Some(own.over(base)),
                (own, base) => own.or(base),
            },
            wordpress: self.wordpress.over(base.wordpress),
            files: joined(base.files, self.files),
        }
    }

    pub(super) fn complete(self, file: &str) -> Result<Recipe, RecipeError> {
        let missing = |key, section| RecipeError::Missing {
            key,
            section,
            file: file.to_owned(),
        };
        let Self {
            image,
            debian,
            php,
            wordpress,
            files,
            extends: _,
        } = self;
        let debian = Debian {
            suites: debian.suites.unwrap_or_default(),
            packages: debian.packages.unwrap_or_default(),
            omit: debian.omit.unwrap_or_default(),
            allow_scripts: debian.allow_scripts.unwrap_or_default(),
            mirror: debian.mirror,
        };
        if debian.suites.is_empty() {
            return Err(missing("suites", "[debian]"));
        }
        let php = php.map(|php| {
            let version = php.version.ok_or_else(|| missing("version", "[php]"))?;
            Ok(Php {
                version,
                extensions: php.extensions.unwrap_or_default(),
                ini: php.ini,
            })
        });
        Ok(Recipe {
            image: Image {
                name: image.name.ok_or_else(|| missing("name", "[image]"))?,
                platforms: image.platforms.unwrap_or_default(),
                compression: image.compression.unwrap_or(Compression::Zstd),
                labels: image.labels,
                annotations: image.annotations,
                environment: image.environment,
                user: image.user,
                entrypoint: image.entrypoint.unwrap_or_default(),
                command: image.command.unwrap_or_default(),
                working_directory: image.working_directory,
                ports: image.ports.unwrap_or_default(),
                volumes: image.volumes.unwrap_or_default(),
                stop_signal: image.stop_signal,
                keep: image.keep.unwrap_or_default(),
                drop: image.drop.unwrap_or_default(),
            },
            debian,
            php: php.transpose()?,
            wordpress: WordPress {
                source: wordpress.source.unwrap_or(WordPressSource::None),
                theme: wordpress.theme,
            },
            files: files.unwrap_or_default(),
        })
    }
}

impl PartialImage {
    fn over(self, base: Self) -> Self {
        Self {
            name: self.name.or(base.name),
            platforms: self.platforms.or(base.platforms),
            compression: self.compression.or(base.compression),
            labels: merged(self.labels, base.labels),
            annotations: merged(self.annotations, base.annotations),
            environment: merged(self.environment, base.environment),
            user: self.user.or(base.user),
            entrypoint: self.entrypoint.or(base.entrypoint),
            command: self.command.or(base.command),
            working_directory: self.working_directory.or(base.working_directory),
            ports: joined(base.ports, self.ports),
            volumes: joined(base.volumes, self.volumes),
            stop_signal: self.stop_signal.or(base.stop_signal),
            keep: joined(base.keep, self.keep),
            drop: joined(base.drop, self.drop),
        }
    }
}

impl PartialDebian {
    /// A package that is asked for here is wanted, although what is extended does without it.
    fn over(self, mut base: Self) -> Self {
        let asked = self.packages.as_deref().unwrap_or_default();
        if let Some(omit) = &mut base.omit {
            omit.retain(|name| asked.iter().all(|request| request.name() != name));
        }
        Self {
            suites: self.suites.or(base.suites),
            packages: joined(base.packages, self.packages),
            omit: joined(base.omit, self.omit),
            allow_scripts: joined(base.allow_scripts, self.allow_scripts),
            mirror: self.mirror.or(base.mirror),
        }
    }
}

impl PartialPhp {
    fn over(self, base: Self) -> Self {
        Self {
            version: self.version.or(base.version),
            extensions: joined(base.extensions, self.extensions),
            ini: merged(self.ini, base.ini),
        }
    }
}

impl PartialWordPress {
    fn over(self, base: Self) -> Self {
        Self {
            source: self.source.or(base.source),
            theme: self.theme.or(base.theme),
        }
    }
}

fn merged(own: Map, mut base: Map) -> Map {
    base.extend(own);
    base
}

/// A list of things to have: those of what is extended, then one's own that are not among them.
fn joined<T: PartialEq>(base: Option<Vec<T>>, own: Option<Vec<T>>) -> Option<Vec<T>> {
    match (base, own) {
        (Some(mut list), Some(own)) => {
            for item in own {
                if !list.contains(&item) {
                    list.push(item);
                }
            }
            Some(list)
        }
        (base, own) => base.or(own),
    }
}
