//! Cuts a service's output into lines.

use memchr::memchr;

use super::format::{Entry, LONGEST_LINE};

/// A line whose end does not come is waited for until this much of it is there, and then cut.
pub const LONGEST_UNFINISHED: usize = 2 * LONGEST_LINE;

/// Where a line without an end is cut: with a name before it, a piece fits into one line.
const PIECE: usize = LONGEST_LINE - 512;

/// The first line of `output`, and how many bytes it takes away; `None` while its end has not come.
///
/// `last` says that nothing will follow, so that what is left counts as a line.
pub(super) fn first(output: &[u8], last: bool) -> Option<(Entry<'_>, usize)> {
    let whole = |line| Entry {
        line,
        continued: false,
    };
    if let Some(end) = memchr(b'\n', output) {
        return Some((whole(&output[..end]), end + 1));
    }
    if output.len() > LONGEST_UNFINISHED {
        let cut = cut(output, PIECE);
        let piece = Entry {
            line: &output[..cut],
            continued: true,
        };
        return Some((piece, cut));
    }
    (last && !output.is_empty()).then(|| (whole(output), output.len()))
}

/// Where to cut so that at most `longest` bytes are before it and no UTF-8 character is torn apart.
pub fn cut(line: &[u8], longest: usize) -> usize {
    let is_continuation = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    // A character has at most three continuation bytes; more of them are not UTF-8 at all.
    (longest - 3..=longest)
        .rev()
        .find(|at| !is_continuation(line[*at]))
        .unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::format::{LogFormat, write_entry};
    use super::super::origin::Origin;
    use super::super::{Channel, time};
    use super::*;

    /// What is written of a service's output that comes in these pieces.
    fn written(format: LogFormat, pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let origin = Origin::service("queue", Channel::Stdout);
        let mut out = Vec::new();
        let mut held = Vec::new();
        let mut take = |held: &mut Vec<u8>, last| {
            while let Some((entry, taken)) = first(held, last) {
                write_entry(&mut out, format, &time::now(), &origin, entry);
                held.drain(..taken);
            }
        };
        for piece in pieces {
            held.extend_from_slice(piece);
            take(&mut held, false);
        }
        take(&mut held, true);
        out.split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }

    #[test]
    fn a_line_is_handed_on_only_when_its_end_has_come() {
        assert_eq!(first(b"tw", false), None);
        assert_eq!(
            written(LogFormat::Plain, &[b"one\ntw", b"o\nthree"]),
            [&b"queue: one\n"[..], b"queue: two\n", b"queue: three\n"]
        );
    }

    #[test]
    fn a_line_that_fits_is_left_whole_and_a_longer_one_is_marked() {
        let room = LONGEST_LINE - "queue: \n".len();
        assert_eq!(written(LogFormat::Plain, &[&vec![b'x'; room]]).len(), 1);
        let split = written(LogFormat::Plain, &[&vec![b'x'; room + 10], b"\ny\n"]);
        assert_eq!(split.len(), 3);
        assert_eq!(split[0].len(), LONGEST_LINE);
        assert!(split[0].ends_with(b"x [continued]\n"));
        assert!(split[1].starts_with(b"queue: x") && split[1].ends_with(b"x\n"));
    }

    #[test]
    fn a_line_without_an_end_does_not_fill_the_memory() {
        let endless = vec![b'x'; LONGEST_UNFINISHED + 1];
        let (piece, taken) = first(&endless, false).unwrap();
        assert!(piece.continued && taken == piece.line.len() && taken <= LONGEST_LINE);
    }

    #[test]
    fn a_character_is_never_torn_apart() {
        let text = "€".repeat(LONGEST_LINE);
        assert!(
            written(LogFormat::Plain, &[text.as_bytes()])
                .iter()
                .all(|line| str::from_utf8(line).is_ok())
        );
    }

    fn output() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let byte =
            prop_oneof![900 => Just(b'a'), 20 => Just(b'"'), 10 => any::<u8>(), 1 => Just(b'\n')];
        prop::collection::vec(prop::collection::vec(byte, 0..9000), 0..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_byte_is_lost_and_no_line_is_too_long(pieces in output()) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let mut input = pieces.concat();
            if input.last().is_some_and(|byte| *byte != b'\n') {
                input.push(b'\n');
            }
            let lines = written(LogFormat::Plain, &pieces);
            let mut joined = Vec::new();
            for line in &lines {
                prop_assert!(line.len() <= LONGEST_LINE);
                let text = line.strip_prefix(b"queue: ").unwrap();
                joined.extend_from_slice(text.strip_suffix(b" [continued]\n").unwrap_or(text));
            }
            prop_assert_eq!(joined, input);
        }

        #[test]
        fn as_json_every_line_is_an_object_with_its_source(pieces in output()) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let mut expected = String::from_utf8_lossy(&pieces.concat()).into_owned();
            if !expected.is_empty() && !expected.ends_with('\n') {
                expected.push('\n');
            }
            let mut joined = String::new();
            for line in written(LogFormat::Json, &pieces) {
                prop_assert!(line.len() <= LONGEST_LINE);
                let object: serde_json::Value = serde_json::from_slice(&line).unwrap();
                prop_assert_eq!(&object["source"], "queue");
                joined += object["message"].as_str().unwrap();
                if object["continued"].is_null() {
                    joined.push('\n');
                }
            }
            // Bytes that are no text may be replaced one by one or together, as they come.
            let letters = |text: &str| text.replace('\u{fffd}', "");
            prop_assert_eq!(letters(&joined), letters(&expected));
        }
    }

    #[test]
    fn php_fpm_wraps_no_line_that_we_would_keep_whole() {
        let configuration = include_str!("../../../docker/rootfs/etc/wpimg/php-fpm.conf");
        let limit = configuration
            .lines()
            .find_map(|line| line.strip_prefix("log_limit = "))
            .unwrap();
        assert!(limit.parse::<usize>().unwrap() >= LONGEST_LINE);
    }
}
