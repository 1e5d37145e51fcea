//! The files below `infra/` are what the stacks say.
//!
//! `WPIMG_WRITE_INFRA=1 cargo test -p wpimg-template --test written` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wpimg_template::{Template, app, data, json, written};

/// Says that files are to be written, and not only compared.
const WRITE: &str = "WPIMG_WRITE_INFRA";

/// What CloudFormation takes in one call (quotas, "Template body size in a request").
const LONGEST_TEMPLATE: usize = 51_200;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn files_below_infra_are_what_the_stacks_say() {
    let writes = std::env::var_os(WRITE).is_some();
    let mut differ = Vec::new();
    for file in written::files() {
        let path = repository().join(file.path);
        let before = fs::read_to_string(&path).unwrap_or_default();
        let after = file
            .renewed(&before)
            .unwrap_or_else(|error| panic!("{}: {error}; {}", file.path, error.hint()));
        if before == after {
            continue;
        }
        if writes {
            fs::write(&path, after).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        } else {
            differ.push(file.path);
        }
    }
    assert!(
        differ.is_empty(),
        "these differ from the stacks: {}\nto write them anew: {WRITE}=1 cargo test -p wpimg-template --test written",
        differ.join(", ")
    );
}

fn templates() -> [(&'static str, Template); 2] {
    [
        ("infra/data.json", data::template()),
        ("infra/app.json", app::template()),
    ]
}

#[test]
fn the_files_are_the_templates_that_are_deployed() {
    for (path, template) in templates() {
        let text = fs::read_to_string(repository().join(path)).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, template.to_json(), "{path}");
    }
}

/// Terraform's `jsonencode` and the provider write three characters as escapes of six.
#[test]
fn every_template_fits_into_a_call_of_cloudformation_however_it_is_written() {
    for (path, template) in templates() {
        let text = json::compact(&template.to_json());
        let escaped = text.matches(['<', '>', '&']).count();
        let length = text.len() + 5 * escaped;
        assert!(length < LONGEST_TEMPLATE, "{path}: {length} bytes");
    }
}
