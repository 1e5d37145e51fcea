//! Numbers as people read them: sizes, times, rates and counted nouns.
//!
//! Sizes use binary multiples with the IEC names (80000-13), as cargo and uv print them.

use std::{
    fmt::{self, Display},
    time::Duration,
};

/// A size: `43.1 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) u64);

/// A length of time: `340ms`, `2.3s`, `1m 05s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed(pub(crate) Duration);

/// A transfer rate: `18.2 MiB/s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) bytes: u64,
    pub(crate) elapsed: Duration,
}

/// `1 package`, `2 packages`, `3 indexes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let ending = match number {
        1 => "",
        _ if noun.ends_with('x') || noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{number} {noun}{ending}")
}

impl Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        if self.0 < 1024 {
            return write!(formatter, "{} B", self.0);
        }
        // Integer arithmetic in tenths: the same text on every machine, and it rounds up into the
        // next unit instead of printing `1024.0 KiB`.
        let mut unit = 0;
        let mut scale = 1024_u128;
        let tenths = |scale: u128| (u128::from(self.0) * 10 + scale / 2) / scale;
        while tenths(scale) >= 10_240 && unit + 1 < NAMES.len() {
            unit += 1;
            scale *= 1024;
        }
        let tenths = tenths(scale);
        write!(formatter, "{}.{} {}", tenths / 10, tenths % 10, NAMES[unit])
    }
}

impl Display for Elapsed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let seconds = self.0.as_secs();
        if milliseconds < 1_000 {
            write!(formatter, "{milliseconds}ms")
        } else if seconds < 60 {
            write!(formatter, "{}.{}s", seconds, (milliseconds / 100) % 10)
        } else {
            write!(formatter, "{}m {:02}s", seconds / 60, seconds % 60)
        }
    }
}

impl Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.elapsed.as_millis().max(1);
        let per_second = u128::from(self.bytes) * 1_000 / milliseconds;
        write!(
            formatter,
            "{}/s",
            Bytes(u64::try_from(per_second).unwrap_or(u64::MAX))
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bytes, Elapsed, Rate, count};

    #[test]
    fn sizes_keep_one_decimal_and_change_unit_when_rounding_reaches_it() {
        let expected = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (1_536, "1.5 KiB"),
            (1_048_575, "1.0 MiB"),
            (45_193_626, "43.1 MiB"),
            (u64::MAX, "16384.0 PiB"),
        ];
        for (bytes, text) in expected {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }

    #[test]
    fn times_grow_coarser_as_they_grow_longer() {
        let expected = [
            (7, "7ms"),
            (999, "999ms"),
            (2_349, "2.3s"),
            (65_000, "1m 05s"),
        ];
        for (milliseconds, text) in expected {
            assert_eq!(
                Elapsed(Duration::from_millis(milliseconds)).to_string(),
                text
            );
        }
    }

    #[test]
    fn a_rate_over_no_time_at_all_is_still_a_number() {
        let rate = Rate {
            bytes: 1_024,
            elapsed: Duration::ZERO,
        };
        assert_eq!(rate.to_string(), "1000.0 KiB/s");
        let rate = Rate {
            bytes: 4 << 20,
            elapsed: Duration::from_secs(2),
        };
        assert_eq!(rate.to_string(), "2.0 MiB/s");
    }

    #[test]
    fn nouns_agree_with_their_number() {
        assert_eq!(count(1, "package"), "1 package");
        assert_eq!(count(0, "package"), "0 packages");
        assert_eq!(count(3, "index"), "3 indexes");
    }
}
