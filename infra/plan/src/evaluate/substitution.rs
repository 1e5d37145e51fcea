//! The names in braces of `Fn::Sub`.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    /// `${Name}`, or `${Resource.Attribute}`.
    Name(&'a str),
    /// `${!Name}`, which stands for `${Name}` and nothing else.
    Literal(&'a str),
}

/// The parts of a pattern. A brace that is never closed is text.
pub(super) fn parts(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((before, opened)) = rest.split_once("${")
        && let Some((name, after)) = opened.split_once('}')
    {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(match name.strip_prefix('!') {
            Some(literal) => Part::Literal(literal),
            None => Part::Name(name),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{
        Part::{Literal, Name, Text},
        *,
    };

    #[test]
    fn patterns_are_taken_apart() {
        for (pattern, expected) in [
            ("", vec![]),
            ("plain", vec![Text("plain")]),
            ("${A}", vec![Name("A")]),
            (
                "a-${A.B}${C}z",
                vec![Text("a-"), Name("A.B"), Name("C"), Text("z")],
            ),
            ("${!A}${B}", vec![Literal("A"), Name("B")]),
            ("$A {B} ${C", vec![Text("$A {B} ${C")]),
            ("${A}${B", vec![Name("A"), Text("${B")]),
        ] {
            assert_eq!(parts(pattern), expected, "{pattern}");
        }
    }
}
