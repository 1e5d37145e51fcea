//! What is taken from a secret that is a JSON object.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use thiserror::Error;

use crate::value::Value;

/// One key of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub value: Value,
}

/// Why a key gives no value. The secret's own text is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("it has no key `{key}`; its keys are {}", listed(.keys))]
    NoKey { key: String, keys: Vec<String> },
    #[error("its key `{key}` is neither text nor a number")]
    NotAText { key: String },
}

/// Everything in it that is text, a number, `true` or `false`, in the order of its keys.
pub fn entries(text: &str) -> Result<Vec<Entry>, EntryError> {
    let object = object(text)?;
    let entry = |(key, json): (&String, &Json)| {
        let value = plain(json)?;
        let key = key.clone();
        Some(Entry { key, value })
    };
    Ok(object.iter().filter_map(entry).collect())
}

pub(crate) fn entry(text: &str, key: &str) -> Result<Value, EntryError> {
    let object = object(text)?;
    let json = object.get(key).ok_or_else(|| EntryError::NoKey {
        key: key.to_owned(),
        keys: object.keys().cloned().collect(),
    })?;
    plain(json).ok_or_else(|| EntryError::NotAText {
        key: key.to_owned(),
    })
}

fn object(text: &str) -> Result<BTreeMap<String, Json>, EntryError> {
    serde_json::from_str(text).map_err(|_| EntryError::NotAnObject)
}

fn plain(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::new(text.clone())),
        Json::Number(_) | Json::Bool(_) => Some(Value::new(json.to_string())),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn listed(keys: &[String]) -> String {
    if keys.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RDS: &str = r#"{"username": "shop", "password": "p:\"ä", "port": 3306, "ssl": true, "tags": [], "x": null}"#;

    #[test]
    fn texts_numbers_and_truths_are_values_and_the_rest_is_not() {
        for (key, expected) in [
            ("username", Some("shop")),
            ("password", Some("p:\"ä")),
            ("port", Some("3306")),
            ("ssl", Some("true")),
            ("tags", None),
            ("x", None),
        ] {
            let found = entry(RDS, key);
            assert_eq!(found.as_ref().ok().map(Value::expose), expected, "{key}");
        }
        assert_eq!(entries(RDS).unwrap().len(), 4);
    }

    #[test]
    fn a_missing_key_is_an_error_that_shows_the_keys_there_are_and_no_value() {
        let message = entry(r#"{"user": "a", "pass": "hunter2"}"#, "password")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "it has no key `password`; its keys are `pass`, `user`"
        );
    }

    #[test]
    fn a_text_that_is_no_object_is_refused_without_being_shown() {
        for text in ["hunter2", "\"hunter2\"", "[\"hunter2\"]", ""] {
            let message = entry(text, "password").unwrap_err().to_string();
            assert_eq!(message, "it is not a JSON object");
            assert!(entries(text).is_err());
        }
    }
}
