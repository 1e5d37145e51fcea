//! The order of versions, against a table, against its own laws and against dpkg itself.

use std::{cmp::Ordering, process::Command};

use proptest::prelude::*;

use super::{Version, VersionError};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

#[track_caller]
fn check(left: &str, expected: Ordering, right: &str) {
    assert_eq!(
        version(left).cmp(&version(right)),
        expected,
        "{left} against {right}"
    );
    assert_eq!(
        version(right).cmp(&version(left)),
        expected.reverse(),
        "{right} against {left}"
    );
}

#[test]
fn a_tilde_sorts_before_the_end_of_the_version() {
    check("1.0~rc1", Ordering::Less, "1.0");
    check("1.0~~", Ordering::Less, "1.0~");
    check("1.0~", Ordering::Less, "1.0-1");
    check(
        "6.8.12+dfsg1-0+deb13u1",
        Ordering::Greater,
        "6.8.12+dfsg1-0+deb13u1~bpo12+1",
    );
}

#[test]
fn an_epoch_outweighs_everything_after_it() {
    check("1:1.0", Ordering::Greater, "2.0");
    check("0:2.0", Ordering::Equal, "2.0");
}

#[test]
fn digits_compare_as_numbers_of_any_length() {
    check("1.9", Ordering::Less, "1.10");
    check("1.09", Ordering::Equal, "1.9");
    check(
        "1.99999999999999999999999",
        Ordering::Less,
        "1.100000000000000000000000",
    );
}

#[test]
fn letters_sort_before_other_characters() {
    check("1.0a", Ordering::Less, "1.0+");
    check("1.0", Ordering::Less, "1.0a");
    check("1.26.3-3+deb13u10", Ordering::Greater, "1.26.3-3+deb13u9");
}

#[test]
fn a_missing_revision_equals_revision_zero() {
    check("1.0", Ordering::Equal, "1.0-0");
    check("1.0", Ordering::Less, "1.0-1");
    check("1-2-3", Ordering::Less, "1-2-4");
}

#[test]
fn the_text_is_kept_as_written() {
    assert_eq!(version("0:1.0-0").to_string(), "0:1.0-0");
    assert_eq!(version("1:2.41-12+deb13u4").upstream(), "2.41");
    assert_eq!(version("1:2.41-12+deb13u4").revision(), "12+deb13u4");
}

#[test]
fn malformed_versions_are_refused_with_their_reason() {
    let refuse = |text: &str| text.parse::<Version>().unwrap_err();
    assert_eq!(refuse("  "), VersionError::Empty);
    assert_eq!(
        refuse("a1"),
        VersionError::NoLeadingDigit {
            version: "a1".into()
        }
    );
    assert_eq!(
        refuse("1.0-"),
        VersionError::EmptyRevision {
            version: "1.0-".into()
        }
    );
    assert_eq!(
        refuse("x:1"),
        VersionError::Epoch {
            version: "x:1".into()
        }
    );
    assert_eq!(
        refuse("2147483648:1"),
        VersionError::Epoch {
            version: "2147483648:1".into()
        }
    );
    assert_eq!(
        refuse("1.0_1"),
        VersionError::Character {
            version: "1.0_1".into(),
            character: '_'
        }
    );
    assert_eq!(
        refuse(&"1".repeat(600)),
        VersionError::TooLong { length: 600 }
    );
}

fn any_version() -> impl Strategy<Value = String> {
    ("([0-3]:)?", "[0-9][a-c0-2.+~]{0,8}", "(-[a-c0-2.+~]{1,5})?")
        .prop_map(|(epoch, upstream, revision)| format!("{epoch}{upstream}{revision}"))
}

proptest! {
    #[test]
    fn the_order_is_total(left in any_version(), middle in any_version(), right in any_version()) {
        let mut sorted = [version(&left), version(&middle), version(&right)];
        sorted.sort();
        prop_assert!(sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2]);
        prop_assert_eq!(sorted[0].cmp(&sorted[2]), sorted[2].cmp(&sorted[0]).reverse());
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,40}") {
        if let Ok(parsed) = text.parse::<Version>() {
            prop_assert_eq!(parsed.cmp(&version(parsed.as_str())), Ordering::Equal);
        }
    }
}

/// A fixed linear congruential generator: the same pairs on every machine and every run.
fn generated_versions(count: usize) -> Vec<String> {
    let alphabet = b"0123456789abzAZ.+~-";
    let mut state: u64 = 0x5eed;
    let mut next = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    (0..count)
        .map(|_| {
            let epoch = ["", "", "1:", "0:"][next(4)];
            let tail: String = (0..next(7))
                .map(|_| char::from(alphabet[next(alphabet.len())]))
                .collect();
            format!("{epoch}{}{tail}1", next(3))
        })
        .collect()
}

#[test]
fn dpkg_orders_generated_pairs_the_same_way() {
    let versions = generated_versions(240);
    for pair in versions.chunks_exact(2) {
        let expected = match version(&pair[0]).cmp(&version(&pair[1])) {
            Ordering::Less => "lt",
            Ordering::Equal => "eq",
            Ordering::Greater => "gt",
        };
        let status = Command::new("dpkg")
            .args(["--compare-versions", &pair[0], expected, &pair[1]])
            .status()
            .expect("dpkg must be installed to run this test");
        assert!(
            status.success(),
            "dpkg does not agree that {} {expected} {}",
            pair[0],
            pair[1]
        );
    }
}
