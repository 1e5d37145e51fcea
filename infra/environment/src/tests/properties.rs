//! Whatever is written: nothing panics, places are in the text, and what is taken is what the templates and the schema take.

use std::{collections::BTreeMap, sync::LazyLock};

use jsonschema::Validator;
use proptest::prelude::*;
use wpimg_template::Kind;

use super::{FILE, documentation, message, read, read_for};
use crate::{
    EnvironmentError, Stack, TablePlace,
    catalog::{Catalog, Setting},
    value::Shape,
};

static VALIDATOR: LazyLock<Validator> = LazyLock::new(documentation::validator);

/// A line that mostly is right by itself.
fn line() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        20 => proptest::sample::select(fitting()).prop_flat_map(|(key, values)| (Just(key), values)),
        1 => proptest::sample::select(fitting()).prop_flat_map(|(key, _)| (Just(key), value().boxed())),
        1 => ("[a-z-]{1,12}", value().boxed()),
    ]
}

/// For each key values of its kind.
fn fitting() -> Vec<(String, BoxedStrategy<String>)> {
    let catalog = Catalog::bundled();
    let free = catalog
        .settings()
        .filter(|(_, setting)| setting.filled.is_none());
    let of = |(key, setting): (&str, &Setting)| {
        let default = setting.definition.default.unwrap_or_default();
        let values = match setting.shape() {
            Shape::Word(words) => proptest::sample::select(words)
                .prop_map(|word| format!("{word:?}"))
                .boxed(),
            Shape::Number(numbers) => proptest::sample::select(numbers)
                .prop_map(str::to_owned)
                .boxed(),
            Shape::Truth => any::<bool>().prop_map(|truth| truth.to_string()).boxed(),
            Shape::Range { least, most } => prop_oneof![least..=most, least..=least.midpoint(most)]
                .prop_map(|number| number.to_string())
                .boxed(),
            Shape::TextOrNumber { .. } => (0..40_u32)
                .prop_map(|halves| (f64::from(halves) / 2.0).to_string())
                .boxed(),
            Shape::List { .. } => proptest::collection::vec("192[.]0[.]2[.][0-9]/32", 0..3)
                .prop_map(|networks| format!("{networks:?}"))
                .boxed(),
            Shape::Text { .. } => Just(format!("{default:?}")).boxed(),
        };
        (key.to_owned(), values)
    };
    free.map(of).collect()
}

/// A value of any kind.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (0..600_u32).prop_map(|halves| format!("{:?}", f64::from(halves) / 2.0)),
        any::<bool>().prop_map(|truth| truth.to_string()),
        proptest::sample::select(words()).prop_map(|word| format!("{word:?}")),
        "[a-z0-9./:-]{0,12}".prop_map(|text| format!("{text:?}")),
        proptest::collection::vec("([0-9]{1,3}[.]){3}[0-9]{1,3}/[0-9]{1,2}", 0..3)
            .prop_map(|networks| format!("{networks:?}")),
    ]
}

/// Every word that some parameter knows.
fn words() -> Vec<&'static str> {
    let parameters = Stack::ALL
        .into_iter()
        .flat_map(|stack| stack.template().parameters.into_values());
    let mut words = vec![""];
    for parameter in parameters {
        match parameter.kind {
            Kind::OneOf(of) => words.extend(of),
            Kind::Text | Kind::Matching { .. } | Kind::Number(..) | Kind::List | Kind::Stored => {
                words.extend(parameter.default);
            }
        }
    }
    words
}

/// One table with a few keys, each at most once.
fn table() -> impl Strategy<Value = String> {
    proptest::collection::vec(line(), 0..5).prop_map(|lines| {
        let lines: BTreeMap<String, String> = lines.into_iter().collect();
        lines
            .iter()
            .filter(|(key, _)| *key != "name")
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect()
    })
}

fn position(error: &EnvironmentError) -> Option<(usize, usize)> {
    match error {
        EnvironmentError::Syntax { position, .. } => Some((position.line, position.column)),
        EnvironmentError::WrongType { place, .. }
        | EnvironmentError::UnknownKey { place, .. }
        | EnvironmentError::Invalid { place, .. }
        | EnvironmentError::Filled { place, .. }
        | EnvironmentError::EnvironmentName { place, .. }
        | EnvironmentError::SameStacks { place, .. }
        | EnvironmentError::Conflict { place, .. } => {
            Some((place.position.line, place.position.column))
        }
        EnvironmentError::NoName { place } | EnvironmentError::Missing { place, .. } => match place
        {
            TablePlace::There { position, .. } => Some((position.line, position.column)),
            TablePlace::Absent { .. } => None,
        },
        EnvironmentError::UnknownEnvironment { .. } => None,
    }
}

/// Whether a parameter of this kind is what CloudFormation would let pass, as far as can be said without its patterns.
fn passes(kind: &Kind, text: &str) -> bool {
    match kind {
        Kind::OneOf(words) => words.contains(&text),
        Kind::Number(least, most) => text
            .parse()
            .is_ok_and(|number: u32| (least..=most).contains(&&number)),
        Kind::Text | Kind::Matching { .. } | Kind::List | Kind::Stored => text.len() <= 4096,
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}", environment in proptest::option::of("[a-z]{0,8}")) {
        let read = crate::Environment::read(&text, FILE, environment.as_deref());
        prop_assert!(read.is_err(), "there is no name in it");
    }

    #[test]
    fn what_is_refused_has_a_place_in_the_text(shared in table(), own in table()) {
        let text = format!("[infra]\nname = \"shop\"\n{shared}[env.staging]\n{own}");
        let Err(error) = read_for(&text, "staging") else {
            return Ok(());
        };
        let (line, column) = position(&error).unwrap();
        let line = text.lines().nth(line - 1).unwrap();
        prop_assert!(column <= line.chars().count() + 1, "{}", message(&error));
    }

    #[test]
    fn what_is_taken_is_taken_by_templates_and_schema(shared in table(), own in table()) {
        let text = format!("[infra]\nname = \"shop\"\n{shared}[env.staging]\n{own}");
        let Ok(staging) = read_for(&text, "staging") else {
            return Ok(());
        };
        prop_assert!(VALIDATOR.is_valid(&documentation::as_json(&text)), "{text}");
        for stack in Stack::ALL {
            let definitions = stack.template().parameters;
            for (name, value) in staging.parameters(stack) {
                let kind = &definitions[name.as_str()].kind;
                prop_assert!(passes(kind, value), "{name} = {value}");
            }
        }
    }

    #[test]
    fn an_environment_that_says_nothing_is_the_site_under_another_name(shared in table()) {
        let text = format!("[infra]\nname = \"shop\"\n{shared}[env.staging]\n");
        match (read(&text), read_for(&text, "staging")) {
            (Ok(site), Ok(staging)) => {
                prop_assert_eq!(site.tags(), staging.tags());
                prop_assert_eq!(site.data_parameters(), staging.data_parameters());
                prop_assert_eq!(site.app_parameters().len(), staging.app_parameters().len());
            }
            (site, staging) => prop_assert_eq!(site.is_err(), staging.is_err()),
        }
    }
}
