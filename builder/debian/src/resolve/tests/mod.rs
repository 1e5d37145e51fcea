//! What the resolver chooses, and how it explains that it cannot.

use std::fmt::Write as _;

mod pins;

use super::{Request, ResolveError, parse_request, resolve};
use crate::{architecture::Architecture, index::PackageIndex};

/// One line per package: `name version`, then fields separated by `;`.
fn suite(name: &str, lines: &[&str]) -> PackageIndex {
    let mut text = String::new();
    for line in lines {
        let (head, fields) = line.split_once(';').unwrap_or((line, ""));
        let (package, version) = head.trim().split_once(' ').unwrap();
        let digest = "0".repeat(64);
        let _ = write!(
            text,
            "Package: {package}\nVersion: {version}\nArchitecture: amd64\nSize: 1\n\
             SHA256: {digest}\nFilename: pool/{package}.deb\n"
        );
        fields
            .split(';')
            .map(str::trim)
            .filter(|field| !field.is_empty())
            .for_each(|field| {
                text += field;
                text += "\n";
            });
        text += "\n";
    }
    PackageIndex::parse(text.as_bytes(), name.parse().unwrap()).unwrap()
}

fn request(install: &[&str], omit: &[&str]) -> Request {
    let mut request = Request::new(Architecture::amd64());
    request.install = install
        .iter()
        .map(|text| parse_request(text).unwrap())
        .collect();
    request.omit = omit.iter().map(|name| name.parse().unwrap()).collect();
    request
}

