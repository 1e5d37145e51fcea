//! Descriptors: what one document says about a blob it refers to (image-spec `descriptor.md`).
//!
//! On the wire they are the descriptors of the crate `oci-spec`; here the digest is a SHA-256 for
//! certain, and annotations are sorted.

use std::collections::{BTreeMap, HashMap};

use oci_spec::image as spec;
use serde::{Deserialize, Serialize};

use crate::{
    digest::{Digest, DigestError},
    layer::LayerBlob,
    platform::Platform,
};

/// A reference to a blob by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "spec::Descriptor", into = "spec::Descriptor")]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    pub artifact_type: Option<String>,
    pub platform: Option<DescriptorPlatform>,
    pub annotations: BTreeMap<String, String>,
}

/// The platform an index entry is for; unlike [`Platform`] it can name any, as foreign images do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptorPlatform {
    pub architecture: String,
    pub os: String,
    pub variant: Option<String>,
}

impl Descriptor {
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            artifact_type: None,
            platform: None,
            annotations: BTreeMap::new(),
        }
    }

    /// Describes `bytes`.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    #[must_use]
    pub fn with_platform(mut self, platform: Platform) -> Self {
        self.platform = Some(platform.into());
        self
    }

    #[must_use]
    pub fn with_annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }
}

impl From<&LayerBlob> for Descriptor {
    fn from(layer: &LayerBlob) -> Self {
        Self::new(layer.media_type, layer.digest, layer.size)
    }
}

impl TryFrom<spec::Descriptor> for Descriptor {
    type Error = DigestError;

    fn try_from(wire: spec::Descriptor) -> Result<Self, DigestError> {
        Ok(Self {
            media_type: wire.media_type().to_string(),
            digest: wire.digest().as_ref().parse()?,
            size: wire.size(),
            artifact_type: wire.artifact_type().as_ref().map(ToString::to_string),
            platform: wire.platform().as_ref().map(DescriptorPlatform::from),
            annotations: wire.annotations().clone().into_iter().flatten().collect(),
        })
    }
}

impl From<Descriptor> for spec::Descriptor {
    fn from(descriptor: Descriptor) -> Self {
        let media_type = spec::MediaType::from(&*descriptor.media_type);
        let mut wire = Self::new(media_type, descriptor.size, &descriptor.digest);
        wire.set_artifact_type(descriptor.artifact_type.as_deref().map(Into::into));
        wire.set_platform(descriptor.platform.map(Into::into));
        wire.set_annotations(unless_empty(descriptor.annotations));
        wire
    }
}

impl From<&Digest> for spec::Digest {
    fn from(digest: &Digest) -> Self {
        let hex = digest.hex().parse::<spec::Sha256Digest>();
        hex.expect("a digest is 64 lower-case hexadecimal digits")
            .into()
    }
}

/// Annotations as the wire has them: left out rather than empty.
pub(super) fn unless_empty(
    annotations: BTreeMap<String, String>,
) -> Option<HashMap<String, String>> {
    (!annotations.is_empty()).then(|| annotations.into_iter().collect())
}

impl From<&spec::Platform> for DescriptorPlatform {
    fn from(wire: &spec::Platform) -> Self {
        Self {
            architecture: wire.architecture().to_string(),
            os: wire.os().to_string(),
            variant: wire.variant().clone(),
        }
    }
}

impl From<DescriptorPlatform> for spec::Platform {
    fn from(platform: DescriptorPlatform) -> Self {
        let mut wire = Self::default();
        wire.set_architecture((*platform.architecture).into());
        wire.set_os((*platform.os).into());
        wire.set_variant(platform.variant);
        wire
    }
}

impl From<Platform> for DescriptorPlatform {
    fn from(platform: Platform) -> Self {
        Self {
            architecture: platform.architecture().to_owned(),
            os: platform.os().to_owned(),
            variant: platform.variant().map(str::to_owned),
        }
    }
}

impl DescriptorPlatform {
    /// Returns the supported platform this is, if it is one.
    pub fn supported(&self) -> Option<Platform> {
        let Self {
            os,
            architecture,
            variant,
        } = self;
        let text = match variant {
            Some(variant) => format!("{os}/{architecture}/{variant}"),
            None => format!("{os}/{architecture}"),
        };
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical;

    #[test]
    fn a_foreign_descriptor_is_written_as_it_was_read() {
        let digest = Digest::of(b"x");
        for json in [
            format!(r#"{{"digest":"{digest}","mediaType":"text/x-own","size":1}}"#),
            format!(
                r#"{{"annotations":{{"a":"1","b":"2"}},"artifactType":"text/x","digest":"{digest}","mediaType":"application/vnd.oci.image.manifest.v1+json","platform":{{"architecture":"loong64","os":"plan9","variant":"v1"}},"size":18446744073709551615}}"#
            ),
        ] {
            let descriptor: Descriptor = serde_json::from_str(&json).unwrap();
            let written = canonical::to_vec(&descriptor).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), json);
        }
    }

    #[test]
    fn digests_that_wpimg_cannot_use_are_refused_by_name() {
        let sha512 = format!("sha512:{}", "0".repeat(128));
        for (digest, expected) in [
            (&*sha512, "does not use sha256"),
            ("sha256:00", "Invalid digest length"),
            ("sha256", "missing ':'"),
        ] {
            let json = format!(r#"{{"digest":"{digest}","mediaType":"text/x","size":1}}"#);
            let error = serde_json::from_str::<Descriptor>(&json).unwrap_err();
            assert!(error.to_string().contains(expected), "{digest}: {error}");
        }
    }
}
