//! The first line of a `License` field: names joined by `and` and `or`.
//!
//! `and` binds tighter than `or`, and a comma looser than both: `A or B, and C` demands C and one of
//! the others. A line that says more than this has no reading here. Source: copyright-format 1.0,
//! "Short name" and "Syntax".

use std::fmt;

/// Alternatives, each a list of licences that hold all at once.
type Alternatives<'a> = Vec<Vec<Term<'a>>>;

/// One licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term<'a> {
    Name(&'a str),
    WithException { name: &'a str, exception: String },
}

impl fmt::Display for Term<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => formatter.write_str(name),
            Self::WithException { name, exception } => {
                write!(formatter, "{name} with {exception} exception")
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
}

/// Returns demands that hold all at once, or nothing where the words do not follow the grammar.
pub(super) fn parse(synopsis: &str) -> Option<Vec<Alternatives<'_>>> {
    let mut demands = Vec::new();
    for (position, part) in synopsis.split(',').enumerate() {
        let mut words: Vec<&str> = part.split_whitespace().collect();
        let operator = match words.first().map(|word| operator(word)) {
            Some(Some(operator)) if position > 0 => {
                words.remove(0);
                operator
            }
            _ if position == 0 => Operator::And,
            _ => return None,
        };
        let alternatives = alternatives(&words)?;
        match (operator, demands.as_mut_slice()) {
            (Operator::And, _) => demands.push(alternatives),
            (Operator::Or, [only]) => only.extend(alternatives),
            // After `A, and B` it is unclear what `, or C` is an alternative to.
            (Operator::Or, _) => return None,
        }
    }
    Some(demands)
}

fn alternatives<'a>(words: &[&'a str]) -> Option<Alternatives<'a>> {
    let mut alternatives = vec![Vec::new()];
    let mut rest = words;
    loop {
        let end = rest
            .iter()
            .position(|word| operator(word).is_some())
            .unwrap_or(rest.len());
        alternatives.last_mut()?.push(term(&rest[..end])?);
        match rest.get(end).and_then(|word| operator(word)) {
            None => return Some(alternatives),
            Some(Operator::And) => {}
            Some(Operator::Or) => alternatives.push(Vec::new()),
        }
        rest = &rest[end + 1..];
    }
}

fn operator(word: &str) -> Option<Operator> {
    if word.eq_ignore_ascii_case("and") {
        Some(Operator::And)
    } else if word.eq_ignore_ascii_case("or") {
        Some(Operator::Or)
    } else {
        None
    }
}

fn term<'a>(words: &[&'a str]) -> Option<Term<'a>> {
    match words {
        [name] if !name.contains(['(', ')']) => Some(Term::Name(name)),
        [name, with, exception @ .., last]
            if with.eq_ignore_ascii_case("with")
                && last.eq_ignore_ascii_case("exception")
                && !exception.is_empty() =>
        {
            Some(Term::WithException {
                name,
                exception: exception.join(" "),
            })
        }
        _ => None,
    }
}
