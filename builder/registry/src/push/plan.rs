//! What a push has to do, decided before anything is sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use wpimg_oci::{digest::Digest, image::Descriptor};

use super::{PushRequest, image::Kind};
use crate::reference::Repository;

/// What the repository has already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    pub blobs: BTreeSet<Digest>,
    pub manifests: BTreeSet<Digest>,
    pub tags: BTreeMap<String, Digest>,
}

/// The steps of a push; each list is finished before the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushPlan {
    pub repository: Repository,
    pub blobs: Vec<(Digest, u64, BlobStep)>,
    pub manifests: Vec<(Descriptor, ManifestStep)>,
    pub tags: Vec<(String, TagStep)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobStep {
    /// It is there.
    Skip,
    /// The registry may have it in these repositories; it is sent if it has not.
    Mount {
        from: Vec<Repository>,
    },
    Send,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestStep {
    Skip,
    Put,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagStep {
    /// It names this image.
    Keep,
    Create,
    Move {
        from: Digest,
    },
}

impl PushPlan {
    pub fn new(request: &PushRequest, presence: &Presence) -> Self {
        let mut complete = true;
        let blobs = request.image.blobs.iter().map(|blob| {
            let step = if presence.blobs.contains(&blob.digest) {
                BlobStep::Skip
            } else if request.mount_from.is_empty() {
                BlobStep::Send
            } else {
                BlobStep::Mount {
                    from: request.mount_from.clone(),
                }
            };
            complete &= step == BlobStep::Skip;
            (blob.digest, blob.size, step)
        });
        let blobs = blobs.collect();
        let manifests = request.image.manifests.iter().map(|document| {
            let descriptor = document.descriptor();
            // A registry that has lost a blob may have checked its manifests long ago.
            let there = complete && presence.manifests.contains(&descriptor.digest);
            let step = if there {
                ManifestStep::Skip
            } else {
                ManifestStep::Put
            };
            (descriptor.clone(), step)
        });
        let root = request.image.root().map(|root| root.digest);
        let tags = request.tags.iter().map(|tag| {
            let step = match presence.tags.get(tag) {
                Some(digest) if Some(*digest) == root => TagStep::Keep,
                Some(digest) => TagStep::Move { from: *digest },
                None => TagStep::Create,
            };
            (tag.clone(), step)
        });
        Self {
            repository: request.repository.clone(),
            blobs,
            manifests: manifests.collect(),
            tags: tags.collect(),
        }
    }

    /// Returns the most bytes that may have to be sent.
    pub fn bytes_to_send(&self) -> u64 {
        let sent = self
            .blobs
            .iter()
            .filter(|(_, _, step)| *step != BlobStep::Skip);
        sent.fold(0, |sum, (_, size, _)| sum.saturating_add(*size))
    }
}

/// One line per step, for a dry run.
impl fmt::Display for PushPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (digest, size, step) in &self.blobs {
            match step {
                BlobStep::Skip => writeln!(formatter, "skip blob {digest} ({size} bytes)")?,
                BlobStep::Send => writeln!(formatter, "send blob {digest} ({size} bytes)")?,
                BlobStep::Mount { from } => {
                    let from: Vec<_> = from.iter().map(Repository::name).collect();
                    let from = from.join(", ");
                    writeln!(formatter, "mount blob {digest} ({size} bytes) from {from}")?;
                }
            }
        }
        for (descriptor, step) in &self.manifests {
            let verb = match step {
                ManifestStep::Skip => "skip",
                ManifestStep::Put => "put",
            };
            let kind = Kind(&descriptor.media_type);
            writeln!(formatter, "{verb} {kind} {}", descriptor.digest)?;
        }
        for (tag, step) in &self.tags {
            match step {
                TagStep::Keep => writeln!(formatter, "keep tag {tag}")?,
                TagStep::Create => writeln!(formatter, "create tag {tag}")?,
                TagStep::Move { from } => writeln!(formatter, "move tag {tag} from {from}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wpimg_oci::{manifest::Manifest, media_type};

    use super::*;
    use crate::push::{Blob, ManifestDocument, PushImage};

    fn request() -> PushRequest {
        let repository: Repository = "r.example/shop".parse().unwrap();
        let manifest = Manifest::new(
            Descriptor::of(media_type::IMAGE_CONFIG, b"{}"),
            vec![Descriptor::of(media_type::LAYER_TAR, b"layer")],
        );
        let image = PushImage::new(
            vec![Blob::bytes(&b"{}"[..]), Blob::bytes(&b"layer"[..])],
            vec![ManifestDocument::new(
                media_type::IMAGE_MANIFEST,
                manifest.to_bytes().unwrap(),
            )],
            &repository,
        );
        let request = PushRequest::new(image.unwrap(), repository);
        request
            .tag("1.2")
            .unwrap()
            .tag("latest")
            .unwrap()
            .tag("1.2")
            .unwrap()
    }

    #[test]
    fn only_what_is_missing_is_planned() {
        let mut presence = Presence::default();
        presence.blobs.insert(Digest::of(b"{}"));
        presence
            .tags
            .insert("latest".to_owned(), Digest::of(b"old"));
        let plan = PushPlan::new(&request(), &presence);
        insta::assert_snapshot!(plan, @"
        skip blob sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a (2 bytes)
        send blob sha256:dac1d7cfa95021764849fd102524e141488c5e3a90f861dbb5a12d9ac8584f85 (5 bytes)
        put manifest sha256:39cd65443454a3ce47dd298e7f06f54677541e52d3cc5f30ef3ba05f99883081
        create tag 1.2
        move tag latest from sha256:cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4
        ");
        assert_eq!(plan.bytes_to_send(), 5);
    }

    #[test]
    fn a_manifest_that_is_there_is_put_again_when_a_blob_was_lost() {
        let request = request();
        let root = request.image.root().unwrap().digest;
        let mut presence = Presence::default();
        presence.manifests.insert(root);
        presence.tags.insert("1.2".to_owned(), root);
        presence.blobs.insert(Digest::of(b"{}"));
        let plan = PushPlan::new(&request, &presence);
        assert_eq!(plan.manifests[0].1, ManifestStep::Put);
        presence.blobs.insert(Digest::of(b"layer"));
        let plan = PushPlan::new(&request, &presence);
        assert_eq!(plan.manifests[0].1, ManifestStep::Skip);
        assert_eq!(plan.tags[0].1, TagStep::Keep);
        assert_eq!(plan.bytes_to_send(), 0);
    }

    #[test]
    fn a_repository_of_another_host_is_not_mounted_from() {
        let plan = |from: &str| {
            let request = request().mount_from(from.parse().unwrap());
            PushPlan::new(&request, &Presence::default()).blobs[0]
                .2
                .clone()
        };
        assert!(matches!(plan("r.example/dev"), BlobStep::Mount { .. }));
        assert_eq!(plan("other.example/dev"), BlobStep::Send);
        assert_eq!(plan("r.example/shop"), BlobStep::Send);
    }
}
