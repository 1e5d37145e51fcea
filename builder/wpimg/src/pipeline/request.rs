//! What is to be built: settings, recipe and mirror, brought together.

use std::path::PathBuf;

use wpimg_assemble::filter::Filter;
use wpimg_oci::layer::Compression;
use wpimg_oci::platform::Platform;

use super::locations::Locations;
use super::{locale, site};
use crate::cli::CompressionChoice;
use crate::commands::Context;
use crate::error_report::Failure;
use crate::fetch::Url;
use crate::mirror::Mirror;
use crate::recipe::{self, Recipe, RecipeLocation};
use crate::settings::SourceSettings;

/// zstd level, a balance on the default image: 3 is 7 % larger and takes a third less time to build,
/// 12 is 3 % smaller and takes twice the time.
const ZSTD_LEVEL: i32 = 7;
/// gzip level: zlib's own default.
const GZIP_LEVEL: u32 = 6;

/// A build, fully specified.
pub(crate) struct Request {
    pub(crate) recipe: Recipe,
    pub(crate) platforms: Vec<Platform>,
    pub(crate) mirror: Mirror,
    pub(crate) locations: Locations,
    pub(crate) compression: Compression,
    pub(crate) filter: Filter,
    /// `SOURCE_DATE_EPOCH`: nothing in the image is newer.
    pub(crate) epoch: Option<i64>,
    /// In the place of WordPress.org, for a mirror of it.
    pub(crate) wordpress_org: Option<Url>,
    /// Where the recipe's lock lies, whether or not there is one.
    pub(crate) lock_path: PathBuf,
}

impl Request {
    /// Reads the recipe and decides everything that the archive has no say in.
    pub(crate) fn resolve(settings: &SourceSettings, context: &Context) -> Result<Self, Failure> {
        let mut recipe = Recipe::read(&settings.recipe)?;
        site::complete_from_composer(&mut recipe)?;
        locale::complete(&mut recipe);
        let mirror = Mirror::find(settings.mirror.as_ref(), recipe.debian.mirror.as_ref())?;
        for warning in mirror.warnings() {
            context.report.warning(warning);
        }
        context.report.detail(&format!("mirror: {mirror}"));
        let platforms = platforms(settings, &recipe)?;
        let patterns =
            |globs: &[recipe::Glob]| globs.iter().map(ToString::to_string).collect::<Vec<_>>();
        let filter = Filter::new(&patterns(&recipe.image.keep), &patterns(&recipe.image.drop))?;
        let epoch = settings
            .source_date_epoch
            .and_then(|seconds| i64::try_from(seconds).ok());
        let recipes = recipe.debian.snapshot.as_ref().map(ToString::to_string);
        let snapshot = settings.snapshot.clone().or(recipes);
        let locations = Locations::network(mirror.clone(), snapshot.as_deref())?;
        Ok(Self {
            platforms,
            mirror,
            locations,
            compression: level(recipe.image.compression),
            filter,
            epoch,
            wordpress_org: settings.wordpress_org.clone(),
            lock_path: lock_path(&settings.recipe),
            recipe,
        })
    }

    /// Takes another compression than the recipe's.
    pub(crate) fn with_compression(mut self, choice: Option<CompressionChoice>) -> Self {
        if let Some(choice) = choice {
            self.compression = level(choice.into());
        }
        self
    }

    /// Takes everything from the directory that `wpimg vendor` wrote.
    pub(crate) fn with_vendor(mut self, directory: Option<PathBuf>) -> Self {
        if let Some(directory) = directory {
            self.locations = Locations::Vendor(directory);
        }
        self
    }
}

/// Beside the recipe, with its name.
fn lock_path(recipe: &RecipeLocation) -> PathBuf {
    match recipe {
        RecipeLocation::File(path) => path.with_extension("lock"),
        RecipeLocation::BuiltIn => PathBuf::from("wpimg.lock"),
    }
}

fn platforms(settings: &SourceSettings, recipe: &Recipe) -> Result<Vec<Platform>, Failure> {
    let mut platforms = Vec::new();
    for text in &settings.platforms {
        platforms.push(text.parse::<Platform>()?);
    }
    if platforms.is_empty() {
        platforms.clone_from(&recipe.image.platforms);
    }
    if platforms.is_empty() {
        platforms.push(Platform::LINUX_AMD64);
    }
    platforms.sort();
    platforms.dedup();
    Ok(platforms)
}

fn level(method: recipe::Compression) -> Compression {
    match method {
        recipe::Compression::Zstd => Compression::Zstd { level: ZSTD_LEVEL },
        recipe::Compression::Gzip => Compression::Gzip { level: GZIP_LEVEL },
        recipe::Compression::None => Compression::None,
    }
}

impl From<CompressionChoice> for recipe::Compression {
    fn from(choice: CompressionChoice) -> Self {
        match choice {
            CompressionChoice::Zstd => Self::Zstd,
            CompressionChoice::Gzip => Self::Gzip,
            CompressionChoice::None => Self::None,
        }
    }
}
