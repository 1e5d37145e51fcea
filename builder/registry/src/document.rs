//! What a manifest or an index names: the part of it that a registry checks.
//!
//! Docker's schema 2 documents have the same members as OCI's and are copied as they are; schema 1
//! is refused. Foreign layers, which lie outside every registry, are not followed.

use serde::Deserialize;
use wpimg_oci::{image::Descriptor, media_type};

use crate::error::{RegistryError, Target};

pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Everything that can be read here, the richest first.
pub(crate) const READABLE: [&str; 4] = [
    media_type::IMAGE_INDEX,
    media_type::IMAGE_MANIFEST,
    DOCKER_LIST,
    DOCKER_MANIFEST,
];
/// The least that registries agree to accept, and more than any image of ours has.
pub(crate) const LARGEST: usize = 4 * 1024 * 1024;
const MOST_ENTRIES: usize = 4096;

/// The manifests and blobs a document names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) children: Vec<Descriptor>,
    pub(crate) blobs: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct IndexWire {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct ManifestWire {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
}

impl Links {
    pub(crate) fn of(
        target: &Target,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Self, RegistryError> {
        let links = match media_type {
            media_type::IMAGE_INDEX | DOCKER_LIST => Self {
                children: parse::<IndexWire>(target, bytes)?.manifests,
                blobs: Vec::new(),
            },
            media_type::IMAGE_MANIFEST | DOCKER_MANIFEST => {
                let ManifestWire { config, mut layers } = parse(target, bytes)?;
                layers.retain(|layer| !is_foreign(&layer.media_type));
                layers.insert(0, config);
                Self {
                    children: Vec::new(),
                    blobs: layers,
                }
            }
            _ => {
                return Err(RegistryError::MediaType {
                    target: target.clone(),
                    media_type: clean(media_type),
                });
            }
        };
        if links.children.len() + links.blobs.len() > MOST_ENTRIES {
            return Err(RegistryError::TooMany {
                target: target.clone(),
                limit: MOST_ENTRIES,
            });
        }
        Ok(links)
    }
}

/// Finds out what a document is. Header and document have to agree, or one client could read as
/// an index what another reads as a manifest.
pub(crate) fn media_type_of(
    target: &Target,
    header: Option<String>,
    bytes: &[u8],
) -> Result<String, RegistryError> {
    let Named { media_type: inner } = parse(target, bytes)?;
    match (header, inner) {
        (Some(header), Some(inner)) if header != inner && READABLE.contains(&&*header) => {
            Err(RegistryError::MediaType {
                target: target.clone(),
                media_type: clean(&inner),
            })
        }
        (_, Some(media_type)) | (Some(media_type), None) => Ok(clean(&media_type)),
        (None, None) => Err(RegistryError::MediaType {
            target: target.clone(),
            media_type: String::new(),
        }),
    }
}

pub(crate) fn parse<'a, T: Deserialize<'a>>(
    target: &Target,
    bytes: &'a [u8],
) -> Result<T, RegistryError> {
    serde_json::from_slice(bytes).map_err(|error| RegistryError::Json {
        target: target.clone(),
        reason: clean(&error.to_string()),
    })
}

fn is_foreign(media_type: &str) -> bool {
    media_type.contains(".foreign.") || media_type.contains(".nondistributable.")
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use wpimg_oci::manifest::{Index, Manifest};

    use super::*;

    fn target() -> Target {
        Target::manifest(&"r.example/shop".parse().unwrap(), "latest")
    }

    #[test]
    fn a_manifest_names_its_config_and_its_layers_but_no_foreign_ones() {
        let layer = Descriptor::of(media_type::LAYER_TAR_ZSTD, b"layer");
        let foreign = Descriptor::of(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            b"",
        );
        let config = Descriptor::of(media_type::IMAGE_CONFIG, b"{}");
        let manifest = Manifest::new(config.clone(), vec![layer.clone(), foreign]);
        let bytes = manifest.to_bytes().unwrap();
        let links = Links::of(&target(), media_type::IMAGE_MANIFEST, &bytes).unwrap();
        assert_eq!(links.blobs, [config, layer]);
        assert!(Links::of(&target(), media_type::IMAGE_INDEX, &bytes).is_err());
        assert!(Links::of(&target(), "application/json", &bytes).is_err());
    }

    #[test]
    fn header_and_document_have_to_agree() {
        let bytes = Index::new(Vec::new()).to_bytes().unwrap();
        let of =
            |header: Option<&str>| media_type_of(&target(), header.map(str::to_owned), &bytes).ok();
        let index = Some(media_type::IMAGE_INDEX.to_owned());
        assert_eq!(of(None), index);
        assert_eq!(of(Some("application/json")), index);
        assert_eq!(of(Some(media_type::IMAGE_MANIFEST)), None);
    }

    #[test]
    fn a_list_that_never_ends_is_refused() {
        let many = vec![Descriptor::of(media_type::IMAGE_MANIFEST, b""); MOST_ENTRIES + 1];
        let bytes = Index::new(many).to_bytes().unwrap();
        assert!(matches!(
            Links::of(&target(), media_type::IMAGE_INDEX, &bytes),
            Err(RegistryError::TooMany { .. })
        ));
    }
}
