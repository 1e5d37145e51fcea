//! Pieces of Terraform's language, laid out as `terraform fmt` does (Terraform language, "Strings and Templates" and
//! "Style Guide").

/// A text as a literal in which nothing is computed.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(character);
            }
            '\n' => literal.push_str("\\n"),
            // Only before a brace do these begin something.
            '$' | '%' if characters.peek() == Some(&'{') => {
                literal.push(character);
                literal.push(character);
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// A list of texts.
pub(super) fn list(texts: &[&str]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Lines of names and values with the equals signs below each other.
pub(super) fn assignments<N: AsRef<str>, V: AsRef<str>>(
    indent: usize,
    pairs: impl IntoIterator<Item = (N, V)>,
) -> String {
    let pairs: Vec<(N, V)> = pairs.into_iter().collect();
    let longest = pairs.iter().map(|(name, _)| name.as_ref().len()).max();
    let width = longest.unwrap_or_default();
    pairs
        .iter()
        .map(|(name, value)| {
            let (name, value) = (name.as_ref(), value.as_ref());
            format!("{:indent$}{name:width$} = {value}\n", "")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_computed() {
        for (text, literal) in [
            ("a", r#""a""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("${A}%{B}$1 100%", r#""$${A}%%{B}$1 100%""#),
            ("^(x)?$", r#""^(x)?$""#),
            ("a\nb", r#""a\nb""#),
        ] {
            assert_eq!(quoted(text), literal);
        }
    }

    #[test]
    fn equals_signs_are_below_each_other() {
        let pairs = [("a", "1"), ("long", list(&["x"]).as_str())].map(|(a, b)| (a, b.to_owned()));
        assert_eq!(assignments(2, pairs), "  a    = 1\n  long = [\"x\"]\n");
    }
}
