//! The module's variables: a parameter's kind says of which type one is, and what it takes.

use super::HEAD;
use super::hcl::{list, quoted};
use crate::written::choices::{self, Owner};
use crate::written::names::snake_case;
use crate::{Kind, Parameter, Template};

/// What the module has beside the stacks' parameters.
const OWN: &str = r#"
variable "name" {
  description = "Name of the site: the stacks are NAME-data and NAME-app, the image is in /wpimg/NAME/image."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "The name takes 2 to 40 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

variable "first_image" {
  description = "The image until wpimg deploy writes another: then this is not looked at any more."
  type        = string
  default     = "none"
  nullable    = false
}

variable "protected" {
  description = "Whether Terraform refuses to destroy the data stack. README.md says how to change it later."
  type        = bool
  default     = true
  nullable    = false
}

variable "allow_replacement" {
  description = "Whether a change may replace or remove what holds data: database, files, secrets, keys."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of both stacks and of what is in them."
  type        = map(string)
  default     = {}
  nullable    = false
}
"#;

/// The file `variables.tf`.
pub(in crate::written) fn variables(data: &Template, app: &Template) -> String {
    let mut text = format!("{HEAD}{OWN}");
    let all = choices::all(data, app);
    for (owner, title) in [
        (Owner::Both, "What both stacks are told."),
        (Owner::Data, "What the data stack is told."),
        (Owner::App, "What the app stack is told."),
    ] {
        let title = format!("\n# {title}\n");
        text.push_str(&title);
        for (name, (whose, parameter)) in &all {
            if *whose == owner {
                text.push('\n');
                text.push_str(&variable(name, parameter));
            }
        }
    }
    text
}

/// A variable's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Truth,
    Number,
    Texts,
}

impl Type {
    pub(super) fn of(kind: &Kind) -> Self {
        match kind {
            Kind::OneOf(["true", "false"]) => Self::Truth,
            Kind::OneOf(_) | Kind::Text | Kind::Matching { .. } | Kind::Stored => Self::Text,
            Kind::Number(..) => Self::Number,
            Kind::List => Self::Texts,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Truth => "bool",
            Self::Number => "number",
            Self::Texts => "list(string)",
        }
    }

    /// A default, as the type has it.
    fn literal(self, value: &str) -> String {
        match self {
            Self::Text => quoted(value),
            Self::Truth | Self::Number => value.to_owned(),
            Self::Texts => {
                let parts = value.split(',').filter(|part| !part.is_empty());
                list(&parts.collect::<Vec<_>>())
            }
        }
    }
}

fn variable(name: &str, parameter: &Parameter) -> String {
    let variable = snake_case(name);
    let type_ = Type::of(&parameter.kind);
    let mut text = format!(
        "variable {} {{\n  description = {}\n  type        = {}\n",
        quoted(&variable),
        quoted(parameter.description),
        type_.name()
    );
    if let Some(default) = parameter.default {
        let default = format!("  default     = {}\n", type_.literal(default));
        text.push_str(&default);
    }
    text.push_str("  nullable    = false\n");
    if let Some((condition, expected)) = validation(&variable, &parameter.kind) {
        let message = quoted(&format!("{variable} takes {expected}."));
        let validation = format!(
            "\n  validation {{\n    condition     = {condition}\n    error_message = {message}\n  }}\n"
        );
        text.push_str(&validation);
    }
    text.push_str("}\n");
    text
}

/// What has to hold of a variable, and how that is said.
fn validation(variable: &str, kind: &Kind) -> Option<(String, String)> {
    match kind {
        Kind::Text | Kind::List | Kind::Stored | Kind::OneOf(["true", "false"]) => None,
        Kind::OneOf(values) => Some((
            format!("contains({}, var.{variable})", list(values)),
            format!("one of {}", values.join(", ")),
        )),
        Kind::Number(least, most) => Some((
            format!(
                "var.{variable} >= {least} && var.{variable} <= {most} && floor(var.{variable}) == var.{variable}"
            ),
            format!("a whole number from {least} to {most}"),
        )),
        Kind::Matching {
            pattern,
            explanation,
        } => Some((
            format!("can(regex({}, var.{variable}))", quoted(pattern)),
            (*explanation).to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, default: Option<&'static str>, expected: &str) {
        let parameter = Parameter {
            kind,
            default,
            description: "It is.",
        };
        assert_eq!(variable("SomeThing", &parameter), expected);
    }

    #[test]
    fn a_kind_says_what_a_variable_takes() {
        check(
            Kind::OneOf(&["true", "false"]),
            Some("true"),
            r#"variable "some_thing" {
  description = "It is."
  type        = bool
  default     = true
  nullable    = false
}
"#,
        );
        check(
            Kind::Number(1, 9),
            Some("2"),
            r#"variable "some_thing" {
  description = "It is."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.some_thing >= 1 && var.some_thing <= 9 && floor(var.some_thing) == var.some_thing
    error_message = "some_thing takes a whole number from 1 to 9."
  }
}
"#,
        );
        check(
            Kind::OneOf(&["a", "b"]),
            None,
            r#"variable "some_thing" {
  description = "It is."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["a", "b"], var.some_thing)
    error_message = "some_thing takes one of a, b."
  }
}
"#,
        );
        check(
            Kind::Matching {
                pattern: r"^a\.b$",
                explanation: "a, b",
            },
            Some(""),
            r#"variable "some_thing" {
  description = "It is."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^a\\.b$", var.some_thing))
    error_message = "some_thing takes a, b."
  }
}
"#,
        );
        check(
            Kind::List,
            Some("a,b"),
            r#"variable "some_thing" {
  description = "It is."
  type        = list(string)
  default     = ["a", "b"]
  nullable    = false
}
"#,
        );
    }

    /// CloudFormation compares a pattern with the whole value, Terraform looks for it anywhere.
    #[test]
    fn every_pattern_is_of_the_whole_value() {
        let (data, app) = (crate::data::template(), crate::app::template());
        for (name, (_, parameter)) in choices::all(&data, &app) {
            if let Kind::Matching { pattern, .. } = parameter.kind {
                let whole = pattern.starts_with('^') && pattern.ends_with('$');
                assert!(whole, "{name}: {pattern}");
            }
        }
    }

    /// Terraform keeps these for itself (Terraform language, "variable block").
    #[test]
    fn no_variable_has_a_name_that_terraform_keeps() {
        const KEPT: [&str; 8] = [
            "count",
            "depends_on",
            "for_each",
            "lifecycle",
            "locals",
            "providers",
            "source",
            "version",
        ];
        for (name, _) in choices::all(&crate::data::template(), &crate::app::template()) {
            assert!(!KEPT.contains(&snake_case(name).as_str()), "{name}");
        }
    }

    #[test]
    fn no_parameter_is_named_as_the_module_names_its_own() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let text = variables(&data, &app);
        for (name, _) in choices::all(&data, &app) {
            let line = format!("variable \"{}\" {{\n", snake_case(name));
            assert_eq!(text.matches(&line).count(), 1, "{name}");
        }
    }
}
