//! The module's resources: the image's parameter and the two stacks.

use super::HEAD;
use super::hcl::{assignments, list, quoted};
use super::variables::Type;
use crate::written::names::snake_case;
use crate::{Kept, Template};

/// How long Terraform waits for a stack. A database with a standby takes half an hour, and one whose storage changes takes
/// longer; the provider's own half hour would give up in the middle.
const PATIENCE: &str = "120m";

/// Its first value has to be there before the app stack is.
const IMAGE: &str = r#"
# wpimg deploy owns the value: what it wrote stays when Terraform comes by.
resource "aws_ssm_parameter" "image" {
  name        = "/wpimg/${var.name}/image"
  description = "The image that runs, with its digest. Written by wpimg deploy."
  type        = "String"
  value       = var.first_image
  tags        = var.tags

  lifecycle {
    ignore_changes = [value]
  }
}
"#;

/// Parameters of the app stack that are no variables: names of what the module makes itself.
const FILLED: [(&str, &str); 2] = [
    ("DataStack", "local.data.name"),
    ("Image", "aws_ssm_parameter.image.name"),
];

/// A resource that is a stack.
struct Stack {
    id: &'static str,
    comment: &'static str,
    /// What the stack's name ends with, as those of its values do.
    name: &'static str,
    arguments: &'static [(&'static str, &'static str)],
    /// How many there are: Terraform takes no variable for `prevent_destroy`, so there is a resource for each answer.
    count: Option<&'static str>,
    refuses_destruction: bool,
}

const STACKS: [Stack; 3] = [
    Stack {
        id: "data",
        comment: "The network, the database, the files and the secrets. CloudFormation's termination protection is not among
# the provider's arguments: this refusal is Terraform's own.",
        name: "data",
        arguments: &[("policy_body", "local.data_policy")],
        count: Some("var.protected ? 1 : 0"),
        refuses_destruction: true,
    },
    Stack {
        id: "data_unprotected",
        comment: "The same for sites that come and go.",
        name: "data",
        arguments: &[("policy_body", "local.data_policy")],
        count: Some("var.protected ? 0 : 1"),
        refuses_destruction: false,
    },
    Stack {
        id: "app",
        comment: "The load balancer, the registry and the service.",
        name: "app",
        arguments: &[],
        count: None,
        refuses_destruction: false,
    },
];

/// The file `main.tf`.
pub(in crate::written) fn main(data: &Template, app: &Template) -> String {
    let stacks = STACKS.map(|stack| {
        let template = if stack.name == "data" { data } else { app };
        stack.resource(&capabilities(template))
    });
    let before = [HEAD.to_owned(), IMAGE.to_owned(), locals(data, app)];
    before.into_iter().chain(stacks).collect()
}

fn locals(data: &Template, app: &Template) -> String {
    let read = |name: &str| {
        let file = format!("file(\"${{path.module}}/../{name}.json\")");
        format!("jsonencode(jsondecode({file}))")
    };
    let templates = [
        ("data_template", read("data")),
        ("app_template", read("app")),
    ];
    let either =
        "one(concat(aws_cloudformation_stack.data, aws_cloudformation_stack.data_unprotected))";
    [
        "\nlocals {\n",
        "  # The files are indented for people. CloudFormation takes 51,200 bytes, so spaces go.\n",
        &assignments(2, templates),
        "\n  data_parameters = {\n",
        &assignments(4, parameters(data, &[])),
        "  }\n\n  app_parameters = {\n",
        &assignments(4, parameters(app, &FILLED)),
        "  }\n\n  # What holds data is replaced or removed only where that is let.\n",
        &assignments(2, [("data_policy", policy(data))]),
        "\n  # Whichever of the two is there.\n",
        &assignments(2, [("data", either)]),
        "}\n",
    ]
    .concat()
}

/// A stack's parameters: variables, but those that the module fills in.
fn parameters(
    template: &Template,
    filled: &[(&'static str, &'static str)],
) -> Vec<(&'static str, String)> {
    let parameters = template.parameters.iter().map(|(name, parameter)| {
        let own = filled.iter().find(|(filled, _)| filled == name);
        let variable = format!("var.{}", snake_case(name));
        let value = match (own, Type::of(&parameter.kind)) {
            (Some((_, value)), _) => (*value).to_owned(),
            (None, Type::Text) => variable,
            (None, Type::Truth | Type::Number) => format!("tostring({variable})"),
            (None, Type::Texts) => format!("join(\",\", {variable})"),
        };
        (*name, value)
    });
    parameters.collect()
}