#[track_caller]
fn check_in(suites: &[PackageIndex], install: &[&str], omit: &[&str], expected: &[&str]) {
    let packages = resolve(&request(install, omit), suites).unwrap();
    let found: Vec<String> = packages
        .iter()
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check(lines: &[&str], install: &[&str], expected: &[&str]) {
    check_in(&[suite("main", lines)], install, &[], expected);
}

#[track_caller]
fn refused(lines: &[&str], install: &[&str], omit: &[&str]) -> ResolveError {
    resolve(&request(install, omit), &[suite("main", lines)]).unwrap_err()
}

#[test]
fn dependencies_and_pre_dependencies_are_followed() {
    let lines = [
        "aa 1; Depends: bb, cc (>= 2); Recommends: zz",
        "bb 1; Pre-Depends: dd",
        "cc 2",
        "dd 1",
        "zz 1",
    ];
    check(&lines, &["aa"], &["aa 1", "bb 1", "cc 2", "dd 1"]);
}

#[test]
fn cycles_are_installed_whole() {
    check(
        &["aa 1; Depends: bb", "bb 1; Depends: aa"],
        &["bb"],
        &["aa 1", "bb 1"],
    );
}

#[test]
fn the_first_alternative_wins_when_it_can_be_installed() {
    check(
        &["aa 1; Depends: bb | cc", "bb 1", "cc 1"],
        &["aa"],
        &["aa 1", "bb 1"],
    );
    check(
        &["aa 1; Depends: bb | cc", "cc 1"],
        &["aa"],
        &["aa 1", "cc 1"],
    );
    check(
        &["aa 1; Depends: bb | cc", "bb 1; Depends: gone", "cc 1"],
        &["aa"],
        &["aa 1", "cc 1"],
    );
}

#[test]
fn an_alternative_that_is_installed_anyway_is_enough() {
    let lines = [
        "wp 1; Depends: apache2 | httpd",
        "apache2 1; Provides: httpd",
        "nginx 1; Provides: httpd",
    ];
    check(&lines, &["wp", "nginx"], &["nginx 1", "wp 1"]);
}

#[test]
fn a_package_of_the_name_goes_before_its_providers() {
    let lines = [
        "aa 1; Depends: awk",
        "awk 1",
        "mawk 1; Provides: awk; Priority: required",
    ];
    check(&lines, &["aa"], &["aa 1", "awk 1"]);
}

#[test]
fn providers_are_preferred_by_source_then_by_priority() {
    let lines = [
        "aa 1; Source: ss; Depends: vv",
        "pp 1; Provides: vv; Priority: optional",
        "qq 1; Provides: vv; Priority: required",
    ];
    check(&lines, &["aa"], &["aa 1", "qq 1"]);
    let own = [
        lines[0],
        "pp 1; Source: ss; Provides: vv; Priority: optional",
        lines[2],
    ];
    check(&own, &["aa"], &["aa 1", "pp 1"]);
}

#[test]
fn versioned_provides_satisfy_versioned_needs() {
    let lines = [
        "aa 1; Depends: api (>= 2)",
        "old 9; Provides: api (= 1)",
        "plain 9; Provides: api",
        "right 1; Provides: api (= 2)",
    ];
    check(&lines, &["aa"], &["aa 1", "right 1"]);
}

#[test]
fn the_newest_version_across_suites_wins() {
    let suites = [
        suite("trixie", &["aa 1; Depends: bb", "bb 1.0"]),
        suite("trixie-security", &["bb 1.0+deb13u1; Depends: cc", "cc 1"]),
    ];
    check_in(&suites, &["aa"], &[], &["aa 1", "bb 1.0+deb13u1", "cc 1"]);
}

#[test]
fn an_outdated_provider_is_not_taken_for_a_virtual_package() {
    let suites = [
        suite(
            "trixie",
            &[
                "aa 1; Depends: vv",
                "bb 1; Provides: vv",
                "cc 1; Provides: vv",
            ],
        ),
        suite("trixie-security", &["bb 2"]),
    ];
    check_in(&suites, &["aa"], &[], &["aa 1", "cc 1"]);
}

#[test]
fn an_older_version_is_taken_only_when_it_is_asked_for() {
    let suites = [
        suite("trixie", &["aa 1; Depends: bb (= 1)", "bb 1"]),
        suite("trixie-security", &["aa 2; Depends: bb (= 2)", "bb 2"]),
    ];
    check_in(&suites, &["aa"], &[], &["aa 2", "bb 2"]);
    check_in(&suites, &["aa=1"], &[], &["aa 1", "bb 1"]);
    check_in(&suites, &["aa (<< 2)"], &[], &["aa 1", "bb 1"]);
}

#[test]
fn omitted_packages_satisfy_by_name_and_by_what_they_provide() {
    let lines = [
        "aa 1; Depends: bb (>= 9) | cc, vv",
        "bb 1; Provides: vv",
        "cc 1",
        "dd 1; Provides: vv",
    ];
    check_in(&[suite("main", &lines)], &["aa"], &["bb"], &["aa 1"]);
    check_in(
        &[suite("main", &lines)],
        &["aa"],
        &["not-in-any-suite"],
        &["aa 1", "bb 1", "cc 1"],
    );
}

#[test]
fn omitted_packages_do_not_conflict() {
    let lines = ["aa 1; Conflicts: bb", "bb 1"];
    check_in(&[suite("main", &lines)], &["aa"], &["bb"], &["aa 1"]);
}

#[test]
fn conflicts_and_breaks_steer_the_choice() {
    check(
        &["aa 1; Depends: bb | cc; Conflicts: bb", "bb 1", "cc 1"],
        &["aa"],
        &["aa 1", "cc 1"],
    );
    check(
        &["aa 1; Breaks: bb (<< 2); Depends: bb | cc", "bb 1", "cc 1"],
        &["aa"],
        &["aa 1", "cc 1"],
    );
    check(
        &["aa 1; Breaks: bb (<< 2); Depends: bb", "bb 2"],
        &["aa"],
        &["aa 1", "bb 2"],
    );
}

#[test]
fn a_package_may_conflict_with_what_it_provides_itself() {
    let lines = [
        "exim 1; Provides: mta; Conflicts: mta",
        "postfix 1; Provides: mta; Conflicts: mta",
        "aa 1; Depends: mta",
    ];
    check(&lines, &["aa", "postfix"], &["aa 1", "postfix 1"]);
    let error = refused(&lines, &["exim", "postfix"], &[]);
    assert!(matches!(error, ResolveError::Conflict { .. }), "{error}");
}

#[test]
fn packages_of_other_architectures_do_not_exist() {
    let text = format!(
        "Package: aa\nVersion: 1\nArchitecture: arm64\nSize: 1\nSHA256: {}\nFilename: aa.deb\n",
        "0".repeat(64)
    );
    let index = PackageIndex::parse(text.as_bytes(), "main".parse().unwrap()).unwrap();
    let error = resolve(&request(&["aa"], &[]), &[index]).unwrap_err();
    assert!(
        matches!(error, ResolveError::UnknownPackage { .. }),
        "{error}"
    );
}

#[test]
fn an_unknown_package_names_the_nearest_one() {
    let error = refused(&["php8.4-fpm 1", "nginx 1"], &["php8.4-fmp"], &[]);
    assert_eq!(error.to_string(), "no suite has a package `php8.4-fmp`");
    assert_eq!(
        error.hint().unwrap(),
        "a package with a similar name exists: `php8.4-fpm`"
    );
    assert_eq!(refused(&["nginx 1"], &["mariadb-server"], &[]).hint(), None);
}

#[test]
fn a_version_that_does_not_exist_lists_those_that_do() {
    let error = refused(&["aa 1"], &["aa (>= 2)"], &[]);
    assert_eq!(error.to_string(), "no suite has `aa (>= 2)`; there is `1`");
}

#[test]
fn a_missing_dependency_is_explained_as_a_chain() {
    let lines = [
        "wordpress 6.8; Depends: php-gd",
        "php-gd 8.4; Depends: libgd3 (>= 3)",
        "libgd3 2.3",
    ];
    assert_eq!(
        refused(&lines, &["wordpress"], &[]).to_string(),
        "package `wordpress` cannot be installed: `wordpress` 6.8 needs `php-gd`; \
         `php-gd` 8.4 needs `libgd3 (>= 3)`, but the suites have 2.3"
    );
    assert_eq!(
        refused(&["aa 1; Depends: bb | cc"], &["aa"], &[]).to_string(),
        "package `aa` cannot be installed: `aa` 1 needs `bb | cc`, which no suite has"
    );
}

#[test]
fn a_conflict_is_explained_with_both_sides() {
    let lines = ["aa 1; Depends: cc", "bb 1; Conflicts: cc", "cc 1"];
    insta::assert_snapshot!(refused(&lines, &["aa", "bb"], &[]), @"
    the requested packages exclude each other:
    ├─ aa can be installed with any of the following options:
    │  └─ aa 1 would require
    │     └─ cc, which can be installed with any of the following options:
    │        └─ cc 1
    └─ bb cannot be installed because there are no viable options:
       └─ bb 1 would constrain
          └─ cc (excluded by `Conflicts: cc`), which conflicts with any installable versions previously reported
    ");
}

#[test]
fn a_conflict_names_the_field_that_excludes_a_package() {
    for (field, expected) in [
        ("Breaks: cc (<< 2)", "cc (excluded by `Breaks: cc (<< 2)`)"),
        (
            "Conflicts: virtual",
            "cc (excluded by `Conflicts: virtual`)",
        ),
    ] {
        let breaking = format!("bb 1; {field}");
        let lines = ["aa 1; Depends: cc", &breaking, "cc 1; Provides: virtual"];
        let message = refused(&lines, &["aa", "bb"], &[]).to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn requesting_an_omitted_package_is_an_error() {
    let error = refused(&["aa 1"], &["aa"], &["aa"]);
    assert!(
        matches!(error, ResolveError::RequestedAndOmitted { .. }),
        "{error}"
    );
}

#[test]
fn the_answer_does_not_depend_on_the_order_of_the_index() {
    let mut lines = vec![
        "aa 1; Depends: vv, ww",
        "bb 1; Provides: vv",
        "cc 1; Provides: vv",
        "dd 1; Provides: ww",
        "ee 1; Provides: ww",
    ];
    let expected = ["aa 1", "bb 1", "dd 1"];
    check(&lines, &["aa"], &expected);
    lines.reverse();
    check(&lines, &["aa"], &expected);
}
