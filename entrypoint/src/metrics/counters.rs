//! What only PID 1 can count, on its way to the job that reports it.

use std::fmt;
use std::str::FromStr;

use super::Kept;
use wpimg_report::Tally;

/// Counts since the start of the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) tally: Tally,
    pub(crate) restarts: u64,
    pub(crate) refreshes: u64,
}

impl Counters {
    /// The variable in which the job finds them.
    pub(crate) const VARIABLE: &'static str = "WPIMG_COUNTERS";

    /// By the name of the metric.
    pub(super) fn by_name(&self) -> [(&'static str, Kept, u64); 8] {
        let Tally {
            responses: [informed, good, moved, wrong, failed],
            dropped_lines,
        } = self.tally;
        let all = informed + good + moved + wrong + failed;
        [
            ("Requests", Kept::InLog, all),
            ("Responses2xx", Kept::AsCount, good),
            ("Responses3xx", Kept::AsCount, moved),
            ("Responses4xx", Kept::AsCount, wrong),
            ("Responses5xx", Kept::AsCount, failed),
            ("LogLinesDropped", Kept::AsCount, dropped_lines),
            ("ServiceRestarts", Kept::AsCount, self.restarts),
            ("SecretRefreshes", Kept::AsCount, self.refreshes),
        ]
    }
}

/// Numbers with a space between, for [`Counters::from_str`].
impl fmt::Display for Counters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for count in self.tally.responses {
            write!(formatter, "{count} ")?;
        }
        let Self {
            tally,
            restarts,
            refreshes,
        } = self;
        write!(formatter, "{} {restarts} {refreshes}", tally.dropped_lines)
    }
}

impl FromStr for Counters {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = [0; 8];
        let mut words = text.split(' ');
        for number in &mut numbers {
            *number = words.next().and_then(|word| word.parse().ok()).ok_or(())?;
        }
        let [responses @ .., dropped_lines, restarts, refreshes] = numbers;
        let tally = Tally {
            responses,
            dropped_lines,
        };
        Ok(Self {
            tally,
            restarts,
            refreshes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_arrive_as_they_were_sent() {
        let sent = Counters {
            tally: Tally {
                responses: [0, 100, 20, 3, 1],
                dropped_lines: 7,
            },
            restarts: 2,
            refreshes: 9,
        };
        assert_eq!(sent.to_string().parse(), Ok(sent));
        for wrong in ["", "1 2 3", "a b c d e f g h"] {
            assert_eq!(wrong.parse::<Counters>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn requests_are_the_sum_of_their_classes() {
        let mut counters = Counters::default();
        counters.tally.responses = [1, 2, 3, 4, 5];
        assert_eq!(counters.by_name()[0], ("Requests", Kept::InLog, 15));
    }
}
