//! Where lines end up: a standard stream, or memory in tests.

use std::io::{self, IsTerminal as _, Write as _};
#[cfg(test)]
use std::sync::{Arc, Mutex, PoisonError};

/// The far end of one stream of lines.
pub(super) enum Sink {
    StandardError,
    StandardOutput,
    #[cfg(test)]
    Memory(Arc<Mutex<String>>),
}

impl Sink {
    /// Writes one line in one call, so that lines of several threads do not mix.
    pub(super) fn write_line(&self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        match self {
            Self::StandardError => io::stderr().lock().write_all(line.as_bytes()),
            Self::StandardOutput => {
                let mut output = io::stdout().lock();
                output.write_all(line.as_bytes())?;
                output.flush()
            }
            #[cfg(test)]
            Self::Memory(text) => {
                text.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push_str(&line);
                Ok(())
            }
        }
    }

    /// Writes a question; the answer goes on the same line.
    pub(super) fn write_prompt(&self, question: &str) -> io::Result<()> {
        match self {
            Self::StandardError => {
                let mut output = io::stderr().lock();
                write!(output, "{question} ")?;
                output.flush()
            }
            Self::StandardOutput => self.write_line(question),
            #[cfg(test)]
            Self::Memory(_) => self.write_line(question),
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Self::StandardError => io::stderr().is_terminal(),
            Self::StandardOutput => io::stdout().is_terminal(),
            #[cfg(test)]
            Self::Memory(_) => false,
        }
    }
}

/// What a report wrote.
#[cfg(test)]
#[derive(Debug, Clone, Default)]
pub(crate) struct Captured {
    messages: Arc<Mutex<String>>,
    results: Arc<Mutex<String>>,
}

#[cfg(test)]
impl Captured {
    pub(super) fn messages(&self) -> Sink {
        Sink::Memory(Arc::clone(&self.messages))
    }

    pub(super) fn results(&self) -> Sink {
        Sink::Memory(Arc::clone(&self.results))
    }

    /// Everything written to standard error so far.
    pub(crate) fn standard_error(&self) -> String {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Everything written to standard output so far.
    pub(crate) fn standard_output(&self) -> String {
        self.results
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
