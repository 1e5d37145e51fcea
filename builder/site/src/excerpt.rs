//! A piece of hostile text that is safe to show: short, and without control characters.

/// Enough to recognise a path by.
const LONGEST: usize = 200;

/// Returns the beginning of `text` with control characters escaped.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_terminal_never_sees_what_the_archive_wanted_it_to_obey() {
        assert_eq!(excerpt("a\x1b[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(excerpt(&"é".repeat(300)).chars().count(), 201);
    }
}
