//! `wpimg build`: from a recipe to an image.

mod result;

use crate::{
    cli::BuildArgs,
    commands::{Context, push},
    docker::Daemon,
    error_report::CommandResult,
    exit_status::ExitStatus,
    github,
    pipeline::{
        bill::Documents, image, inputs, output, publish, request::Request, site::SiteContent,
        tools::Tools,
    },
    recipe::ImageName,
    registries,
    settings::BuildSettings,
};

/// Builds the images and writes them; the digest is the one line on standard output.
pub(crate) async fn build(arguments: BuildArgs, context: &Context) -> CommandResult {
    let settings = BuildSettings::resolve(arguments, &context.environment)?;
    let request = Request::resolve(&settings.source, context)?
        .with_compression(settings.compression)
        .with_vendor(settings.vendor.clone());
    let tools = Tools::open(&settings.source, context)?;
    // A push that cannot be is no reason to build first.
    let destinations = if settings.push {
        publish::destinations(&settings.tags, &request.recipe)?
    } else {
        Vec::new()
    };
    let registry = registries::open(&context.environment)?;
    let lock = inputs::lock(&request, settings.locking)?;
    // What the recipe gets wrong about its own files is said before anything is fetched.
    let content = SiteContent::collect(&request, lock.as_ref(), &tools).await?;
    // A daemon that does not answer is no reason to fetch and build first.
    let daemon = match &settings.load {
        Some(host) => Some(Daemon::connect(host).await?),
        None => None,
    };
    let selections = inputs::selections(&request, lock.as_ref(), &tools).await?;
    let images = image::build_all(&request, &selections, &content, &tools).await?;
    let tags = match settings.tags.as_slice() {
        [] => vec![request.recipe.image.name.tagged()],
        tags => tags.iter().map(ImageName::tagged).collect(),
    };
    let written = output::collect(&images, tags, &tools)?;
    written.write(&settings.output, &tools)?;
    if let Some(daemon) = &daemon {
        output::load(&written, daemon, &tools).await?;
    }
    let index = (images.len() > 1).then_some(written.digest);
    let documents = images
        .iter()
        .map(|image| Documents::of(image, index, &content, &request, lock.as_ref()));
    let documents: Vec<Documents> = documents.collect::<Result<_, _>>()?;
    for destination in &destinations {
        let to = (&registry, settings.destination.missing());
        publish::push_built(&images, destination, to, &tools).await?;
        publish::attach(&images, &documents, destination, &registry, &tools.report).await;
    }
    if let Some(path) = &settings.destination.digest_file {
        push::write_digest(path, &written.digest.to_string())?;
    }
    let digest = written.digest.to_string();
    let reference = destinations.first();
    let reference = reference.map(|to| format!("{}@{digest}", to.repository));
    let reference = reference.unwrap_or_default();
    let outputs = [("digest", digest.as_str()), ("reference", &reference)];
    github::write_outputs(&outputs, &context.environment)?;
    let result = result::text(&written, &images, &settings, context.settings.format);
    context.report.data(&result)?;
    Ok(ExitStatus::Success)
}
