//! What a command works with, once arguments and environment have been joined.
//!
//! An argument wins over a variable, a variable over a default. Everything is validated here, so
//! that nothing behind this door asks the environment again.

pub(crate) mod environment;
mod error;

pub(crate) use environment::Environment;
pub(crate) use error::SettingsError;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    cli::{
        BuildArgs, ColorChoice, CompressionChoice, DestinationArgs, Format, GlobalArgs, SourceArgs,
    },
    fetch::Url,
    recipe::{ImageName, RecipeLocation},
    report::{Appearance, Colour, Progress, Verbosity},
};

/// The recipe that is read when it lies in the working directory and no other is named.
const LOCAL_RECIPE: &str = "wpimg.toml";

/// What every command needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) cache_directory: PathBuf,
    pub(crate) format: Format,
    pub(crate) jobs: NonZeroUsize,
}

/// What every command needs to know that reads a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceSettings {
    pub(crate) recipe: RecipeLocation,
    /// Empty: the recipe's.
    pub(crate) platforms: Vec<String>,
    pub(crate) mirror: Option<NamedMirror>,
    /// `None`: the recipe's, or the built-in one.
    pub(crate) snapshot: Option<String>,
    /// A mirror of WordPress.org's downloads and API.
    pub(crate) wordpress_org: Option<Url>,
    pub(crate) network: Network,
    /// Seconds since 1970 that no file in the image may be newer than.
    pub(crate) source_date_epoch: Option<u64>,
}

/// Whether the network may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    Used,
    /// `--offline`, or a vendor directory.
    Refused,
}

/// What `wpimg build` needs to know beside [`Settings`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuildSettings {
    pub(crate) source: SourceSettings,
    pub(crate) locking: Locking,
    /// The directory that `wpimg vendor` wrote, absolute.
    pub(crate) vendor: Option<PathBuf>,
    pub(crate) output: Output,
    pub(crate) load: Option<DockerHost>,
    pub(crate) push: bool,
    pub(crate) destination: DestinationArgs,
    /// Empty: the recipe's name.
    pub(crate) tags: Vec<ImageName>,
    /// `None`: the recipe's.
    pub(crate) compression: Option<CompressionChoice>,
}

/// How far a build goes by the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    /// There has to be one, and it has to fit.
    Required,
    /// If there is one, it has to fit.
    IfPresent,
    Ignored,
}

/// The form in which the image is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    /// An OCI layout directory.
    Directory(PathBuf),
    /// The same layout as one tar archive.
    Archive(PathBuf),
}

/// A mirror somebody named for this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedMirror {
    pub(crate) url: String,
    pub(crate) named_by: NamedBy,
}

/// Who named it, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedBy {
    Argument,
    Variable,
}

/// The daemon to load into: `DOCKER_HOST`, or none for the default socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DockerHost(pub(crate) Option<String>);

impl Settings {
    pub(crate) fn resolve(
        arguments: &GlobalArgs,
        environment: &Environment,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            cache_directory: cache_directory(arguments.cache_dir.as_deref(), environment)?,
            format: arguments.format,
            jobs: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        })
    }
}

impl SourceSettings {
    pub(crate) fn resolve(
        arguments: SourceArgs,
        environment: &Environment,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            recipe: recipe_location(arguments.recipe, environment),
            platforms: arguments.platform,
            mirror: named_mirror(arguments.mirror, environment),
            snapshot: environment.snapshot.clone(),
            wordpress_org: wordpress_org(environment)?,
            network: if arguments.offline {
                Network::Refused
            } else {
                Network::Used
            },
            source_date_epoch: source_date_epoch(environment)?,
        })
    }
}

impl BuildSettings {
    pub(crate) fn resolve(
        arguments: BuildArgs,
        environment: &Environment,
    ) -> Result<Self, SettingsError> {
        let mut source = SourceSettings::resolve(arguments.source, environment)?;
        let vendor = arguments.vendor;
        let vendor = vendor.map(|path| environment.working_directory.join(path));
        if vendor.is_some() {
            source.network = Network::Refused;
        }
        // A recipe of one's own is what a lock is for; the built-in one builds anywhere.
        let in_ci = environment.ci && matches!(source.recipe, RecipeLocation::File(_));
        let locking = match (arguments.locked, arguments.unlocked) {
            (true, _) => Locking::Required,
            (_, true) => Locking::Ignored,
            _ if vendor.is_some() || in_ci => Locking::Required,
            _ => Locking::IfPresent,
        };
        Ok(Self {
            source,
            locking,
            vendor,
            output: Output::from_path(arguments.output),
            load: arguments
                .load
                .then(|| DockerHost(environment.docker_host.clone())),
            push: arguments.push,
            destination: arguments.destination,
            tags: tags(&arguments.tags)?,
            compression: arguments.compression,
        })
    }
}

