//! What a stack tells other stacks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    error::TemplateError,
    stack::{Inputs, refuse_unknown, values},
    value::{function, items, text},
};

/// The exports of a stack by their names, for the [`Inputs`] of a stack that imports them: of one that is not there yet, or
/// is going to be another one.
///
/// An id that CloudFormation makes up stands there as `${PublicSubnet1}`, as a pattern of `Fn::Sub` has it. That is enough
/// to see how many there are; it is nothing to hand to AWS. The stack's name has to be among the inputs, since the names of
/// exports begin with it. What is not known at all is left out.
pub fn exports(
    template: &Value,
    inputs: &Inputs,
) -> Result<BTreeMap<String, String>, TemplateError> {
    refuse_unknown(template, inputs)?;
    let values = values(template, inputs);
    let outputs = template["Outputs"].as_object().into_iter().flatten();
    let exported = outputs.filter_map(|(_, output)| {
        let is_there = match output["Condition"].as_str() {
            None => true,
            Some(condition) => values.decided.get(condition).copied().flatten()?,
        };
        let name = text(&values.of(output.get("Export")?.get("Name")?)?)?;
        let value = stand_in(&values.of(&output["Value"])?)?;
        is_there.then_some((name, value))
    });
    Ok(exported.collect())
}

/// A text in the place of a value.
fn stand_in(value: &Value) -> Option<String> {
    let Some((name, argument)) = function(value) else {
        return text(value);
    };
    let parts = |list: &Value, separator: &str| {
        let parts: Option<Vec<String>> = items(list)?.iter().map(stand_in).collect();
        Some(parts?.join(separator))
    };
    match name {
        "Ref" => Some(format!("${{{}}}", argument.as_str()?)),
        "Fn::GetAtt" => Some(match argument {
            Value::String(path) => format!("${{{path}}}"),
            path => format!("${{{}}}", parts(path, ".")?),
        }),
        "Fn::Join" => parts(argument.get(1)?, argument.get(0)?.as_str()?),
        "Fn::Sub" => text(argument),
        _ => None,
    }
}
