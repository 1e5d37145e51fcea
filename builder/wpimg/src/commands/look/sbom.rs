//! `wpimg sbom`: the documents of an image, made now or fetched from where they are attached.

use thiserror::Error;
use wpimg_bom::media_type;
use wpimg_oci::image::{Index, Manifest};
use wpimg_registry::Reference;

use crate::{
    cli::{DocumentChoice, SbomArgs},
    commands::Context,
    error_report::{CommandResult, Failure, Hint},
    exit_status::ExitStatus,
    pipeline::{
        bill::Documents, image, inputs, output, request::Request, site::SiteContent, tools::Tools,
    },
    registries,
    settings::{Locking, SourceSettings},
};

/// The largest document of any image is far below.
const LARGEST_DOCUMENT: u64 = 64 << 20;

/// Nothing is attached.
#[derive(Debug, Error)]
#[error("nothing of type {media_type} is attached to `{name}`")]
struct NothingAttached {
    name: String,
    media_type: &'static str,
}

impl Hint for NothingAttached {
    fn hint(&self) -> Option<String> {
        Some(
            "`wpimg build --push` attaches it; `wpimg sbom` makes it from recipe and lock"
                .to_owned(),
        )
    }
}

pub(crate) async fn sbom(arguments: SbomArgs, context: &Context) -> CommandResult {
    let document = match &arguments.image {
        Some(name) => attached(name, arguments.document, context).await?,
        None => made(&arguments, context).await?,
    };
    context.report.data(&document)?;
    Ok(ExitStatus::Success)
}

/// The document of the recipe's first platform.
async fn made(arguments: &SbomArgs, context: &Context) -> Result<String, Failure> {
    let settings = SourceSettings::resolve(arguments.source.clone(), &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools::open(&settings, context)?;
    let lock = inputs::lock(&request, Locking::IfPresent)?;
    let content = SiteContent::collect(&request, lock.as_ref(), &tools).await?;
    let selections = inputs::selections(&request, lock.as_ref(), &tools).await?;
    let images = image::build_all(&request, &selections, &content, &tools).await?;
    let root = output::collect(&images, Vec::new(), &tools)?.digest;
    let index = (images.len() > 1).then_some(root);
    let mut documents = images
        .iter()
        .map(|image| Documents::of(image, index, &content, &request, lock.as_ref()));
    let documents = documents.next().transpose()?;
    let bytes = documents.map(|documents| match arguments.document {
        DocumentChoice::Spdx => documents.spdx,
        DocumentChoice::Cyclonedx => documents.cyclonedx,
        DocumentChoice::Provenance => documents.provenance,
    });
    Ok(text(&bytes.unwrap_or_default()))
}

async fn attached(
    name: &str,
    document: DocumentChoice,
    context: &Context,
) -> Result<String, Failure> {
    let reference: Reference = name.parse()?;
    let registry = registries::open(&context.environment)?;
    let media_type = match document {
        DocumentChoice::Spdx => media_type::SPDX,
        DocumentChoice::Cyclonedx => media_type::CYCLONEDX,
        DocumentChoice::Provenance => media_type::IN_TOTO,
    };
    let top = registry.manifest(&reference, &[]).await?;
    let mut subjects = vec![top.descriptor.digest];
    // Documents are attached to the images of an index.
    if let Ok(index) = Index::from_slice(&top.bytes) {
        subjects.extend(index.manifests.iter().map(|image| image.digest));
    }
    let repository = reference.repository();
    for subject in subjects {
        let referrers = registry.referrers(repository, subject).await?;
        let of_type =
            |it: &&wpimg_oci::image::Descriptor| it.artifact_type.as_deref() == Some(media_type);
        let Some(found) = referrers.iter().find(of_type) else {
            continue;
        };
        let artifact = repository.at_digest(found.digest);
        let manifest = registry.manifest(&artifact, &[]).await?;
        if let Ok(manifest) = Manifest::from_slice(&manifest.bytes)
            && let Some(layer) = manifest.layers.first()
        {
            let bytes = registry
                .blob_bytes(repository, layer, LARGEST_DOCUMENT)
                .await?;
            return Ok(text(&bytes));
        }
    }
    Err(NothingAttached {
        name: name.to_owned(),
        media_type,
    }
    .into())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}
