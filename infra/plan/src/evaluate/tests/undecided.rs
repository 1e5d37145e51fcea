//! Conditions that only CloudFormation can decide.

use std::collections::BTreeMap;

use super::*;

#[test]
fn a_condition_is_decided_as_soon_as_one_part_decides_it() {
    let (yes, no) = (
        json!({ "Fn::Equals": [1, "1"] }),
        json!({ "Fn::Equals": [1, 2] }),
    );
    let open = json!({ "Fn::Equals": [{ "Ref": "Vpc" }, "x"] });
    let table = [
        (yes.clone(), "made"),
        (no.clone(), "left out"),
        (open.clone(), "undecided"),
        (json!({ "Fn::Not": [open] }), "undecided"),
        (json!({ "Fn::And": [open, no] }), "left out"),
        (json!({ "Fn::And": [open, yes] }), "undecided"),
        (json!({ "Fn::And": [yes, yes] }), "made"),
        (json!({ "Fn::Or": [open, yes] }), "made"),
        (json!({ "Fn::Or": [open, no] }), "undecided"),
        (json!({ "Fn::Or": [no, no] }), "left out"),
        (
            json!({ "Fn::Equals": [{ "Ref": "Vpc" }, { "Ref": "Vpc" }] }),
            "made",
        ),
        (json!({ "Fn::Equals": [true, "true"] }), "made"),
        (json!({ "Fn::Equals": [["a"], ["a"]] }), "made"),
        (json!({ "Fn::Equals": [["a"], ["b"]] }), "left out"),
        (json!({ "Condition": "Itself" }), "undecided"),
        (json!({ "Condition": "Missing" }), "undecided"),
        (json!({ "Fn::Nonsense": [] }), "undecided"),
        (json!("text"), "undecided"),
    ];
    for (condition, expected) in table {
        let template = json!({
            "Conditions": { "Itself": condition },
            "Resources": { "Thing": { "Type": "T", "Condition": "Itself" } },
        });
        let stack = evaluate(&template, &inputs(&[])).unwrap();
        let found = match stack.resources.get("Thing").map(|thing| &thing.existence) {
            None => "left out",
            Some(Existence::Certain) => "made",
            Some(Existence::Undecided { condition }) => {
                assert_eq!(condition, "Itself");
                "undecided"
            }
        };
        assert_eq!(found, expected, "{condition}");
    }
}

/// Each needs the next twice: without a memory that would be a thousand million decisions.
#[test]
fn conditions_that_need_each_other_are_decided_once() {
    let mut conditions: BTreeMap<String, Value> = (0..30)
        .map(|number| {
            let next = json!({ "Condition": format!("C{}", number + 1) });
            (format!("C{number}"), json!({ "Fn::And": [next, next] }))
        })
        .collect();
    conditions.insert("C30".into(), json!({ "Fn::Equals": ["a", "a"] }));
    let template = json!({
        "Conditions": conditions,
        "Resources": { "Thing": { "Type": "T", "Condition": "C0" } },
    });
    let stack = evaluate(&template, &inputs(&[])).unwrap();
    assert_eq!(stack.resources["Thing"].existence, Existence::Certain);
}
