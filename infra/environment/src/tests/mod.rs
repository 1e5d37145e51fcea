//! Recipes in, parameters or the message out.

mod catalog;
mod conflicts;
mod documentation;
mod formats;
mod messages;
mod own;
mod properties;
mod reading;
mod values;

use std::error::Error;

use crate::{Environment, EnvironmentError};

const FILE: &str = "wpimg.toml";

fn read(text: &str) -> Result<Environment, EnvironmentError> {
    Environment::read(text, FILE, None)
}

fn read_for(text: &str, environment: &str) -> Result<Environment, EnvironmentError> {
    Environment::read(text, FILE, Some(environment))
}

/// What a user sees: the error, what caused it, and the hint.
fn message(error: &EnvironmentError) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.extend(error.hint().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

/// That the message for `[infra]` with a name and these lines is this one.
#[track_caller]
fn check_refused(lines: &str, expected: &str) {
    let text = format!("[infra]\nname = \"shop\"\n{lines}");
    match read(&text) {
        Ok(environment) => panic!("{environment:#?} was read from\n{text}"),
        Err(error) => assert_eq!(message(&error), expected, "for\n{text}"),
    }
}

/// That the line gives the parameter this text, in whichever stacks have it.
#[track_caller]
fn check_taken(line: &str, parameter: &str, expected: &str) {
    let text = format!("[infra]\nname = \"shop\"\n{line}");
    let site = read(&text).unwrap_or_else(|error| panic!("{error} for {line}"));
    let stacks = [site.data_parameters(), site.app_parameters()];
    let found: Vec<&String> = stacks
        .iter()
        .filter_map(|stack| stack.get(parameter))
        .collect();
    assert!(!found.is_empty(), "`{parameter}` is not set by {line}");
    assert!(found.iter().all(|text| *text == expected), "{found:?}");
}

/// That the value in the third line is refused as a whole.
#[track_caller]
fn check_invalid(line: &str, why: &str) {
    let (key, _) = line.split_once(" = ").unwrap();
    check_at(line, key.len() + " = ".len() + 1, why);
}

#[track_caller]
fn check_at(line: &str, column: usize, why: &str) {
    let (key, _) = line.split_once(" = ").unwrap();
    let place = format!("`{key}` in [infra] at wpimg.toml:3:{column}");
    check_refused(
        line,
        &format!("{place} has a value that cannot be used\n{why}"),
    );
}
