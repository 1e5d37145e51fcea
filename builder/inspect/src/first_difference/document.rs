//! Two JSON documents beside each other, up to the first value that differs.

use serde_json::Value;

use super::FirstDifference;
use crate::plain::excerpt;

pub(super) fn documents(document: &'static str, a: &[u8], b: &[u8]) -> Option<FirstDifference> {
    if a == b {
        return None;
    }
    let values = (serde_json::from_slice(a), serde_json::from_slice(b));
    if let (Ok(left), Ok(right)) = values
        && let Some((pointer, expected, found)) = values_differ(Some(&left), Some(&right))
    {
        return Some(FirstDifference::Document {
            document,
            pointer,
            expected,
            found,
        });
    }
    let offset = a.iter().zip(b).take_while(|(a, b)| a == b).count() as u64;
    Some(FirstDifference::Spelling { document, offset })
}

type ValueDifference = (String, Option<String>, Option<String>);

/// The JSON reader bounds the depth of documents, and with it that of this walk.
fn values_differ(a: Option<&Value>, b: Option<&Value>) -> Option<ValueDifference> {
    if a == b {
        return None;
    }
    let inside = |key: &str, difference: Option<ValueDifference>| {
        let (pointer, expected, found) = difference?;
        let key = excerpt(key, 100).replace('~', "~0").replace('/', "~1");
        Some((format!("/{key}{pointer}"), expected, found))
    };
    match (a, b) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys = a.keys().chain(b.keys());
            keys.into_iter()
                .find_map(|key| inside(key, values_differ(a.get(key), b.get(key))))
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).find_map(|index| {
                inside(
                    &index.to_string(),
                    values_differ(a.get(index), b.get(index)),
                )
            })
        }
        (a, b) => {
            let shown = |value: Option<&Value>| value.map(|value| excerpt(&value.to_string(), 100));
            Some((String::new(), shown(a), shown(b)))
        }
    }
}
