//! A recipe as far as one text gives it: laying it over another, and demanding what is needed.

use std::collections::BTreeMap;

use wpimg_debian::name::{PackageName, SuiteName};
use wpimg_oci::platform::Platform;

use super::{
    Composer, Compression, Content, ContentKind, Debian, ExtensionName, FileEntry, FileSource,
    Glob, Image, ImageName, ImagePath, Locale, PackagePattern, PackageRequest, Php, PhpVersion,
    Pin, PlainText, Port, Recipe, RecipeError, Repository, StopSignal, Tag, ThemeName, ValueError,
    WebAddress, WordPress, WordPressSource,
    error::Placed,
    keys::{PIN, WORDPRESS},
    nginx::{self, SnippetPath, UploadSize},
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
    pub(super) nginx: PartialNginx,
    pub(super) wordpress: PartialWordPress,
    pub(super) plugins: Vec<Content>,
    pub(super) themes: Vec<Content>,
    pub(super) mu_plugins: Vec<Content>,
    pub(super) composer: Option<Composer>,
    pub(super) files: Option<Vec<FileEntry>>,
}

#[derive(Default)]
pub(super) struct PartialImage {
    pub(super) name: Option<ImageName>,
    pub(super) repository: Option<Repository>,
    pub(super) tags: Option<Vec<Tag>>,
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
    pub(super) snapshot: Option<WebAddress>,
    /// Each with the place of its suite, if it names one.
    pub(super) pins: BTreeMap<PackagePattern, Placed<Pin>>,
}

#[derive(Default)]
pub(super) struct PartialNginx {
    pub(super) snippets: Vec<(SnippetPath, FileSource)>,
    pub(super) upload_size: Option<UploadSize>,
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
    pub(super) locale: Option<Locale>,
    pub(super) theme: Option<Placed<ThemeName>>,
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
            nginx: self.nginx.over(base.nginx),
            wordpress: match &self.composer {
                Some(_) => self.wordpress.over_nothing_of_debian(base.wordpress),
                None => self.wordpress.over(base.wordpress),
            },
            plugins: listed(base.plugins, self.plugins),
            themes: listed(base.themes, self.themes),
            mu_plugins: listed(base.mu_plugins, self.mu_plugins),
            composer: self.composer.or(base.composer),
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
            mut image,
            debian,
            php,
            nginx,
            wordpress,
            plugins,
            themes,
            mu_plugins,
            composer,
            files,
            extends: _,
        } = self;
        for (kind, content) in [
            (ContentKind::Plugin, &plugins),
            (ContentKind::Theme, &themes),
            (ContentKind::MuPlugin, &mu_plugins),
        ] {
            refuse_clashes(kind, content)?;
        }
        let mut files = files.unwrap_or_default();
        files.extend(nginx::files(nginx.snippets));
        if let Some(size) = nginx.upload_size {
            size.into_environment(&mut image.environment);
        }
        let debian = debian.complete()?;
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
                repository: image.repository,
                tags: image.tags.unwrap_or_default(),
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
            wordpress: wordpress.complete()?,
            plugins,
            themes,
            mu_plugins,
            composer,
            files,
        })
    }
}

impl PartialImage {
    fn over(self, base: Self) -> Self {
        Self {
            name: self.name.or(base.name),
            repository: self.repository.or(base.repository),
            tags: self.tags.or(base.tags),
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
            snapshot: self.snapshot.or(base.snapshot),
            pins: {
                base.pins.extend(self.pins);
                base.pins
            },
        }
    }

    fn complete(self) -> Result<Debian, RecipeError> {
        let suites = self.suites.unwrap_or_default();
        let mut pins = BTreeMap::new();
        for (pattern, pin) in self.pins {
            if let Some(suite) = pin
                .value
                .suite
                .as_ref()
                .filter(|suite| !suites.contains(suite))
            {
                return Err(RecipeError::Invalid {
                    key: pattern.to_string(),
                    section: PIN.title,
                    position: pin.position,
                    source: ValueError::PinnedSuite {
                        suite: suite.to_string(),
                    },
                });
            }
            pins.insert(pattern, pin.value);
        }
        Ok(Debian {
            suites,
            packages: self.packages.unwrap_or_default(),
            omit: self.omit.unwrap_or_default(),
            allow_scripts: self.allow_scripts.unwrap_or_default(),
            mirror: self.mirror,
            snapshot: self.snapshot,
            pins,
        })
    }
}

impl PartialNginx {
    fn over(self, base: Self) -> Self {
        Self {
            snippets: listed(base.snippets, self.snippets),
            upload_size: self.upload_size.or(base.upload_size),
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
    /// The theme of what is extended is Debian's, so it goes when WordPress is not.
    fn over(self, base: Self) -> Self {
        let from_elsewhere = self
            .source
            .as_ref()
            .is_some_and(|source| *source != WordPressSource::Debian);
        Self {
            source: self.source.or(base.source),
            locale: self.locale.or(base.locale),
            theme: self.theme.or(base.theme.filter(|_| !from_elsewhere)),
        }
    }

    /// A Composer project brings WordPress unless the recipe that names it says otherwise.
    fn over_nothing_of_debian(self, base: Self) -> Self {
        let source = self.source.or(Some(WordPressSource::None));
        Self { source, ..self }.over(base)
    }

    fn complete(self) -> Result<WordPress, RecipeError> {
        let source = self.source.unwrap_or(WordPressSource::None);
        if let Some(theme) = &self.theme
            && source != WordPressSource::Debian
        {
            return Err(RecipeError::Pointless {
                key: "theme",
                section: WORDPRESS.title,
                position: theme.position.clone(),
                about: "`source = \"debian\"`",
            });
        }
        Ok(WordPress {
            source,
            locale: self.locale,
            theme: self.theme.map(|theme| theme.value),
        })
    }
}

/// Compares each entry with those before it: two plugins in one directory would be mixed.
fn refuse_clashes(kind: ContentKind, list: &[Content]) -> Result<(), RecipeError> {
    for (index, second) in list.iter().enumerate() {
        if let Some(first) = list[..index]
            .iter()
            .find(|first| first.clashes_with(second))
        {
            return Err(RecipeError::TwoOfOneName {
                section: kind.section(),
                name: second.expected_name().map(str::to_owned),
                first: first.position.clone(),
                second: second.position.clone(),
            });
        }
    }
    Ok(())
}

fn listed<T>(mut base: Vec<T>, own: Vec<T>) -> Vec<T> {
    base.extend(own);
    base
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
