//! Media types of the documents, for the `artifactType` of a referrer.

/// Registered with IANA by SPDX.
pub const SPDX: &str = "application/spdx+json";
/// Registered with IANA by CycloneDX.
pub const CYCLONEDX: &str = "application/vnd.cyclonedx+json";
/// An unsigned in-toto statement (in-toto attestation framework, `spec/v1/statement.md`).
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
