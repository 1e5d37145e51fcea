//! Tags of stacks, which CloudFormation hands on to everything in them.
//!
//! The strictest of the services decides: CloudFormation wants a value (API reference, "Tag"), IAM takes no two names that
//! differ in case only (user guide, "Tags for IAM resources"), EC2 and others know few signs.

use std::collections::BTreeMap;

use super::{TagProblem, ValueError};

/// A resource has 50 at most, and some of ours have one of their own.
const MOST: usize = 45;

const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Adds a tag to those that are there. No other has this very name, since they come from a table.
pub(crate) fn tag(
    tags: &mut BTreeMap<String, String>,
    name: &str,
    value: &str,
) -> Result<(), ValueError> {
    let refuse = |problem| {
        Err(ValueError::Tag {
            name: name.to_owned(),
            problem,
        })
    };
    let length = |text: &str, most| (1..=most).contains(&text.chars().count());
    if !length(name, LONGEST_NAME) {
        return refuse(TagProblem::NameLength);
    }
    if !length(value, LONGEST_VALUE) {
        return refuse(TagProblem::ValueLength);
    }
    if !name.chars().chain(value.chars()).all(is_allowed) {
        return refuse(TagProblem::Character);
    }
    if name.to_ascii_lowercase().starts_with("aws:") {
        return refuse(TagProblem::Reserved);
    }
    let folded = name.to_lowercase();
    if tags.keys().any(|other| other.to_lowercase() == folded) {
        return refuse(TagProblem::SameButForCase);
    }
    tags.insert(name.to_owned(), value.to_owned());
    if tags.len() > MOST {
        return Err(ValueError::TooManyTags { limit: MOST });
    }
    Ok(())
}

fn is_allowed(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
}
