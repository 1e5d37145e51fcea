//! Text as a JSON string (RFC 8259, section 7), as much of it as fits.

const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";

/// What stands for bytes that are no UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Appends the escaped text without its quotes, at most `room` bytes of it, and returns how much of the text that was.
/// No character is torn apart.
pub(super) fn escape(out: &mut Vec<u8>, text: &[u8], room: usize) -> usize {
    let end = out.len() + room;
    let mut taken = 0;
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid();
        let here = escape_valid(out, valid, end);
        taken += here;
        if here < valid.len() {
            return taken;
        }
        if !chunk.invalid().is_empty() {
            if out.len() + REPLACEMENT.len() > end {
                return taken;
            }
            out.extend_from_slice(REPLACEMENT);
            taken += chunk.invalid().len();
        }
    }
    taken
}

fn escape_valid(out: &mut Vec<u8>, text: &str, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut taken = 0;
    while taken < bytes.len() {
        let rest = &bytes[taken..];
        let plain = plain_length(rest);
        let room = end.saturating_sub(out.len());
        if plain > room {
            let cut = text.floor_char_boundary(taken + room);
            out.extend_from_slice(&bytes[taken..cut]);
            return cut;
        }
        out.extend_from_slice(&rest[..plain]);
        taken += plain;
        let Some(special) = bytes.get(taken) else {
            break;
        };
        let (escaped, length) = escaped(*special);
        if out.len() + length > end {
            break;
        }
        out.extend_from_slice(&escaped[..length]);
        taken += 1;
    }
    taken
}

/// How many bytes come before the first that needs an escape. Eight at a time, because every line of the log is looked
/// through by this.
fn plain_length(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let plain = words
        .iter()
        .take_while(|word| !any_needs_escape(u64::from_ne_bytes(**word)))
        .count();
    let rest = &bytes[plain * 8..];
    let found = rest.iter().position(|byte| needs_escape(*byte));
    plain * 8 + found.unwrap_or(rest.len())
}

/// Whether one of eight bytes may need an escape. The top bit of each says so (Anderson, "Bit Twiddling Hacks",
/// `hasless` and `haszero`); a false alarm only sends the caller through the bytes one by one.
fn any_needs_escape(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & TOPS != 0
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn escaped(byte: u8) -> ([u8; 6], usize) {
    let short = |letter| ([b'\\', letter, 0, 0, 0, 0], 2);
    match byte {
        b'"' | b'\\' => short(byte),
        b'\n' => short(b'n'),
        b'\r' => short(b'r'),
        b'\t' => short(b't'),
        _ => {
            let digit = |value: u8| HEXADECIMAL[usize::from(value & 15)];
            ([b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)], 6)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &[u8], room: usize) -> (String, usize) {
        let mut out = Vec::new();
        let taken = escape(&mut out, text, room);
        (String::from_utf8(out).unwrap(), taken)
    }

    #[test]
    fn what_would_end_the_string_is_escaped_and_what_is_no_text_is_replaced() {
        assert_eq!(escaped(b"a\"b\\\x1b[1m\t", 99).0, r#"a\"b\\\u001b[1m\t"#);
        assert_eq!(escaped(b"caf\xc3\xa9 \xff!", 99).0, "café \u{fffd}!");
    }

    #[test]
    fn it_stops_before_what_does_not_fit() {
        assert_eq!(escaped(b"ab\"c", 3), ("ab".to_owned(), 2));
        assert_eq!(escaped("a€".as_bytes(), 3), ("a".to_owned(), 1));
    }

    proptest! {
        #[test]
        fn eight_at_a_time_finds_what_one_by_one_finds(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let expected = text.iter().position(|byte| needs_escape(*byte)).unwrap_or(text.len());
            prop_assert_eq!(plain_length(&text), expected);
        }

        #[test]
        fn any_bytes_become_a_json_string_that_fits(
            text in prop::collection::vec(any::<u8>(), 0..300), room in 6_usize..400,
        ) {
            let mut taken = 0;
            let mut whole = String::new();
            while taken < text.len() {
                let (piece, here) = escaped(&text[taken..], room);
                prop_assert!(here > 0 && piece.len() <= room);
                let quoted = format!("\"{piece}\"");
                whole += &serde_json::from_str::<String>(&quoted).unwrap();
                taken += here;
            }
            if let Ok(text) = str::from_utf8(&text) {
                prop_assert_eq!(whole, text);
            }
        }
    }
}
