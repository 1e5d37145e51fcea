//! Canonical JSON: one spelling per value, so that a document's digest depends on its content only.
//!
//! Keys are sorted by their bytes, there is no white space, and numbers that are not integers are
//! refused because their spelling is a choice. Strings are escaped as RFC 8259 requires and no
//! further. Keys are sorted here, rather than left to the JSON library, whose map keeps insertion
//! order as soon as any crate of the build asks it to.

use serde::Serialize;
use serde_json::{Number, Value};
use thiserror::Error;

/// Why a value has no canonical spelling.
#[derive(Debug, Error)]
pub enum CanonicalError {
    #[error("number `{number}` is not an integer and has no single spelling in JSON")]
    Fraction { number: Number },
    #[error("value cannot be written as JSON")]
    Unrepresentable {
        #[source]
        source: serde_json::Error,
    },
}

/// Returns the canonical JSON of `value`.
pub fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let unrepresentable = |source| CanonicalError::Unrepresentable { source };
    let mut output = Vec::new();
    write(
        &serde_json::to_value(value).map_err(unrepresentable)?,
        &mut output,
    )?;
    Ok(output)
}

fn write(value: &Value, output: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => output.extend(b"null"),
        Value::Bool(truth) => output.extend(truth.to_string().as_bytes()),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            output.extend(number.to_string().as_bytes());
        }
        Value::Number(number) => {
            return Err(CanonicalError::Fraction {
                number: number.clone(),
            });
        }
        Value::String(text) => write_string(text, output)?,
        Value::Array(items) => {
            output.push(b'[');
            for (position, item) in items.iter().enumerate() {
                separate(position, output);
                write(item, output)?;
            }
            output.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_bytes());
            output.push(b'{');
            for (position, (name, member)) in members.into_iter().enumerate() {
                separate(position, output);
                write_string(name, output)?;
                output.push(b':');
                write(member, output)?;
            }
            output.push(b'}');
        }
    }
    Ok(())
}

fn separate(position: usize, output: &mut Vec<u8>) {
    if position > 0 {
        output.push(b',');
    }
}

fn write_string(text: &str, output: &mut Vec<u8>) -> Result<(), CanonicalError> {
    serde_json::to_writer(output, text).map_err(|source| CanonicalError::Unrepresentable { source })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn check(json: &str, expected: &str) {
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            String::from_utf8(to_vec(&value).unwrap()).unwrap(),
            expected
        );
    }

    #[test]
    fn keys_are_sorted_at_every_depth_and_white_space_is_gone() {
        check(
            r#"{ "b": [ {"z": 1, "a": null} ], "B": true, "é": -7 }"#,
            r#"{"B":true,"b":[{"a":null,"z":1}],"é":-7}"#,
        );
    }

    #[test]
    fn strings_are_escaped_only_where_json_demands_it() {
        check(r#""a\/b\u00e9\n\"<>""#, "\"a/bé\\n\\\"<>\"");
    }

    #[test]
    fn a_hash_map_gives_the_same_bytes_every_time() {
        let build = || {
            (0..50)
                .map(|key| (key.to_string(), key))
                .collect::<HashMap<_, _>>()
        };
        assert_eq!(to_vec(&build()).unwrap(), to_vec(&build()).unwrap());
    }

    #[test]
    fn a_fraction_is_refused_wherever_it_hides() {
        for number in [0.5, 1.0] {
            let error = to_vec(&[[number]]).unwrap_err();
            assert!(matches!(error, CanonicalError::Fraction { .. }), "{error}");
        }
    }
}
