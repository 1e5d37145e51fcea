//! `wpimg build`: from a recipe to an image.

mod for_release;
mod made;
mod result;

pub(crate) use for_release::for_release;

use crate::{
    cli::BuildArgs,
    commands::{Context, push},
    docker::Daemon,
    error_report::CommandResult,
    exit_status::ExitStatus,
    github,
    pipeline::{output, publish},
    recipe::ImageName,
    registries,
    settings::BuildSettings,
};
use made::{Made, Order};

/// Builds the images and writes them; the digest is the one line on standard output.
pub(crate) async fn build(arguments: BuildArgs, context: &Context) -> CommandResult {
    let settings = BuildSettings::resolve(arguments, &context.environment)?;
    let order = Order::of(&settings, context)?;
    // A push that cannot be is no reason to build first.
    let destinations = if settings.push {
        publish::destinations(&settings.tags, &order.request.recipe)?
    } else {
        Vec::new()
    };
    let registry = registries::open(&context.environment)?;
    let order = order.checked(settings.locking).await?;
    // A daemon that does not answer is no reason to fetch and build first.
    let daemon = match &settings.load {
        Some(host) => Some(Daemon::connect(host).await?),
        None => None,
    };
    let made = order.make().await?;
    let Made { images, tools, .. } = &made;
    let tags = match settings.tags.as_slice() {
        [] => vec![made.request.recipe.image.name.tagged()],
        tags => tags.iter().map(ImageName::tagged).collect(),
    };
    let written = output::collect(images, tags, tools)?;
    written.write(&settings.output, tools)?;
    if let Some(daemon) = &daemon {
        output::load(&written, daemon, tools).await?;
    }
    let missing = settings.destination.missing();
    made.publish(&destinations, (&registry, missing), written.digest)
        .await?;
    if let Some(path) = &settings.destination.digest_file {
        push::write_digest(path, &written.digest.to_string())?;
    }
    let digest = written.digest.to_string();
    let reference = destinations.first();
    let reference = reference.map(|to| format!("{}@{digest}", to.repository));
    let reference = reference.unwrap_or_default();
    let outputs = [("digest", digest.as_str()), ("reference", &reference)];
    github::write_outputs(&outputs, &context.environment)?;
    let result = result::text(&written, images, &settings, context.settings.format);
    context.report.data(&result)?;
    Ok(ExitStatus::Success)
}
