//! How relation fields are read, written and matched.

use proptest::prelude::*;

use super::{DependencyError, Operator, Qualifier, Relation, parse_dependencies};
use crate::architecture::Architecture;

fn relation(text: &str) -> Relation {
    text.parse().unwrap()
}

/// Parses a field and writes it back the way this crate spells relations.
#[track_caller]
fn check(field: &str, expected: &[&str]) {
    let parsed = parse_dependencies(field).unwrap();
    let written: Vec<String> = parsed.iter().map(ToString::to_string).collect();
    assert_eq!(written, expected);
}

#[test]
fn a_field_is_a_conjunction_of_alternatives() {
    check(
        "media-types | mime-support,php8.4-common (= 8.4.24-1~deb13u1) , libc6(>=2.38)",
        &[
            "media-types | mime-support",
            "php8.4-common (= 8.4.24-1~deb13u1)",
            "libc6 (>= 2.38)",
        ],
    );
    check("", &[]);
    check("a1, ", &["a1"]);
}

#[test]
fn fields_may_span_lines() {
    check(
        "perl:any,\n zlib1g (>= 1:1.1.4)\n",
        &["perl:any", "zlib1g (>= 1:1.1.4)"],
    );
}

#[test]
fn restrictions_and_profiles_are_understood() {
    let parsed = relation("gcc:native (>> 4) [amd64 any-arm64] <!nocheck> <cross>");
    assert_eq!(parsed.qualifier, Some(Qualifier::Native));
    assert_eq!(
        parsed.constraint.as_ref().unwrap().operator,
        Operator::Later
    );
    assert!(parsed.applies_to(&Architecture::amd64()));
    assert!(parsed.applies_to(&Architecture::arm64()));
    assert!(!relation("gcc [!amd64]").applies_to(&Architecture::amd64()));
    assert!(relation("gcc [!amd64]").applies_to(&Architecture::arm64()));
    assert!(relation("gcc [linux-any]").applies_to(&Architecture::arm64()));
}

#[test]
fn constraints_decide_by_version_order() {
    let accepts = |text: &str, version: &str| relation(text).accepts(&version.parse().unwrap());
    assert!(accepts("ab (<< 2)", "2~rc1") && !accepts("ab (<< 2)", "2"));
    assert!(accepts("ab (<= 2)", "2-0") && !accepts("ab (<= 2)", "2-1"));
    assert!(accepts("ab (= 1:1)", "1:1") && !accepts("ab (= 1)", "1:1"));
    assert!(accepts("ab (>= 2)", "2") && !accepts("ab (>> 2)", "2"));
    assert!(accepts("ab (< 2)", "2") && accepts("ab (> 2)", "2"));
    assert!(accepts("ab", "0"));
}

#[test]
fn malformed_relations_are_refused_with_their_reason() {
    let refuse = |text: &str| parse_dependencies(text).unwrap_err();
    assert!(matches!(refuse("A_B"), DependencyError::Name { .. }));
    assert!(matches!(
        refuse("ab:Any"),
        DependencyError::Qualifier { .. }
    ));
    assert!(matches!(refuse("ab (2)"), DependencyError::Operator { .. }));
    assert!(matches!(
        refuse("ab (>= 2"),
        DependencyError::Operator { .. }
    ));
    assert!(matches!(
        refuse("ab (>= x)"),
        DependencyError::Version { .. }
    ));
    assert!(matches!(
        refuse("ab [AMD]"),
        DependencyError::Restriction { .. }
    ));
    assert!(matches!(
        refuse("ab (>= 2) cd"),
        DependencyError::Trailing { .. }
    ));
    assert!(matches!(refuse("ab <x"), DependencyError::Trailing { .. }));
    assert!(matches!(
        refuse("ab | | cd"),
        DependencyError::EmptyAlternative { .. }
    ));
}

proptest! {
    #[test]
    fn what_is_parsed_reads_the_same_after_writing(field in "[a-c1:|,()<>=\\[\\]! ]{0,40}") {
        if let Ok(parsed) = parse_dependencies(&field) {
            for alternatives in parsed {
                let again = parse_dependencies(&alternatives.to_string()).unwrap();
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(again[0].to_string(), alternatives.to_string());
            }
        }
    }
}
