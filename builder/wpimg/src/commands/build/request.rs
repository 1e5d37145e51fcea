//! What is to be built: settings, recipe and mirror, brought together.

use wpimg_assemble::filter::Filter;
use wpimg_oci::layer::Compression;
use wpimg_oci::platform::Platform;

use crate::cli::CompressionChoice;
use crate::commands::Context;
use crate::error_report::Failure;
use crate::mirror::Mirror;
use crate::recipe::{self, Recipe};
use crate::settings::BuildSettings;

/// zstd level, a balance on the default image: 3 is 7 % larger and takes a third less time to build,
/// 12 is 3 % smaller and takes twice the time.
const ZSTD_LEVEL: i32 = 7;
/// gzip level: zlib's own default.
const GZIP_LEVEL: u32 = 6;

/// A build, fully specified.
pub(super) struct Request {
    pub(super) recipe: Recipe,
    pub(super) platforms: Vec<Platform>,
    pub(super) mirror: Mirror,
    pub(super) compression: Compression,
    pub(super) filter: Filter,
    /// `SOURCE_DATE_EPOCH`: nothing in the image is newer.
    pub(super) epoch: Option<i64>,
}

impl Request {
    /// Reads the recipe and decides everything that the archive has no say in.
    pub(super) fn resolve(settings: &BuildSettings, context: &Context) -> Result<Self, Failure> {
        let recipe = Recipe::read(&settings.recipe)?;
        let mirror = Mirror::find(settings.mirror.as_ref(), recipe.debian.mirror.as_ref())?;
        for warning in mirror.warnings() {
            context.report.warning(warning);
        }
        context.report.detail(&format!("mirror: {mirror}"));
        let platforms = platforms(settings, &recipe)?;
        let patterns =
            |globs: &[recipe::Glob]| globs.iter().map(ToString::to_string).collect::<Vec<_>>();
        let filter = Filter::new(&patterns(&recipe.image.keep), &patterns(&recipe.image.drop))?;
        let compression = match settings.compression {
            Some(choice) => level(choice.into()),
            None => level(recipe.image.compression),
        };
        let epoch = settings
            .source_date_epoch
            .and_then(|seconds| i64::try_from(seconds).ok());
        Ok(Self {
            recipe,
            platforms,
            mirror,
            compression,
            filter,
            epoch,
        })
    }
}

fn platforms(settings: &BuildSettings, recipe: &Recipe) -> Result<Vec<Platform>, Failure> {
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
