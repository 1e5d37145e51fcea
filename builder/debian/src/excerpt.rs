//! The part of a foreign text that an error message shows.
//!
//! Archives are untrusted until they are verified, and may be odd afterwards; a message stays
//! readable whatever they hold. Control characters are left to whoever prints the message.

/// Enough to recognise a value by.
const LONGEST: usize = 100;

/// Returns the first characters of `text`, with an ellipsis where the rest was.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn only_a_long_text_is_cut_and_says_so() {
        let short = "ü".repeat(100);
        assert_eq!(excerpt(&short), short);
        assert_eq!(excerpt(&(short.clone() + "x")), short + "…");
    }
}
