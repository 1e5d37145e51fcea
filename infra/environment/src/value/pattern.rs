//! Patterns as CloudFormation applies them (user guide, "Parameters", AllowedPattern).

use regex_lite::Regex;

/// Whether the pattern matches all of a text, and not just a part of it.
///
/// The templates' patterns mean the same in CloudFormation's regular expressions and in these, but for line breaks. No text has
/// any, since `shape` refuses control characters before.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|whole| whole.is_match(text))
}

#[cfg(test)]
mod tests {
    use wpimg_template::Kind;

    use super::matches;
    use crate::stack::Stack;

    #[test]
    fn a_part_of_the_text_is_not_enough() {
        assert!(matches("[a-z]+", "shop"));
        for text in ["shop7", "7shop", "shop\n", ""] {
            assert!(!matches("[a-z]+", text), "{text:?}");
        }
        assert!(!matches("^auto|[0-9]$", "automatic"));
    }

    #[test]
    fn every_pattern_of_the_templates_takes_its_default() {
        let mut patterns = 0;
        for (name, parameter) in Stack::ALL
            .map(Stack::template)
            .map(|it| it.parameters)
            .into_iter()
            .flatten()
        {
            if let (Kind::Matching { pattern, .. }, Some(default)) =
                (parameter.kind, parameter.default)
            {
                assert!(matches(pattern, default), "{name}");
                patterns += 1;
            }
        }
        assert!(patterns > 10, "{patterns}");
    }
}