/// A policy of the stack (CloudFormation user guide, "Prevent updates to stack resources"). One cannot be taken away
/// again, so the other choice is a policy that allows everything.
fn policy(template: &Template) -> String {
    let resources = template.resources.iter();
    let kept = resources.filter(|(_, resource)| resource.kept != Kept::No);
    let kept: String = kept
        .map(|(id, _)| {
            format!(
                "          {},\n",
                quoted(&format!("LogicalResourceId/{id}"))
            )
        })
        .collect();
    format!(
        r#"jsonencode({{
    Statement = concat(
      [{{ Effect = "Allow", Principal = "*", Action = "Update:*", Resource = "*" }}],
      var.allow_replacement ? [] : [{{
        Effect    = "Deny"
        Principal = "*"
        Action    = ["Update:Replace", "Update:Delete"]
        Resource = [
{kept}        ]
      }}],
    )
  }})"#
    )
}

impl Stack {
    fn resource(&self, capabilities: &[&str]) -> String {
        let Self { id, name, .. } = self;
        let count = self.count.map(|count| format!("  count = {count}\n\n"));
        let own = self.arguments.iter();
        let own = own.map(|(name, value)| (*name, (*value).to_owned()));
        let arguments = [
            ("name", format!("\"${{var.name}}-{name}\"")),
            ("template_body", format!("local.{name}_template")),
            ("parameters", format!("local.{name}_parameters")),
            ("capabilities", list(capabilities)),
            ("tags", "var.tags".to_owned()),
        ];
        let patience = ["create", "update", "delete"].map(|what| (what, quoted(PATIENCE)));
        let lifecycle = if self.refuses_destruction {
            "\n  lifecycle {\n    prevent_destroy = true\n  }\n"
        } else {
            ""
        };
        [
            &format!("\n# {}\n", self.comment),
            &format!("resource \"aws_cloudformation_stack\" {} {{\n", quoted(id)),
            &count.unwrap_or_default(),
            &assignments(2, arguments.into_iter().chain(own)),
            "\n  timeouts {\n",
            &assignments(4, patience),
            "  }\n",
            lifecycle,
            "}\n",
        ]
        .concat()
    }
}

/// What somebody has to agree to: roles, where a template has some. None has a name of its own.
fn capabilities(template: &Template) -> Vec<&'static str> {
    let mut resources = template.resources.values();
    if resources.any(|resource| resource.kind.starts_with("AWS::IAM::")) {
        vec!["CAPABILITY_IAM"]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::written::choices;

    #[test]
    fn the_module_fills_in_what_is_no_choice() {
        let own = FILLED.map(|(name, _)| name);
        assert_eq!(own, choices::FILLED.map(|(name, _)| name));
    }

    #[test]
    fn no_role_has_a_name_of_its_own() {
        for template in [crate::data::template(), crate::app::template()] {
            for (id, resource) in &template.resources {
                if resource.kind.starts_with("AWS::IAM::") {
                    let properties = resource.properties.as_object().unwrap();
                    let named = properties.keys().any(|name| {
                        ["RoleName", "ManagedPolicyName", "InstanceProfileName"]
                            .contains(&name.as_str())
                    });
                    assert!(!named, "{id} needs CAPABILITY_NAMED_IAM");
                }
            }
        }
    }

    #[test]
    fn every_parameter_gets_its_value() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let text = main(&data, &app);
        let between = |from: &str| {
            let start = text.find(from).unwrap() + from.len();
            let end = text[start..].find("\n  }\n").unwrap() + start;
            text[start..end].lines().skip(1).collect::<Vec<_>>()
        };
        for (template, start) in [(&data, "data_parameters = {"), (&app, "app_parameters = {")] {
            let lines = between(start);
            let names: Vec<&str> = lines
                .iter()
                .map(|line| line.split_whitespace().next().unwrap())
                .collect();
            let expected: Vec<&str> = template.parameters.keys().copied().collect();
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn what_holds_data_is_named_in_the_policy() {
        let text = policy(&crate::data::template());
        for id in ["Database", "DatabaseCluster", "Files", "SaltsSecret", "Key"] {
            assert!(
                text.contains(&format!("\"LogicalResourceId/{id}\",")),
                "{id}"
            );
        }
        assert!(!text.contains("LogicalResourceId/Vpc\""));
    }
}
