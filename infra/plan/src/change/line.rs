//! A resource's change as a line for people. Where colours go is said, which they are is for whoever prints.

use std::fmt;

use super::{
    loss::Loss,
    resource_change::Detail,
    step::Step,
    turn::{Said, Severity, Turn},
};
use crate::shown::{escaped, value};

/// One line, in parts that may be coloured. The parts' texts one after the other are the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub severity: Severity,
    pub turn: Turn,
    pub spans: Vec<Span>,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub style: Style,
    pub text: String,
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `+`, `~`, `±`, `-`: in the turn's colour.
    Sign,
    /// The resource's name in the template.
    Name,
    /// Its type and physical id.
    Detail,
    Plain,
    /// What is lost, or noticed: in the severity's colour.
    Consequence,
}

impl Line {
    pub(super) fn of(step: &Step) -> Self {
        let change = &step.change;
        let mut spans = Vec::new();
        let mut add = |style, text: String| spans.push(Span { style, text });
        add(Style::Sign, step.turn.sign().to_string());
        add(Style::Plain, " ".to_owned());
        add(Style::Name, escaped(&change.logical_id));
        let kind = escaped(&change.kind);
        let identity = match &change.physical_id {
            Some(id) => format!(" ({kind}, {})", escaped(id)),
            None => format!(" ({kind})"),
        };
        add(Style::Detail, identity);
        let said = Said(step.turn, step.certainty);
        add(Style::Plain, format!(" {said}{}", causes(&step.causes())));
        let loss = step.loss.iter().map(Loss::consequence);
        let notes = step.notes.iter().map(|note| (*note).to_owned());
        for consequence in loss.chain(notes) {
            add(Style::Plain, "; ".to_owned());
            add(Style::Consequence, consequence);
        }
        Self {
            severity: step.severity(),
            turn: step.turn,
            spans,
        }
    }
}

fn causes(details: &[&Detail]) -> String {
    if details.is_empty() {
        return String::new();
    }
    let texts: Vec<String> = details.iter().map(|detail| cause(detail)).collect();
    format!(": {}", texts.join(", "))
}

/// Such as "`MultiAZ` from `true` to `false` (parameter `MultiAz`)".
fn cause(detail: &Detail) -> String {
    let name = detail.name();
    let values = match (&detail.before, &detail.after) {
        (Some(before), Some(after)) => {
            format!(" from {} to {}", value(name, before), value(name, after))
        }
        (None, Some(after)) => format!(" to {}", value(name, after)),
        (Some(before), None) => format!(" from {}", value(name, before)),
        (None, None) => String::new(),
    };
    format!("`{}`{values} ({})", escaped(name), detail.cause)
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans
            .iter()
            .try_for_each(|span| formatter.write_str(&span.text))
    }
}
