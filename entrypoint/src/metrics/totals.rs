//! Counts that only grow, made into what was new since the last report.
//!
//! nginx, php-fpm and PID 1 count since their start. The job that reports is a new process each minute, so the last totals
//! lie in a file of the runtime directory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Totals by the name of their metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals(BTreeMap<String, u64>);

impl Totals {
    /// Reads what [`Totals::to_text`] wrote; a line that is damaged counts as missing.
    pub(crate) fn from_text(text: &str) -> Self {
        let pairs = text.lines().filter_map(|line| {
            let (name, total) = line.split_once(' ')?;
            Some((name.to_owned(), total.parse().ok()?))
        });
        Self(pairs.collect())
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for (name, total) in &self.0 {
            let _ = writeln!(text, "{name} {total}");
        }
        text
    }

    /// What is new of `name`, whose total is remembered. A total that has become smaller belongs to a service that was
    /// started again and counts anew.
    pub(super) fn advance(&mut self, name: &str, total: u64) -> u64 {
        let last = self.0.insert(name.to_owned(), total).unwrap_or(0);
        total.checked_sub(last).unwrap_or(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_reported_also_after_a_restart() {
        let mut totals = Totals::default();
        let reported = [5, 5, 12, 3, 4].map(|total| totals.advance("PhpRequests", total));
        assert_eq!(reported, [5, 0, 7, 3, 1]);
    }

    #[test]
    fn totals_survive_the_file() {
        let mut totals = Totals::default();
        totals.advance("a", 1);
        totals.advance("b", u64::MAX);
        assert_eq!(Totals::from_text(&totals.to_text()), totals);
        assert_eq!(Totals::from_text("damaged\nx y\n"), Totals::default());
    }
}
