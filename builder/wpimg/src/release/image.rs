//! Which image: a tag or a reference becomes a digest, and the platforms that it is for.

use serde_json::Value;
use wpimg_oci::image::{DescriptorPlatform, Index, Manifest};
use wpimg_registry::{FetchedManifest, Reference, Registry, RegistryError, Repository};
use wpimg_rollout::{PinnedImage, verify::ImageFacts};

use super::ReleaseError;
use crate::error_report::Failure;

/// Far above the configuration of any image.
const CONFIG_LIMIT: u64 = 1 << 20;

/// An image that is there.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) pinned: PinnedImage,
    /// Each an operating system and an architecture.
    pub(crate) platforms: Vec<(String, String)>,
}

impl Found {
    pub(crate) fn facts(&self) -> ImageFacts {
        ImageFacts::Platforms(self.platforms.clone())
    }
}

/// Finds an image. A name without a slash is a tag or a digest in the site's own repository.
pub(crate) async fn find(
    name: &str,
    repository: &str,
    registry: &Registry,
) -> Result<Found, Failure> {
    let full = full_name(name, repository);
    let reference: Reference = full.parse()?;
    let fetched = match registry.manifest(&reference, &[]).await {
        Ok(fetched) => fetched,
        Err(RegistryError::NotFound { .. } | RegistryError::RepositoryUnknown { .. }) => {
            return Err(ReleaseError::NoImage { image: full }.into());
        }
        Err(error) => return Err(error.into()),
    };
    let digest = fetched.descriptor.digest;
    let pinned = format!("{}@{digest}", reference.repository()).parse();
    let platforms = platforms(&fetched, reference.repository(), registry).await?;
    Ok(Found {
        pinned: pinned.map_err(ReleaseError::from)?,
        platforms: platforms.ok_or(ReleaseError::NotAnImage { image: full })?,
    })
}

fn full_name(name: &str, repository: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else if name.starts_with("sha256:") {
        format!("{repository}@{name}")
    } else {
        format!("{repository}:{name}")
    }
}

/// Nothing where it is no image.
async fn platforms(
    fetched: &FetchedManifest,
    repository: &Repository,
    registry: &Registry,
) -> Result<Option<Vec<(String, String)>>, Failure> {
    if let Ok(index) = Index::from_slice(&fetched.bytes) {
        let platforms = index
            .manifests
            .iter()
            .filter_map(|image| image.platform.as_ref());
        let pair =
            |platform: &DescriptorPlatform| (platform.os.clone(), platform.architecture.clone());
        return Ok(Some(platforms.map(pair).collect()));
    }
    let Ok(manifest) = Manifest::from_slice(&fetched.bytes) else {
        return Ok(None);
    };
    let config = registry
        .blob_bytes(repository, &manifest.config, CONFIG_LIMIT)
        .await?;
    let config: Value = serde_json::from_slice(&config).unwrap_or_default();
    let text = |name: &str| config[name].as_str().map(str::to_owned);
    Ok(text("os").zip(text("architecture")).map(|pair| vec![pair]))
}

#[cfg(test)]
mod tests {
    use super::full_name;

    #[test]
    fn a_name_without_a_slash_is_of_the_sites_repository() {
        for (name, full) in [
            ("v2", "registry.example/shop:v2"),
            ("sha256:00", "registry.example/shop@sha256:00"),
            ("other.example/shop:v2", "other.example/shop:v2"),
        ] {
            assert_eq!(full_name(name, "registry.example/shop"), full);
        }
    }
}
