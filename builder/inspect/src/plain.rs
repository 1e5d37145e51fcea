//! Text of strangers made safe to show: no control characters, nothing that turns the line around.
//!
//! Names in an image are arbitrary bytes. A terminal obeys escape sequences in them, and the
//! bidirectional controls of Unicode make a name read as another one; both are shown as escapes.

use std::fmt::Write as _;

/// Returns `text` with everything that is not plainly visible spelled as an escape.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    push(text, &mut shown);
    shown
}

/// Like [`plain`], for names that need not be UTF-8; other bytes become `\xNN`.
pub fn plain_bytes(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push(chunk.valid(), &mut shown);
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// Returns the first `most` characters of the shown text, with `…` for what is cut.
pub fn excerpt(text: &str, most: usize) -> String {
    // Cut before the escapes are made, which is what bounds the work on a text of megabytes.
    let head: String = text.chars().take(most + 1).collect();
    shorten(&plain(&head), most)
}

/// Cuts `text` in its middle, so that both the beginning and the end of a path stay legible.
pub(crate) fn shorten_middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let tail = most * 2 / 3;
    let head: String = text.chars().take(most - tail - 1).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{head}…{end}")
}

pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{head}…")
}

fn push(text: &str, shown: &mut String) {
    for character in text.chars() {
        if character.is_control() || turns_text_around(character) {
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
}

/// Unicode Standard Annex 9: embeddings, overrides, isolates and marks; and the line separators.
fn turns_text_around(character: char) -> bool {
    matches!(character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_turned_text_are_spelled_out() {
        assert_eq!(plain("wp-login.php"), "wp-login.php");
        assert_eq!(plain("Zoë/図.png"), "Zoë/図.png");
        assert_eq!(plain("a\u{1b}[2J\n"), "a\\u{1b}[2J\\u{a}");
        assert_eq!(plain("gpj.\u{202e}php"), "gpj.\\u{202e}php");
        assert_eq!(plain_bytes(b"a\xffb"), "a\\xffb");
    }

    #[test]
    fn a_long_text_keeps_the_end_that_tells_it_apart() {
        assert_eq!(
            shorten_middle("usr/lib/x86_64-linux-gnu/libc.so.6", 16),
            "usr/l…/libc.so.6"
        );
        assert_eq!(shorten_middle("short", 16), "short");
        assert_eq!(excerpt("abcdef", 4), "abc…");
    }
}
