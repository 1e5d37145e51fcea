//! Annotation and label keys of the OCI image-spec (`annotations.md`) that wpimg writes.

/// The tag by which an entry of a layout's `index.json` is known.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The moment the image was built, RFC 3339.
pub const CREATED: &str = "org.opencontainers.image.created";
/// A human-readable title.
pub const TITLE: &str = "org.opencontainers.image.title";
/// The version of the packaged software.
pub const VERSION: &str = "org.opencontainers.image.version";
/// The revision of the source the image was built from.
pub const REVISION: &str = "org.opencontainers.image.revision";
/// Where the source lives.
pub const SOURCE: &str = "org.opencontainers.image.source";
/// The name docker and containerd give an image they import from a layout.
pub const CONTAINERD_IMAGE_NAME: &str = "io.containerd.image.name";
