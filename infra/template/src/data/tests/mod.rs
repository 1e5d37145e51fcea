//! What must hold of the data stack whatever is chosen.

mod choices;
mod connections;
mod contents;
mod exported;
mod references;
mod routes;

use serde_json::Value;

use crate::chosen::evaluate;

/// The template as CloudFormation gets it.
fn template() -> Value {
    super::template().to_json()
}

/// The template as it is once these parameters are chosen and the others have their defaults.
fn chosen(choices: &[(&str, &str)]) -> Value {
    evaluate(&template(), choices)
}

/// CloudFormation takes 51,200 bytes in a call. Some room is left for what the stack does not have yet.
#[test]
fn the_template_fits_into_a_call() {
    let size = template().to_string().len();
    assert!(size <= 48_000, "{size} bytes");
}

#[test]
fn the_template_is_the_same_every_time() {
    assert_eq!(template().to_string(), template().to_string());
}
