//! Pins, and versions to stay with.

use super::{request, suite};
use crate::{
    index::PackageIndex,
    resolve::{Pin, Request, parse_request, resolve},
};

/// Three versions of one library, of which a program takes any.
fn three_versions() -> [PackageIndex; 2] {
    [
        suite(
            "main",
            &["program 1; Depends: library", "library 1", "other 1"],
        ),
        suite("main-security", &["library 2", "library 3"]),
    ]
}

fn versions_of(request: &Request) -> Vec<String> {
    let packages = resolve(request, &three_versions()).unwrap();
    packages
        .iter()
        .map(|package| format!("{} {}", package.name, package.version))
        .collect()
}

fn pin(pattern: &str, relation: Option<&str>, suite: Option<&str>) -> Pin {
    let constraint = relation.and_then(|relation| {
        let relation = parse_request(&format!("library ({relation})")).unwrap();
        relation.constraint
    });
    Pin {
        pattern: pattern.to_owned(),
        constraint,
        suite: suite.map(|suite| suite.parse().unwrap()),
    }
}

#[test]
fn a_pin_limits_a_package_that_only_a_dependency_asks_for() {
    let mut request = request(&["program"], &[]);
    for (pins, expected) in [
        (vec![], "library 3"),
        (vec![pin("library", Some("= 2"), None)], "library 2"),
        (vec![pin("lib*", Some("<< 3"), None)], "library 2"),
        (vec![pin("library", None, Some("main"))], "library 1"),
        (vec![pin("other", Some("= 7"), Some("main"))], "library 3"),
    ] {
        request.pins = pins;
        if request.pins.iter().any(|pin| pin.pattern == "other") {
            // A pin that nothing fits is an error even where the package is not needed.
            assert!(resolve(&request, &three_versions()).is_err());
        } else {
            assert_eq!(versions_of(&request), [expected, "program 1"]);
        }
    }
}

#[test]
fn a_pin_that_nothing_fits_says_what_there_is() {
    let mut request = request(&["program"], &[]);
    request.pins = vec![pin("library", Some("= 2"), Some("main"))];
    let error = resolve(&request, &three_versions()).unwrap_err();
    insta::assert_snapshot!(error, @"no suite has what the pin `library (= 2) from main` asks for; there is `1` in main, `2` in main-security, `3` in main-security");
}

#[test]
fn a_preferred_version_stays_until_something_needs_another() {
    let mut request = request(&["program"], &[]);
    request
        .prefer
        .insert("library".parse().unwrap(), "2".parse().unwrap());
    assert_eq!(versions_of(&request), ["library 2", "program 1"]);
    request
        .install
        .push(parse_request("library (>= 3)").unwrap());
    assert_eq!(versions_of(&request), ["library 3", "program 1"]);
}

#[test]
fn a_preferred_version_gives_way_to_a_dependency() {
    let suites = [suite(
        "main",
        &[
            "program 2; Depends: library (>= 2)",
            "library 1",
            "library 2",
        ],
    )];
    let mut request = request(&["program"], &[]);
    request
        .prefer
        .insert("library".parse().unwrap(), "1".parse().unwrap());
    let packages = resolve(&request, &suites).unwrap();
    assert_eq!(packages[0].version.to_string(), "2");
}
