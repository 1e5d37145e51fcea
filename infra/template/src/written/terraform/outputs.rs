//! The module's outputs: those of both stacks.

use super::HEAD;
use super::hcl::{assignments, quoted};
use crate::Template;
use crate::written::names::snake_case;

/// The file `outputs.tf`.
pub(in crate::written) fn outputs(data: &Template, app: &Template) -> String {
    let mut text = HEAD.to_owned();
    let own = [
        ("data_stack", "Name of the data stack.", "local.data.name"),
        (
            "app_stack",
            "Name of the app stack.",
            "aws_cloudformation_stack.app.name",
        ),
        (
            "image_parameter",
            "Name of the parameter that wpimg deploy writes.",
            "aws_ssm_parameter.image.name",
        ),
    ];
    for (name, description, value) in own {
        text.push_str(&output(name, description, value));
    }
    for (title, stack, template) in [
        (
            "What the app stack tells.",
            "aws_cloudformation_stack.app",
            app,
        ),
        ("What the data stack tells.", "local.data", data),
    ] {
        let title = format!("\n# {title}\n");
        text.push_str(&title);
        for (name, output_of) in &template.outputs {
            let key = quoted(name);
            // What is there on a condition is null without it.
            let value = match output_of.condition {
                None => format!("{stack}.outputs[{key}]"),
                Some(_) => format!("lookup({stack}.outputs, {key}, null)"),
            };
            text.push_str(&output(&snake_case(name), output_of.description, &value));
        }
    }
    text
}

fn output(name: &str, description: &str, value: &str) -> String {
    let pairs = [
        ("description", quoted(description)),
        ("value", value.to_owned()),
    ];
    format!(
        "\noutput {} {{\n{}}}\n",
        quoted(name),
        assignments(2, pairs)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_is_there_once() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let text = outputs(&data, &app);
        for name in data.outputs.keys().chain(app.outputs.keys()) {
            let line = format!("output \"{}\" {{\n", snake_case(name));
            assert_eq!(text.matches(&line).count(), 1, "{name}");
        }
    }

    #[test]
    fn what_may_be_missing_is_null_then() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let text = outputs(&data, &app);
        for value in [
            "lookup(local.data.outputs, \"CacheHost\", null)",
            "lookup(aws_cloudformation_stack.app.outputs, \"DistributionId\", null)",
            "= local.data.outputs[\"Vpc\"]\n",
            "= aws_cloudformation_stack.app.outputs[\"Address\"]\n",
        ] {
            assert!(text.contains(value), "{value}");
        }
    }
}
