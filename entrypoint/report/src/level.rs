//! How serious a message is.

/// The levels of syslog (RFC 5424, section 6.2.1), of which three mean the same to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// The digit that syslog and sd-daemon(3) write for it.
    pub(super) fn priority(self) -> u8 {
        match self {
            Self::Critical => b'2',
            Self::Error => b'3',
            Self::Warning => b'4',
            Self::Notice => b'5',
            Self::Info => b'6',
            Self::Debug => b'7',
        }
    }

    pub(super) fn of_priority(digit: u8) -> Option<Self> {
        match digit {
            b'0'..=b'2' => Some(Self::Critical),
            b'3' => Some(Self::Error),
            b'4' => Some(Self::Warning),
            b'5' => Some(Self::Notice),
            b'6' => Some(Self::Info),
            b'7' => Some(Self::Debug),
            _ => None,
        }
    }
}
