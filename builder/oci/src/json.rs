//! Reads JSON documents, with errors that quote no more than a little of them.
//!
//! The JSON library repeats a value that is of the wrong type, and a document of somebody else's
//! image may hold a value of megabytes.

use serde::de::DeserializeOwned;
use thiserror::Error;

/// Enough for a name and what was expected instead.
const LONGEST: usize = 200;

/// Why a text is not the JSON it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct JsonError {
    pub line: usize,
    pub column: usize,
    pub reason: String,
}

pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        let text = text.strip_suffix(&place).unwrap_or(&text);
        JsonError {
            line,
            column,
            reason: excerpt(text),
        }
    })
}

/// The end says what was expected, so what is cut is the middle.
fn excerpt(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST / 2).collect();
    let tail: String = text.chars().skip(count - LONGEST / 2).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::from_slice;

    #[test]
    fn an_error_keeps_its_place_and_its_two_ends() {
        let error = from_slice::<u8>(b"\n \"x\"").unwrap_err();
        let expected = "line 2, column 4: invalid type: string \"x\", expected u8";
        assert_eq!(error.to_string(), expected);
        let long = format!("\"{}\"", "ü".repeat(500_000));
        let message = from_slice::<u8>(long.as_bytes()).unwrap_err().to_string();
        assert!(message.len() < 500, "{} bytes", message.len());
        assert!(message.contains("invalid type: string \"üü"), "{message}");
        assert!(message.ends_with("expected u8"), "{message}");
    }
}
