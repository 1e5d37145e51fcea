//! A signal by its number, real-time ones included, which have no place in `nix`'s list of names.

use std::fmt;
use std::str::FromStr;

use nix::libc;
use nix::sys::signal::Signal;

/// The kernel has signals 1 to 64 on every platform an image can have.
const HIGHEST: i32 = 64;

/// What the C library of the image calls `SIGRTMIN`: it keeps 32 and 33 for itself (signal(7)). Ours
/// keeps one more, but the names are those of whoever sends.
const LOWEST_REAL_TIME: i32 = 34;

/// A number from 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignalNumber(i32);

impl SignalNumber {
    #[cfg(test)]
    pub(crate) const TERM: Self = Self(libc::SIGTERM);
    pub(crate) const CONT: Self = Self(libc::SIGCONT);
    pub(crate) const CHLD: Self = Self(libc::SIGCHLD);
    #[cfg(test)]
    pub(crate) const KILL: Self = Self(libc::SIGKILL);

    pub(crate) const EXPECTED: &'static str = "a signal such as TERM, SIGTERM, 15 or RTMIN+3";

    pub(crate) fn new(number: i32) -> Option<Self> {
        (1..=HIGHEST).contains(&number).then_some(Self(number))
    }

    pub(crate) fn get(self) -> i32 {
        self.0
    }

    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (1..=HIGHEST).map(Self)
    }

    /// Whoever sends one of these wants an end.
    pub(crate) fn asks_to_end(self) -> bool {
        [libc::SIGTERM, libc::SIGINT, libc::SIGQUIT].contains(&self.0)
    }

    /// Stops a process unless it handles the signal: what a terminal sends to suspend a job.
    pub(crate) fn suspends(self) -> bool {
        [libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&self.0)
    }

    /// Sent to a process of the background that reads from, or changes, the terminal.
    pub(crate) fn wants_terminal(self) -> bool {
        [libc::SIGTTIN, libc::SIGTTOU].contains(&self.0)
    }

    /// Nobody can see it coming.
    pub(crate) fn is_beyond_reach(self) -> bool {
        [libc::SIGKILL, libc::SIGSTOP].contains(&self.0)
    }
}

impl From<Signal> for SignalNumber {
    fn from(signal: Signal) -> Self {
        Self(signal as i32)
    }
}

impl FromStr for SignalNumber {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().and_then(Self::new).ok_or(());
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Some(number) = real_time(name) {
            return Ok(Self(number));
        }
        let signal = match name {
            // Other names of the same numbers (signal(7)).
            "CLD" => Ok(Signal::SIGCHLD),
            "POLL" => Ok(Signal::SIGIO),
            _ => format!("SIG{name}").parse(),
        };
        signal.map(Self::from).map_err(drop)
    }
}

/// `RTMIN`, `RTMIN+3`, `RTMAX-2` …
fn real_time(name: &str) -> Option<i32> {
    let number = if let Some(above) = name.strip_prefix("RTMIN") {
        LOWEST_REAL_TIME + distance(above, '+')?
    } else {
        HIGHEST - distance(name.strip_prefix("RTMAX")?, '-')?
    };
    (LOWEST_REAL_TIME..=HIGHEST)
        .contains(&number)
        .then_some(number)
}

fn distance(text: &str, sign: char) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    text.strip_prefix(sign)?.parse::<u8>().ok().map(i32::from)
}

impl fmt::Display for SignalNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Signal::try_from(self.0) {
            Ok(signal) => formatter.write_str(signal.as_str()),
            Err(_) if self.0 == LOWEST_REAL_TIME => formatter.write_str("SIGRTMIN"),
            Err(_) if self.0 > LOWEST_REAL_TIME => {
                write!(formatter, "SIGRTMIN+{}", self.0 - LOWEST_REAL_TIME)
            }
            Err(_) => write!(formatter, "{}", self.0),
        }
    }
}

impl fmt::Debug for SignalNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, number: i32) {
        assert_eq!(text.parse(), SignalNumber::new(number).ok_or(()), "{text}");
    }

    #[test]
    fn a_signal_is_read_by_name_or_number() {
        check("TERM", 15);
        check("SIGTERM", 15);
        check("sigterm", 15);
        check("15", 15);
        check("CLD", libc::SIGCHLD);
        check("POLL", libc::SIGIO);
        check("RTMIN", 34);
        check("SIGRTMIN+3", 37);
        check("RTMAX-1", 63);
        check("64", 64);
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        for text in [
            "",
            "0",
            "65",
            "-15",
            "+15",
            "SIG",
            "TERM ",
            "SIGSIGTERM",
            "RTMIN-1",
            "RTMIN+31",
            "RTMAX-31",
            "RTMAX+1",
            "RTMIN+-1",
            "4294967311",
        ] {
            assert_eq!(text.parse::<SignalNumber>(), Err(()), "{text}");
        }
    }

    #[test]
    fn every_signal_is_read_back_from_what_is_printed() {
        for signal in SignalNumber::all() {
            assert_eq!(signal.to_string().parse(), Ok(signal));
        }
    }
}
