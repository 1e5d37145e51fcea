//! The tables of `infra/README.md`.

use std::collections::BTreeSet;

use super::choices::FILLED;
use super::condition::Condition;
use super::connection;
use super::markdown::{code, table};
use super::names::kebab_case;
use crate::{Kept, Kind, Output, Parameter, Template};

/// Names of the parts and their tables.
pub(super) fn parts(data: &Template, app: &Template) -> Vec<(&'static str, String)> {
    vec![
        ("data parameters", parameters(data)),
        ("app parameters", parameters(app)),
        ("data outputs", outputs(data)),
        ("app outputs", outputs(app)),
        ("kept", kept(data, app)),
        ("groups", groups(data)),
        ("connections", connections(data)),
    ]
}

fn parameters(template: &Template) -> String {
    let rows = template.parameters.iter().map(|(name, parameter)| {
        let filled = FILLED.iter().find(|(filled, _)| filled == name);
        let key = match filled {
            Some((_, value)) => format!("wpimg fills in {value}"),
            None => code(&kebab_case(name)),
        };
        [
            code(name),
            key,
            default(parameter),
            allowed(&parameter.kind),
            parameter.description.to_owned(),
        ]
    });
    table(
        [
            "Parameter",
            "Key of `[infra]`",
            "Default",
            "Allowed",
            "Meaning",
        ],
        rows,
    )
}

fn default(parameter: &Parameter) -> String {
    match parameter.default {
        None => "none".to_owned(),
        Some("") => "empty".to_owned(),
        Some(value) => code(value),
    }
}

fn allowed(kind: &Kind) -> String {
    match kind {
        Kind::Text => "any text".to_owned(),
        Kind::Matching { explanation, .. } => (*explanation).to_owned(),
        Kind::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| code(value)).collect();
            values.join(", ")
        }
        Kind::Number(least, most) => format!("{least} to {most}"),
        Kind::List => "texts with commas between them".to_owned(),
        Kind::Stored => "the name of a parameter in Parameter Store".to_owned(),
    }
}

fn outputs(template: &Template) -> String {
    let rows = template.outputs.iter().map(|(name, output)| {
        let Output {
            description,
            condition,
            ..
        } = output;
        let when = Condition::named(template, *condition).to_string();
        [code(name), (*description).to_owned(), when]
    });
    table(["Output", "Meaning", "There"], rows)
}

fn kept(data: &Template, app: &Template) -> String {
    let rows = [("data", data), ("app", app)]
        .into_iter()
        .flat_map(|(stack, template)| {
            let resources = template.resources.iter();
            resources.filter_map(move |(id, resource)| {
                let what = match resource.kept {
                    Kept::No => return None,
                    Kept::Always => "stays as it is",
                    Kept::AsSnapshot => "goes, and leaves a snapshot",
                };
                let when = Condition::named(template, resource.condition).to_string();
                let resource = format!("{} ({})", code(id), resource.kind);
                Some([stack.to_owned(), resource, what.to_owned(), when])
            })
        });
    table(
        [
            "Stack",
            "Resource",
            "When the stack is deleted, it",
            "There",
        ],
        rows,
    )
}

fn groups(template: &Template) -> String {
    let groups = template.resources.iter().filter_map(|(id, resource)| {
        let name = id.strip_suffix("SecurityGroup")?;
        let description = resource.properties["GroupDescription"].as_str()?;
        let when = Condition::named(template, resource.condition).to_string();
        Some([name.to_owned(), description.to_owned(), when])
    });
    table(["Group", "Of", "There"], groups)
}

/// One line for what differs in the choice only.
fn connections(template: &Template) -> String {
    let all = connection::all(template);
    let ends: BTreeSet<_> = all
        .iter()
        .map(|one| (one.from.as_str(), one.to.as_str(), one.port))
        .collect();
    let rows = ends.into_iter().map(|(from, to, port)| {
        let same = all
            .iter()
            .filter(|one| (one.from.as_str(), one.to.as_str(), one.port) == (from, to, port));
        let when: Vec<String> = same.map(|one| one.when.to_string()).collect();
        let (from, to) = (from.to_owned(), to.to_owned());
        [from, to, port.to_string(), when.join(", or ")]
    });
    table(["From", "To", "Port", "Allowed"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_and_output_has_a_line() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let parts = parts(&data, &app);
        let part = |name: &str| &parts.iter().find(|(part, _)| *part == name).unwrap().1;
        for (stack, template) in [("data", &data), ("app", &app)] {
            for (section, names) in [
                ("parameters", template.parameters.keys().collect::<Vec<_>>()),
                ("outputs", template.outputs.keys().collect()),
            ] {
                let text = part(&format!("{stack} {section}"));
                // The first two lines are the head.
                let lines: Vec<&str> = text.lines().skip(2).collect();
                assert_eq!(lines.len(), names.len(), "{stack} {section}");
                for (line, name) in lines.iter().zip(names) {
                    assert!(line.starts_with(&format!("| `{name}` |")), "{line}");
                }
            }
        }
    }
}
