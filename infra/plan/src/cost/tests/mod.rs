//! What stacks cost.

mod catalogue;
mod change;
mod difference;
mod properties;
mod sums;
mod text;
mod unknown;

use serde_json::Value;

use super::*;
use crate::evaluate::Inputs;

fn data() -> Value {
    wpimg_template::data::template().to_json()
}

fn app() -> Value {
    wpimg_template::app::template().to_json()
}

fn inputs(parameters: &[(&str, &str)], region: &str) -> Inputs {
    Inputs {
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        region: region.to_owned(),
        ..Inputs::default()
    }
}

fn estimate(template: &Value, parameters: &[(&str, &str)], region: &str) -> Estimate {
    let inputs = inputs(parameters, region);
    Estimate::of(template, &inputs, &Assumptions::default()).unwrap()
}
