//! The order of versions a second time, by another road than the one under test.
//!
//! Every part of a version becomes a list of numbers; lists compare from left to right, and a list
//! that ends goes on with zeros. Written from deb-version(7), "Sorting algorithm".

use std::{cmp::Ordering, iter};

use wpimg_debian::version::Version;

/// Compares as deb-version(7) says.
pub fn compare(left: &Version, right: &Version) -> Ordering {
    let part = |left: &str, right: &str| {
        let (left, right) = (key(left), key(right));
        let longest = left.len().max(right.len());
        padded(left).take(longest).cmp(padded(right).take(longest))
    };
    epoch(left.as_str())
        .cmp(&epoch(right.as_str()))
        .then_with(|| part(left.upstream(), right.upstream()))
        .then_with(|| part(left.revision(), right.revision()))
}

fn epoch(text: &str) -> u64 {
    let (digits, _) = text.split_once(':').unwrap_or(("0", ""));
    digits
        .trim_matches([' ', '\t'])
        .parse()
        .expect("an accepted version has a numeric epoch")
}

/// Characters by weight, an end mark, then the digits after them: first how many, then which.
fn key(part: &str) -> Vec<i64> {
    let mut key = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        key.extend(rest[..digits].chars().map(|c| match c {
            '~' => -1,
            'A'..='Z' | 'a'..='z' => i64::from(u32::from(c)),
            _ => i64::from(u32::from(c)) + 1000,
        }));
        key.push(0);
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number = rest[..end].trim_start_matches('0');
        key.push(i64::try_from(number.len()).expect("a version is short"));
        key.extend(number.bytes().map(i64::from));
        rest = &rest[end..];
    }
    key
}

fn padded(key: Vec<i64>) -> impl Iterator<Item = i64> {
    key.into_iter().chain(iter::repeat(0))
}
