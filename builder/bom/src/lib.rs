//! Bills of materials and provenance: what is in an image, said in the words of others.
//!
//! ```text
//! bill          what a build knows about its image; the one input of all documents
//! licence       SPDX expressions from Debian copyright files, plugin headers and Cargo
//! entrypoint    the crates that are linked into wpimg-init
//! purl          package URLs
//! spdx          SPDX 2.3, JSON
//! cyclonedx     CycloneDX 1.5, JSON
//! provenance    SLSA provenance v1 in an in-toto statement
//! media_type    how a registry labels the three
//! ```
//!
//! Documents are canonical JSON and depend on the bill only: the same image has the same bill of
//! materials, whoever builds it and when. Nothing here reads a clock, a file or the environment.
//! Addresses lose their user, password and query before they are written (`purl::public_url`):
//! premium plugins are fetched with a key in them.

pub mod bill;
pub mod cyclonedx;
pub mod entrypoint;
mod identity;
pub mod licence;
pub mod media_type;
mod parts;
pub mod provenance;
pub mod purl;
#[cfg(test)]
mod sample;
pub mod spdx;

pub use bill::Bill;
pub use licence::Licence;
