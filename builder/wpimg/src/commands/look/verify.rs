//! `wpimg verify`: the image again, from recipe and lock, and whether it is the same.

use serde::Serialize;
use wpimg_inspect::{Image, first_difference};
use wpimg_oci::digest::Digest;

use crate::{
    blocking::blocking,
    cli::{Format, VerifyArgs},
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    pipeline::{
        image::{self, BuiltImage},
        inputs, output,
        request::Request,
        site::SiteContent,
        subject::{self, LocalBlobs, Subject},
        tools::Tools,
    },
    registries,
    report::json_text,
    settings::{Locking, SourceSettings},
};

/// `wpimg verify --format json`.
#[derive(Serialize)]
struct VerifyDocument {
    schema: &'static str,
    reproduced: bool,
    expected: String,
    found: String,
    /// What differs first, per platform.
    differences: Vec<String>,
}

pub(crate) async fn verify(arguments: VerifyArgs, context: &Context) -> CommandResult {
    let settings = SourceSettings::resolve(arguments.source, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools::open(&settings, context)?;
    let lock = inputs::lock(&request, Locking::Required)?;
    let content = SiteContent::collect(&request, lock.as_ref(), &tools).await?;
    let selections = inputs::selections(&request, lock.as_ref(), &tools).await?;
    let images = image::build_all(&request, &selections, &content, &tools).await?;
    let expected = output::collect(&images, Vec::new(), &tools)?.digest;

    let registry = registries::open(&context.environment)?;
    let places = (&registry, &tools.cache, &tools.report);
    let mut found = expected;
    let mut differences = Vec::new();
    for image in &images {
        let named = &arguments.image;
        let subject = subject::open(named, Some(image.platform), places).await?;
        found = subject.root;
        let is_same = Digest::of(&subject.manifest) == image.digest();
        if !is_same {
            let difference = compare(image, subject, &tools).await?;
            differences.push(format!("{}: {difference}", image.platform));
        }
    }
    if differences.is_empty() && found != expected {
        differences.push("the images are the same, but the index around them is not".to_owned());
    }
    say(expected, found, differences, context)
}

/// What differs first between what was built and what was found.
async fn compare(image: &BuiltImage, subject: Subject, tools: &Tools) -> Result<String, Failure> {
    let mut blobs = LocalBlobs::default();
    for layer in &image.layers {
        // A layer that has vanished is named by whoever reads it.
        if let Some(path) = layer.path(&tools.cache) {
            blobs.add(layer.digest, path);
        }
    }
    blobs.add_bytes(image.config.clone().into_bytes());
    let manifest = image.manifest.clone().into_bytes();
    let difference = blocking(move || {
        let built = Image::read(&manifest, &blobs)?;
        let found = Image::read(&subject.manifest, &subject.blobs)?;
        first_difference((&built, &blobs), (&found, &subject.blobs))
    });
    let difference = difference.await?;
    Ok(difference.map_or_else(
        || "the manifests differ in nothing that is in an image".to_owned(),
        |difference| difference.to_string(),
    ))
}

fn say(
    expected: Digest,
    found: Digest,
    differences: Vec<String>,
    context: &Context,
) -> CommandResult {
    let reproduced = differences.is_empty();
    for difference in &differences {
        context.report.status("Differs", difference);
    }
    if reproduced {
        context
            .report
            .status("Verified", "recipe and lock give this image");
    }
    context.report.data(&match context.settings.format {
        Format::Text => expected.to_string(),
        Format::Json => json_text(&VerifyDocument {
            schema: "wpimg/verify/1",
            reproduced,
            expected: expected.to_string(),
            found: found.to_string(),
            differences,
        }),
    })?;
    Ok(if reproduced {
        ExitStatus::Success
    } else {
        ExitStatus::Different
    })
}
