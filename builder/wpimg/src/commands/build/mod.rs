//! `wpimg build`: from a recipe to an image.
//!
//! ```text
//! request          recipe, mirror, platforms
//! archive          InRelease of every suite, verified; indexes by hash
//! selection        which packages
//! packages         fetched and taken apart
//! platform_image   merged, effects applied, proved complete, layered
//! output           layout, archive, Docker Engine
//! result           the digest, or JSON
//! ```

mod archive;
mod hints;
mod image;
mod layers;
mod output;
mod packages;
mod platform_image;
mod request;
mod result;
mod selection;
mod site_files;
mod tools;

use crate::{
    cache::Cache,
    cli::BuildArgs,
    commands::Context,
    docker::Daemon,
    error_report::CommandResult,
    exit_status::ExitStatus,
    fetch::{Fetcher, RetryPolicy},
    recipe::ImageName,
    settings::BuildSettings,
};
use archive::Archive;
use request::Request;
use site_files::SiteFileError;
use tools::Tools;

/// Builds the images and writes them; the digest is the one line on standard output.
pub(crate) async fn build(arguments: BuildArgs, context: &Context) -> CommandResult {
    let settings = BuildSettings::resolve(arguments, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools {
        fetcher: Fetcher::new(RetryPolicy::default())?,
        cache: Cache::open(&context.settings.cache_directory)?,
        keyring: archive::keyring(context.environment.keyring.as_deref())?,
        report: context.report.clone(),
        jobs: context.settings.jobs.get(),
    };
    // What the recipe gets wrong about its own files is said before anything is fetched.
    let with_files = |&platform| Ok((platform, site_files::collect(&request.recipe, platform)?));
    let platforms = request.platforms.iter().map(with_files);
    let platforms = platforms.collect::<Result<Vec<_>, SiteFileError>>()?;
    // A daemon that does not answer is no reason to fetch and build first.
    let daemon = match &settings.load {
        Some(host) => Some(Daemon::connect(host).await?),
        None => None,
    };
    let archive = Archive::open(&request, &tools).await?;
    let mut images = Vec::new();
    for (platform, site_files) in platforms {
        let image =
            platform_image::build(&request, platform, &site_files, &archive, &tools).await?;
        images.push((platform, image));
    }
    let tags = match settings.tags.as_slice() {
        [] => vec![request.recipe.image.name.tagged()],
        tags => tags.iter().map(ImageName::tagged).collect(),
    };
    let written = output::collect(&images, tags, &tools)?;
    written.write(&settings.output, &tools)?;
    if let Some(daemon) = &daemon {
        output::load(&written, daemon, &tools).await?;
    }
    let result = result::text(&written, &images, &settings, context.settings.format);
    context.report.data(&result)?;
    Ok(ExitStatus::Success)
}
