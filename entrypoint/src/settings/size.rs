//! A size in bytes as nginx and PHP both write it: a number with `K`, `M` or `G`.

use std::fmt;
use std::str::FromStr;

const MEBIBYTE: u64 = 1024 * 1024;

/// Whole mebibytes, 1 to 16384, because that is what both programs are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mebibytes(u64);

impl Mebibytes {
    pub(crate) const EXPECTED: &'static str = "a size such as `64M`, from `1M` to `16G`";

    /// What WordPress's own upload page suggests to most hosts, and enough for a theme or a video clip.
    pub(crate) const DEFAULT_UPLOAD: Self = Self(64);

    /// This many mebibytes.
    pub(crate) const fn new(count: u64) -> Self {
        Self(count)
    }

    pub(crate) const fn bytes(self) -> u64 {
        self.0 * MEBIBYTE
    }

    /// For what PHP takes without a unit.
    pub(crate) fn count(self) -> u64 {
        self.0
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// A size with room for what surrounds the file in a form: boundaries and other fields.
    pub(crate) fn with_form_overhead(self) -> Self {
        Self(self.0 + 1)
    }
}

impl FromStr for Mebibytes {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
        let unit = match text.get(digits.len()..) {
            Some("") => 1,
            Some("k" | "K") => 1024,
            Some("m" | "M") => MEBIBYTE,
            Some("g" | "G") => 1024 * MEBIBYTE,
            _ => return Err(()),
        };
        // `+5M` parses as a number in Rust but not in PHP.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(());
        }
        let bytes = digits
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit));
        match bytes.map(|bytes| bytes.div_ceil(MEBIBYTE)) {
            Some(mebibytes @ 1..=16384) => Ok(Self(mebibytes)),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Mebibytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}M", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024_and_part_of_a_mebibyte_rounds_up() {
        for (text, shown) in [
            ("64M", "64M"),
            ("2g", "2048M"),
            ("1500K", "2M"),
            ("1048576", "1M"),
        ] {
            assert_eq!(
                text.parse::<Mebibytes>().unwrap().to_string(),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "M",
            "0",
            "-1",
            "+5M",
            "64MB",
            "1.5G",
            "17G",
            "99999999999999999999G",
            "6 M",
        ] {
            assert!(text.parse::<Mebibytes>().is_err(), "{text:?} was accepted");
        }
    }
}
