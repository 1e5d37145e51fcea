//! Every parameter of both templates has one key, and every key does what the template says.

use std::collections::{BTreeMap, BTreeSet};

use wpimg_template::{Kind, Template};

use super::FILE;
use crate::{
    Environment, Stack,
    catalog::{Catalog, Filled, Meaning, Own, key_of},
    document::Document,
    place::Source,
    value::{Format, LISTS_IN_A_TEXT, Shape},
};

/// All parameters of both templates, and in which they are.
fn parameters() -> BTreeMap<&'static str, Vec<Stack>> {
    let mut parameters: BTreeMap<_, Vec<Stack>> = BTreeMap::new();
    for stack in Stack::ALL {
        for name in stack.template().parameters.into_keys() {
            parameters.entry(name).or_default().push(stack);
        }
    }
    parameters
}

#[test]
fn no_two_parameters_have_one_key() {
    let mut keys: BTreeMap<String, &str> = BTreeMap::new();
    for own in Own::ALL {
        keys.insert(own.key().to_owned(), own.key());
    }
    for parameter in parameters().into_keys() {
        let before = keys.insert(key_of(parameter), parameter);
        assert_eq!(before, None, "`{parameter}`");
    }
}

#[test]
fn keys_are_the_parameters_names_in_small_letters_with_hyphens() {
    for (parameter, key) in [
        ("Domain", "domain"),
        ("DatabaseEngine", "database-engine"),
        ("MultiAz", "multi-az"),
        ("CloudFrontPrefixList", "cloud-front-prefix-list"),
    ] {
        assert_eq!(key_of(parameter), key);
    }
}

#[test]
fn every_parameter_has_a_key_or_is_filled_in() {
    let catalog = Catalog::bundled();
    for (parameter, stacks) in parameters() {
        let key = key_of(parameter);
        let Some(Meaning::Parameter(setting)) = catalog.meaning(&key) else {
            panic!("`{parameter}` has no key");
        };
        assert_eq!(setting.parameter, parameter);
        assert_eq!(setting.stacks, stacks, "`{parameter}`");
        let is_key = catalog.keys().any(|known| known == key);
        let is_filled = Filled::ALL
            .iter()
            .any(|filled| filled.parameter() == parameter);
        assert!(is_key != is_filled, "`{parameter}`");
    }
}

#[test]
fn what_is_known_by_name_is_in_a_template() {
    let parameters = parameters();
    let known = Filled::ALL
        .map(Filled::parameter)
        .into_iter()
        .chain(Format::ALL.map(Format::parameter))
        .chain(LISTS_IN_A_TEXT);
    for name in known {
        assert!(parameters.contains_key(name), "no template has `{name}`");
    }
}

#[test]
fn what_both_stacks_have_is_the_same_in_both() {
    let [data, app] = Stack::ALL.map(|stack| stack.template().parameters);
    let both: Vec<_> = data.keys().filter(|name| app.contains_key(*name)).collect();
    assert_eq!(both, [&"Cache", &"DatabaseEngine", &"Keys"]);
    for name in both {
        assert_eq!(data[name].kind, app[name].kind, "{name}");
        assert_eq!(data[name].default, app[name].default, "{name}");
    }
}

/// Values of TOML that the parameter's kind allows, with the text that each stands for.
fn allowed(shape: &Shape, kind: &Kind, default: &str) -> Vec<(String, String)> {
    let quoted = |text: &str| (format!("\"{text}\""), text.to_owned());
    let bare = |text: &str| (text.to_owned(), text.to_owned());
    match kind {
        Kind::OneOf(words) => match shape {
            Shape::Truth | Shape::Number(_) => words.iter().map(|word| bare(word)).collect(),
            Shape::Word(_)
            | Shape::Text { .. }
            | Shape::TextOrNumber { .. }
            | Shape::Range { .. }
            | Shape::List { .. } => words.iter().map(|word| quoted(word)).collect(),
        },
        Kind::Number(least, most) => vec![bare(&least.to_string()), bare(&most.to_string())],
        Kind::List => vec![
            ("[]".to_owned(), String::new()),
            (
                "[\"192.0.2.0/24\", \"198.51.100.0/24\"]".to_owned(),
                "192.0.2.0/24,198.51.100.0/24".to_owned(),
            ),
        ],
        Kind::Matching { .. } if matches!(shape, Shape::List { .. }) => vec![(
            "[\"192.0.2.0/24\", \"fd00::1\"]".to_owned(),
            "192.0.2.0/24,fd00::1".to_owned(),
        )],
        Kind::Text | Kind::Matching { .. } | Kind::Stored => vec![quoted(default)],
    }
}

#[test]
fn every_value_that_a_template_allows_can_be_written_and_arrives() {
    let catalog = Catalog::bundled();
    let mut written = 0;
    for (key, setting) in catalog.settings() {
        if setting.filled.is_some() {
            continue;
        }
        let default = setting.definition.default.unwrap();
        for (toml, text) in allowed(&setting.shape(), &setting.definition.kind, default) {
            let recipe = format!("[infra]\nname = \"shop\"\n{key} = {toml}");
            let source = Source {
                file: FILE,
                text: &recipe,
            };
            let document = Document::parse(source, &catalog)
                .unwrap_or_else(|error| panic!("{}", super::message(&error)));
            let (_, table) = document.choose(None).unwrap();
            assert_eq!(table.parameters()[setting.parameter].value, text, "{key}");
            written += 1;
        }
    }
    assert!(written > parameters().len());
}

/// A template with parameters for which nobody has a default.
fn demanding() -> Catalog {
    let mut template = Template::default();
    for name in ["Image", "LicenceKey", "Owner"] {
        template.parameter(name, Kind::Text, None, "Something to give.");
    }
    template.parameter("Colour", Kind::OneOf(&["red"]), "red", "Something else.");
    Catalog::of([(Stack::App, template)])
}

#[test]
fn what_has_no_default_has_to_be_given_all_at_once() {
    let read = |text: &str| {
        let source = Source { file: FILE, text };
        Environment::read_with(&demanding(), source, None)
    };
    let error = read("infra.name = \"shop\"").unwrap_err();
    assert_eq!(
        super::message(&error),
        "`licence-key` and `owner` are missing in [infra] at wpimg.toml:1:1\n\
         hint: add what is missing, under [infra] for all environments"
    );
    let error = read("infra.name = \"shop\"\ninfra.owner = \"Ada\"").unwrap_err();
    assert!(
        error.to_string().starts_with("`licence-key` is missing"),
        "{error}"
    );
}

#[test]
fn the_bundled_templates_need_a_name_and_nothing_else() {
    let required: BTreeSet<&str> = Stack::ALL
        .into_iter()
        .flat_map(|stack| stack.template().parameters)
        .filter(|(_, parameter)| parameter.default.is_none())
        .map(|(name, _)| name)
        .collect();
    let filled = BTreeSet::from(Filled::ALL.map(Filled::parameter));
    assert_eq!(required, filled);
    assert!(super::read("infra.name = \"shop\"").is_ok());
}

#[test]
fn numbers_stand_for_texts_only_where_the_pattern_takes_them() {
    let catalog = Catalog::bundled();
    let takes: Vec<&str> = catalog
        .settings()
        .filter(|(_, setting)| matches!(setting.shape(), Shape::TextOrNumber { .. }))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(takes, ["aurora-maximum", "aurora-minimum", "desired-count"]);
}
