//! Artifacts attached to an image: bills of materials, provenance, signatures.
//!
//! ```text
//! attach    pushing a manifest with a `subject`
//! list      asking the registry what is attached
//! fallback  the index `sha256-<hex>` where the registry keeps no such list
//! ```
//!
//! Distribution-spec 1.1, "Listing Referrers" and "Pushing Manifests with Subject".

mod attach;
mod fallback;
mod list;

pub use attach::{AttachRequest, Attached, Listing};
