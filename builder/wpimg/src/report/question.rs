//! Questions to whoever sits at the terminal.

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    thread,
};

use tokio::sync::oneshot;

use super::{Report, escape::escape};

impl Report {
    /// Asks, and returns what was typed, without the line break. Nothing where nobody sits there.
    ///
    /// Whoever waits for it can be interrupted: the line is read by a thread of its own, which nobody waits for.
    pub(crate) async fn ask(&self, question: &str) -> Option<String> {
        let is_somebody_there = io::stdin().is_terminal() && self.shared.messages.is_terminal();
        if !is_somebody_there {
            return None;
        }
        let question = escape(question).into_owned();
        self.above_the_bar(|| self.shared.messages.write_prompt(&question))
            .ok()?;
        let (answer, answered) = oneshot::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // Nobody waits any more, or nobody answers: both are no answer.
            if io::stdin().lock().read_line(&mut line).is_ok() {
                let _ = answer.send(line.trim().to_owned());
            }
        });
        answered.await.ok()
    }

    /// Asks for a yes or a no, where nothing at all is a no. Nothing where nobody sits there.
    pub(crate) async fn confirm(&self, question: &str) -> Option<bool> {
        let answer = self.ask(&format!("{question} [y/N]")).await?;
        Some(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}