impl Output {
    fn from_path(path: PathBuf) -> Self {
        if path.extension().is_some_and(|extension| extension == "tar") {
            Self::Archive(path)
        } else {
            Self::Directory(path)
        }
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Directory(path) | Self::Archive(path) => path,
        }
    }
}

/// How messages look; needed before anything else can fail, so this cannot.
pub(crate) fn appearance(
    arguments: &GlobalArgs,
    environment: &Environment,
    on_terminal: OnTerminal,
) -> Appearance {
    let verbosity = match (arguments.quiet, arguments.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    let progress = if arguments.no_progress || environment.no_progress {
        Progress::Plain
    } else {
        Progress::Drawn
    };
    let colour = match (arguments.color, on_terminal) {
        (ColorChoice::Always, _) => Colour::Painted,
        (ColorChoice::Auto, OnTerminal::Yes) if !environment.no_color => Colour::Painted,
        (ColorChoice::Auto | ColorChoice::Never, _) => Colour::Plain,
    };
    Appearance {
        verbosity,
        progress,
        colour,
    }
}

/// Whether standard error is a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnTerminal {
    Yes,
    No,
}

/// The order is that of the XDG base directory specification, after our own argument and variable.
fn cache_directory(
    argument: Option<&Path>,
    environment: &Environment,
) -> Result<PathBuf, SettingsError> {
    let named = argument.or(environment.cache_directory.as_deref());
    if let Some(path) = named {
        return Ok(environment.working_directory.join(path));
    }
    // "All paths set in these environment variables must be absolute. If an implementation
    // encounters a relative path … it should consider the path invalid and ignore it."
    let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
    absolute(&environment.xdg_cache_home)
        .or_else(|| absolute(&environment.home).map(|home| home.join(".cache")))
        .map(|parent| parent.join("wpimg"))
        .ok_or(SettingsError::NoCacheDirectory)
}

fn tags(arguments: &[String]) -> Result<Vec<ImageName>, SettingsError> {
    let parse = |tag: &String| {
        tag.parse()
            .map_err(|_| SettingsError::BadTag { tag: tag.clone() })
    };
    arguments.iter().map(parse).collect()
}

fn recipe_location(argument: Option<PathBuf>, environment: &Environment) -> RecipeLocation {
    if let Some(path) = argument.or_else(|| environment.recipe.clone()) {
        return RecipeLocation::File(path);
    }
    if environment.working_directory.join(LOCAL_RECIPE).is_file() {
        return RecipeLocation::File(PathBuf::from(LOCAL_RECIPE));
    }
    RecipeLocation::BuiltIn
}

fn named_mirror(argument: Option<String>, environment: &Environment) -> Option<NamedMirror> {
    let by = |named_by| move |url| NamedMirror { url, named_by };
    argument
        .map(by(NamedBy::Argument))
        .or_else(|| environment.mirror.clone().map(by(NamedBy::Variable)))
}

fn wordpress_org(environment: &Environment) -> Result<Option<Url>, SettingsError> {
    let Some(text) = &environment.wordpress_org else {
        return Ok(None);
    };
    let wrong = || SettingsError::BadWordPressOrg {
        value: text.clone(),
    };
    let mut url: Url = text.parse().map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    // `Url::join` replaces what follows the last slash, so there must be nothing.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("");
    }
    Ok(Some(url))
}

fn source_date_epoch(environment: &Environment) -> Result<Option<u64>, SettingsError> {
    let Some(text) = &environment.source_date_epoch else {
        return Ok(None);
    };
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        // The tar header of a layer holds eleven octal digits of seconds.
        Ok(seconds) if only_digits && seconds <= 0o777_7777_7777 => Ok(Some(seconds)),
        _ => Err(SettingsError::BadSourceDateEpoch {
            value: text.clone(),
        }),
    }
}

#[cfg(test)]
mod tests;
