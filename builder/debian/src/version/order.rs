//! Compares one part of two versions, upstream or revision.
//!
//! The parts are read as alternating runs of non-digits and digits. In a non-digit run `~` sorts
//! before the end of the run, letters before everything else. Digit runs compare as numbers of any
//! length. Source: deb-version(7), "Sorting algorithm".

use std::cmp::Ordering;

/// Compares two upstream parts or two revisions.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while !left.is_empty() || !right.is_empty() {
        let (left_text, left_rest) = split_run(left, |byte| !byte.is_ascii_digit());
        let (right_text, right_rest) = split_run(right, |byte| !byte.is_ascii_digit());
        let (left_digits, left_next) = split_run(left_rest, |byte| byte.is_ascii_digit());
        let (right_digits, right_next) = split_run(right_rest, |byte| byte.is_ascii_digit());
        let order = compare_text(left_text, right_text)
            .then_with(|| compare_digits(left_digits, right_digits));
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_next, right_next);
    }
    Ordering::Equal
}

fn split_run(part: &[u8], belongs: fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = part
        .iter()
        .position(|&byte| !belongs(byte))
        .unwrap_or(part.len());
    part.split_at(end)
}

fn compare_text(left: &[u8], right: &[u8]) -> Ordering {
    for position in 0..left.len().max(right.len()) {
        let order = weight(left.get(position)).cmp(&weight(right.get(position)));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// The end of a run weighs nothing, so that `~` can stand before it.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        None => 0,
        Some(b'~') => -1,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(*letter),
        Some(other) => i32::from(*other) + 256,
    }
}

/// Runs may be longer than any integer type, so the length decides first.
fn compare_digits(left: &[u8], right: &[u8]) -> Ordering {
    let (left, right) = (without_leading_zeros(left), without_leading_zeros(right));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn without_leading_zeros(digits: &[u8]) -> &[u8] {
    let start = digits
        .iter()
        .position(|&digit| digit != b'0')
        .unwrap_or(digits.len());
    &digits[start..]
}
