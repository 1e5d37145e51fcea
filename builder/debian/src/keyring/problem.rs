//! Why one signature does not count.
//!
//! A Release file usually carries several signatures; each failed one gets its own reason, so that
//! the user sees whether the key is missing, the text was altered or the key is too old.

use thiserror::Error;

use crate::time::format_length;

/// Why a signature is not accepted.
#[derive(Debug, Error)]
pub enum SignatureProblem {
    #[error("made by key `{key}`, which is not in the keyring")]
    UnknownKey { key: String },
    #[error("key `{key}` signed with the broken digest {algorithm}")]
    WeakDigest { key: String, algorithm: String },
    #[error("key `{key}` made a signature that is not over a document")]
    NotOverDocument { key: String },
    #[error("signature of key `{key}` carries an instruction this program does not know")]
    UnknownCritical { key: String },
    #[error("signature of key `{key}` does not say when it was made")]
    Undated { key: String },
    #[error("signature of key `{key}` is {} in the future", format_length(*.seconds))]
    Future { key: String, seconds: i64 },
    #[error("signature of key `{key}` expired {} ago", format_length(*.seconds))]
    Expired { key: String, seconds: i64 },
    #[error("signature of key `{key}` does not match the text")]
    Mismatch { key: String },
    #[error("key `{key}` expired {} ago", format_length(*.seconds))]
    KeyExpired { key: String, seconds: i64 },
    #[error("key `{key}` is revoked")]
    KeyRevoked { key: String },
    #[error("key `{key}` is not meant for signing")]
    KeyMayNotSign { key: String },
    #[error("key `{key}` is not bound to its certificate")]
    KeyUnbound { key: String },
    #[error("key `{key}` is younger than its signature")]
    KeyYounger { key: String },
}

/// Says in a few words of our own why the library could not read something.
///
/// Its own texts repeat the bytes it stumbled over, which may be megabytes of a hostile file.
pub(crate) fn short_reason(error: &pgp::errors::Error) -> &'static str {
    use pgp::errors::Error;
    match error {
        Error::InvalidArmorWrappers => "the armor around it is damaged",
        Error::InvalidChecksum | Error::ChecksumMissmatch { .. } => "its checksum is wrong",
        Error::Base64Decode { .. } => "it is not base64",
        Error::IO { .. }
        | Error::RequestedSizeTooLarge
        | Error::PacketIncomplete { .. }
        | Error::PacketParsing { .. } => "it is damaged or cut off",
        Error::Unimplemented { .. } | Error::Unsupported { .. } => {
            "it is of a kind that this program does not know"
        }
        Error::NoMatchingPacket { .. } | Error::TooManyPackets => "it is of the wrong kind",
        _ => "it is not well-formed OpenPGP",
    }
}
