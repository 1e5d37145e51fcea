//! Makes foreign text harmless to a terminal.
//!
//! Names from packages, recipes and servers end up in messages. A control character in one of them
//! could move the cursor, rename the window or hide the rest of a line (ECMA-48), and a character
//! that turns the reading direction could make it look like something else (Unicode TR 36, 2.5). They
//! are shown as the escapes Rust writes them with; a line feed stays, since messages have several
//! lines.

use std::borrow::Cow;

/// Returns `text` with every control character except the line feed written out.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_dangerous(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

fn is_dangerous(character: char) -> bool {
    let reorders = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    // Not control characters by category, but lines end at them on some terminals.
    let breaks_lines = matches!(character, '\u{2028}' | '\u{2029}');
    (character.is_control() && character != '\n') || reorders || breaks_lines
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::escape;

    #[test]
    fn every_control_character_but_the_line_feed_is_written_out() {
        for code in (0..0x20).chain(0x7f..0xa0) {
            let character = char::from(code);
            let text = format!("a{character}b");
            let escaped = escape(&text);
            if character == '\n' {
                assert_eq!(escaped, text);
            } else {
                assert!(!escaped.contains(char::is_control), "{code:#x}");
                assert!(escaped.contains('\\'), "{code:#x}");
            }
        }
        assert_eq!(escape("\u{1b}[2J\r\t\u{9b}"), r"\u{1b}[2J\r\t\u{9b}");
    }

    #[test]
    fn characters_that_turn_the_reading_direction_are_written_out() {
        assert_eq!(escape("gnp.\u{202e}exe"), r"gnp.\u{202e}exe");
        assert_eq!(escape("a\u{2067}b\u{2028}c"), r"a\u{2067}b\u{2028}c");
    }

    #[test]
    fn text_in_any_language_stays_as_it_is() {
        let text = "Größe — 日本語\n  שלום 🙂 \\ `x`";
        assert!(matches!(escape(text), Cow::Borrowed(same) if same == text));
    }
}
