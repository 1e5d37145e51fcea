//! What has to be chosen for a condition, in words that are true.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::condition::*;
use crate::Template;
use crate::chosen::Choices;
use crate::references::alternatives;

/// Whether the words hold, word by word.
fn holds(condition: &Condition, values: &BTreeMap<&str, &str>) -> bool {
    match condition {
        Condition::Is(choice) => {
            (values[choice.parameter.as_str()] == choice.value) == choice.holds
        }
        Condition::All(all) => all.iter().all(|one| holds(one, values)),
        Condition::Any(any) => any.iter().any(|one| holds(one, values)),
        Condition::Other { json, .. } => panic!("{json} has no words"),
    }
}

proptest! {
    /// However conditions are put together, the words say what CloudFormation decides.
    #[test]
    fn words_hold_where_the_condition_does(seeds in vec(any::<Index>(), 64)) {
        for template in [crate::data::template(), crate::app::template()] {
            let json = template.to_json();
            let values: BTreeMap<&str, &str> = alternatives(&json)
                .into_iter()
                .zip(&seeds)
                .map(|((name, values), seed)| (name, *seed.get(&values)))
                .collect();
            let chosen: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, *value)).collect();
            let choices = Choices::new(&json, &chosen);
            for name in template.conditions.keys() {
                let condition = Condition::named(&template, Some(name));
                prop_assert_eq!(holds(&condition, &values), choices.holds(name), "{} {:?}", name, values);
                let opposite = condition.opposite(&template);
                prop_assert_eq!(holds(&opposite, &values), !choices.holds(name), "not {} {:?}", name, values);
            }
        }
    }
}

fn check(template: &Template, name: &str, expected: &str) {
    let words = Condition::named(template, Some(name)).to_string();
    assert_eq!(words, expected, "{name}");
}

#[test]
fn conditions_say_what_has_to_be_chosen() {
    let data = crate::data::template();
    let app = crate::app::template();
    for (template, name, expected) in [
        (&data, "Mysql", "`DatabaseEngine` is `mysql`"),
        (&data, "Aurora", "`DatabaseEngine` is `aurora`"),
        (
            &data,
            "Nat",
            "`Egress` is `nat` or `Egress` is `nat-per-az`",
        ),
        (
            &data,
            "NatForThirdZone",
            "(`Egress` is `nat` or `Egress` is `nat-per-az`) and `Zones` is `3`",
        ),
        (
            &data,
            "SplitWithWeb",
            "`Shape` is `split` and `Egress` is not `endpoints`",
        ),
        (&data, "Everybody", "`CloudFrontPrefixList` is empty"),
        (
            &app,
            "IsIssued",
            "`Domain` is given and `HostedZone` is given and `Certificate` is empty",
        ),
        (
            &app,
            "RestrictsAdmin",
            "`Firewall` is `on` and `AdminNetworks` is given",
        ),
    ] {
        check(template, name, expected);
    }
}

#[test]
fn the_opposite_of_the_opposite_is_the_same() {
    for template in [crate::data::template(), crate::app::template()] {
        for name in template.conditions.keys() {
            let condition = Condition::named(&template, Some(name));
            let twice = condition.clone().opposite(&template).opposite(&template);
            assert_eq!(twice, condition, "{name}");
        }
    }
}

#[test]
fn every_condition_of_both_stacks_has_words() {
    for template in [crate::data::template(), crate::app::template()] {
        for name in template.conditions.keys() {
            let words = Condition::named(&template, Some(name)).to_string();
            assert!(!words.contains("Fn::"), "{name}: {words}");
        }
    }
}

#[test]
fn what_has_no_words_is_shown_as_it_is() {
    let mut template = Template::default();
    template.condition("A", serde_json::json!({ "Fn::Equals": [1, 2] }));
    check(&template, "A", r#"`{"Fn::Equals":[1,2]}`"#);
    check(&template, "B", "`B`");
}
