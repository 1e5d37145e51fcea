# Made from the stacks of infra/template: change these, then run
# WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}
