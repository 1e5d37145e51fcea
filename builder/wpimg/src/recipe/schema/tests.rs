//! The schema that is committed is the one this program writes, and it agrees with the parser.

use std::path::PathBuf;

use jsonschema::Validator;
use serde_json::Value;

use super::json_schema;
use crate::recipe::{BUILT_IN, Recipe, tests::EVERY_KEY};

const COMMITTED: &str = include_str!("../../../../../docker/wpimg.schema.json");

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
}

fn as_json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

fn parses(text: &str) -> bool {
    Recipe::parse(text, "wpimg.toml", PathBuf::new()).is_ok()
}

#[track_caller]
fn check_both_refuse(text: &str) {
    assert!(!parses(text), "the parser takes\n{text}");
    assert!(
        !validator().is_valid(&as_json(text)),
        "the schema takes\n{text}"
    );
}

#[test]
fn the_committed_schema_is_what_init_writes() {
    assert!(
        COMMITTED == json_schema(),
        "write it again: `wpimg init --schema >docker/wpimg.schema.json`"
    );
}

#[test]
fn the_recipes_that_there_are_fit_the_schema() {
    let validator = validator();
    for text in [BUILT_IN, "", EVERY_KEY] {
        let errors: Vec<String> = validator
            .iter_errors(&as_json(text))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_misspelt_key_is_refused_by_both_in_every_section() {
    for section in [
        "",
        "[image]",
        "[debian]",
        "[debian.pins.nginx]",
        "[php]",
        "[nginx]",
        "[wordpress]",
        "[[plugin]]",
        "[[theme]]",
        "[[mu-plugin]]",
        "[composer]",
        "[[files]]",
    ] {
        check_both_refuse(&format!("{section}\nmisspelt = \"x\""));
    }
}

#[test]
fn combinations_that_mean_nothing_are_refused_by_both() {
    for text in [
        "[[plugin]]\nname = \"shop\"",
        "[[plugin]]\nslug = \"a\"\npath = \"b\"",
        "[[theme]]\nurl = \"https://a.example/x.zip\"\npath = \"b\"",
        "[wordpress]\nsource = \"debian\"\nversion = \"6.8.3\"",
        "[wordpress]\npath = \"a\"\nurl = \"https://a.example/x.zip\"",
        "[composer]",
        "[[files]]\nsource = \"a\"",
        "[[files]]\ntarget = \"/a\"",
        "[debian.pins]\nnginx = {}",
    ] {
        check_both_refuse(text);
    }
}

#[test]
fn values_of_the_wrong_shape_are_refused_by_both() {
    for text in [
        "[image]\ntags = \"6.8\"",
        "[image]\ntags = [\".x\"]",
        "[image]\nrepository = \"shop\"",
        "[image]\ncompression = \"xz\"",
        "[php]\nversion = \"8\"",
        "[nginx]\nsnippets = [\"cache.txt\"]",
        "[nginx]\nupload-size = \"128MB\"",
        "[wordpress]\nsource = \"zip\"",
        "[wordpress]\nversion = \"latest\"",
        "[wordpress]\nlocale = \"deutsch\"",
        "[[plugin]]\nslug = \"Akismet\"",
        "[[plugin]]\nslug = \"a\"\nversion = \"trunk\"",
        "[[plugin]]\nurl = \"ftp://a.example/x.zip\"",
        "[[plugin]]\nurl = \"https://a.example/x.zip\"\nsha256 = \"e3b0\"",
        "[[plugin]]\npath = \"/srv/x\"",
        "[[plugin]]\npath = \"x\"\nname = \"../x\"",
        "[debian.pins]\nnginx = 1",
        "[debian.pins]\nnginx = { version = \"x\" }",
    ] {
        check_both_refuse(text);
    }
}

#[test]
fn every_key_explains_itself() {
    fn walk(schema: &Value, path: &str) {
        for (name, key) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            let description = key["description"].as_str().unwrap_or_default();
            assert!(
                description.ends_with('.'),
                "{path} is explained by `{description}`"
            );
            walk(key, &path);
            walk(&key["items"], &path);
            for choice in key["additionalProperties"]["anyOf"]
                .as_array()
                .into_iter()
                .flatten()
            {
                walk(choice, &path);
            }
        }
    }
    walk(&serde_json::from_str(&json_schema()).unwrap(), "");
}
