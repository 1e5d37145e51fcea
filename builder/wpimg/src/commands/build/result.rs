//! What `wpimg build` prints on standard output: the digest alone, or one JSON document.

use serde::Serialize;

use crate::cli::Format;
use crate::pipeline::image::BuiltImage;
use crate::pipeline::output::Written;
use crate::report::json_text;
use crate::settings::BuildSettings;

/// `wpimg build --format json`.
#[derive(Serialize)]
struct BuildDocument<'a> {
    schema: &'static str,
    /// Of the image, or of the image index when there are several platforms.
    digest: String,
    output: String,
    tags: &'a [String],
    images: Vec<ImageDocument<'a>>,
}

#[derive(Serialize)]
struct ImageDocument<'a> {
    platform: String,
    digest: String,
    compressed_size: u64,
    layers: Vec<LayerDocument<'a>>,
}

#[derive(Serialize)]
struct LayerDocument<'a> {
    name: &'a str,
    media_type: &'a str,
    digest: String,
    size: u64,
}

/// The result as one line.
pub(crate) fn text(
    written: &Written,
    images: &[BuiltImage],
    settings: &BuildSettings,
    format: Format,
) -> String {
    let digest = written.digest.to_string();
    match format {
        Format::Text => digest,
        Format::Json => {
            let document = BuildDocument {
                schema: "wpimg/build/1",
                digest,
                output: settings.output.path().display().to_string(),
                tags: &written.tags,
                images: images.iter().map(image).collect(),
            };
            json_text(&document)
        }
    }
}

fn image(image: &BuiltImage) -> ImageDocument<'_> {
    let layers = image.layers.iter().map(|layer| LayerDocument {
        name: &layer.name,
        media_type: &layer.media_type,
        digest: layer.digest.to_string(),
        size: layer.size,
    });
    ImageDocument {
        platform: image.platform.to_string(),
        digest: image.digest().to_string(),
        compressed_size: image.compressed_size(),
        layers: layers.collect(),
    }
}
