//! Values as they may be shown: no control character reaches a terminal, no secret a build log, and none fills a screen.

use std::fmt::Write as _;

/// Characters of a value that are shown. Longer ones are documents, such as a task's containers.
const LONGEST: usize = 60;

/// Parts of the names of properties whose value is a secret, or may be.
const SECRET: [&str; 6] = [
    "authtoken",
    "headervalue",
    "password",
    "secretstring",
    "token",
    "userdata",
];

/// A text on one line: what is a control character is written as in Rust. So are marks that change the direction of the
/// text after them.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || turns(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Unicode's marks and overrides of direction, and its separators of lines (UAX #9, section 2).
fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// Whether the value of this property is better not shown.
pub(crate) fn is_secret(property: &str) -> bool {
    let name = property.to_ascii_lowercase();
    // RDS makes and keeps that password: the property says no more than that it does.
    name != "managemasteruserpassword" && SECRET.iter().any(|part| name.contains(part))
}

/// A property's value in backticks. Of a long one the beginning, of a secret one nothing.
pub(crate) fn value(property: &str, value: &str) -> String {
    if is_secret(property) {
        return "(not shown)".to_owned();
    }
    let mut shown = String::from("`");
    let mut characters = value.chars();
    let beginning: String = characters.by_ref().take(LONGEST).collect();
    shown.push_str(&escaped(&beginning));
    let rest = characters.count();
    if rest > 0 {
        let _ = write!(shown, "…` and {rest} characters");
    } else {
        shown.push('`');
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_shown_on_one_line() {
        for (property, text, expected) in [
            ("MultiAZ", "true", "`true`"),
            ("Description", "a\nb\u{1b}[2J", r"`a\nb\u{1b}[2J`"),
            ("Description", "abc\u{202e}def", r"`abc\u{202e}def`"),
            ("AuthToken", "0123", "(not shown)"),
            ("MasterUserPassword", "0123", "(not shown)"),
            ("ManageMasterUserPassword", "true", "`true`"),
        ] {
            assert_eq!(value(property, text), expected);
        }
        let document = value("ContainerDefinitions", &"ä".repeat(100));
        assert_eq!(document, format!("`{}…` and 40 characters", "ä".repeat(60)));
    }

    proptest! {
        #[test]
        fn whatever_is_shown_stays_on_its_line(text in any::<String>()) {
            for shown in [escaped(&text), value("Name", &text)] {
                prop_assert!(!shown.chars().any(|c| c.is_control() || turns(c)), "{shown:?}");
            }
        }
    }
}
