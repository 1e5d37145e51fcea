//! Versions against a model of deb-version(7), and now and then against dpkg itself.
//!
//! Input: up to three lines, each a version. Starting dpkg takes a thousand times longer than
//! comparing, so one input in 256 is put before it; which ones depends on the input alone, so that
//! a reproducer stays one. Without dpkg on the machine the model is the only judge.

#![no_main]

use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    process::{Command, Stdio},
};

use libfuzzer_sys::fuzz_target;
use wpimg_debian::version::Version;
use wpimg_fuzz::version_model;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let versions: Vec<Version> = text
        .split('\n')
        .take(3)
        .filter_map(|line| line.parse().ok())
        .collect();
    for version in &versions {
        let again: Version = version
            .to_string()
            .parse()
            .expect("a version is one when written");
        assert_eq!(
            (again.as_str(), again.cmp(version)),
            (version.as_str(), Ordering::Equal)
        );
    }
    for left in &versions {
        for right in &versions {
            let order = left.cmp(right);
            assert_eq!(
                order,
                version_model::compare(left, right),
                "{left} and {right}"
            );
            assert_eq!(order, right.cmp(left).reverse(), "{left} and {right}");
        }
    }
    if let [a, b, c] = versions.as_slice() {
        assert!(!(a <= b && b <= c) || a <= c, "{a}, {b} and {c}");
    }
    if is_chosen(bytes) {
        versions
            .windows(2)
            .for_each(|pair| ask_dpkg(&pair[0], &pair[1]));
    }
});

fn is_chosen(bytes: &[u8]) -> bool {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish().is_multiple_of(256)
}

fn ask_dpkg(left: &Version, right: &Version) {
    let operator = match left.cmp(right) {
        Ordering::Less => "lt",
        Ordering::Equal => "eq",
        Ordering::Greater => "gt",
    };
    let answer = Command::new("dpkg")
        .args([
            "--compare-versions",
            left.as_str(),
            operator,
            right.as_str(),
        ])
        .stdin(Stdio::null())
        .output();
    let Ok(answer) = answer else {
        return;
    };
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(
        answer.status.success(),
        "dpkg says not: {left} {operator} {right}"
    );
    assert!(
        complaint.is_empty(),
        "dpkg on {left} and {right}: {complaint}"
    );
}
