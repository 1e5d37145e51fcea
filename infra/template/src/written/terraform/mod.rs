//! The Terraform module around both stacks: variables for what can be chosen, and the outputs.
//!
//! The templates stay what they are: the module reads the two JSON files beside it. Resources and their arguments are
//! those of the provider's pages `aws_cloudformation_stack` and `aws_ssm_parameter`.

mod hcl;
mod outputs;
mod resources;
mod variables;

pub(super) use outputs::outputs;
pub(super) use resources::main;
pub(super) use variables::variables;

/// What every file begins with.
const HEAD: &str = "# Made from the stacks of infra/template: change these, then run
# WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written
";

/// Which Terraform and which provider the module is for.
pub(super) fn versions() -> String {
    format!(
        r#"{HEAD}
terraform {{
  required_version = ">= 1.5"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }}
  }}
}}
"#
    )
}
