//! Reading the JSON documents of an image, with errors that quote only a little of them.

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::plain;

/// What the distribution-spec asks a registry to accept at least, and what wpimg's layouts allow.
pub(crate) const LARGEST: u64 = 4 << 20;
const LONGEST_QUOTE: usize = 160;

/// Why a document does not describe an image.
#[derive(Debug, Error)]
pub enum DocumentError {
    #[error("{document} is not valid JSON of its kind: {reason}")]
    Json {
        document: &'static str,
        reason: String,
    },
    #[error("{document} is of {size} bytes; at most {LARGEST} are read")]
    TooLarge { document: &'static str, size: u64 },
    #[error("{document} is not one of an image: {found}")]
    NotAnImage {
        document: &'static str,
        found: String,
    },
    #[error("image manifest lists {count} layers; at most {limit} can be run")]
    TooManyLayers { count: usize, limit: usize },
}

pub(super) fn from_slice<T: DeserializeOwned>(
    document: &'static str,
    bytes: &[u8],
) -> Result<T, DocumentError> {
    if bytes.len() as u64 > LARGEST {
        return Err(DocumentError::TooLarge {
            document,
            size: bytes.len() as u64,
        });
    }
    serde_json::from_slice(bytes).map_err(|error| DocumentError::Json {
        document,
        reason: excerpt(&error.to_string()),
    })
}

pub(super) fn excerpt(text: &str) -> String {
    plain::excerpt(text, LONGEST_QUOTE)
}
