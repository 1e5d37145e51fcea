//! Cuts a script's output into lines.
//!
//! A line longer than [`LONGEST_LINE`] is split and marked: log drivers cut at 16 KiB anyway, and
//! without a marker the second half looks like a message of its own.

use wpimg_report::cut;

/// The longest line handed on, line end included.
pub(super) const LONGEST_LINE: usize = 16 * 1024;

const MARKER: &[u8] = b" [continued]\n";

/// Holds the beginning of a line until its end arrives.
#[derive(Debug, Default)]
pub(super) struct LineSplitter {
    partial: Vec<u8>,
}

impl LineSplitter {
    /// Takes in output and hands each complete line, with its line end, to `emit`.
    pub(super) fn push(&mut self, output: &[u8], mut emit: impl FnMut(&[u8])) {
        for piece in output.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            while self.partial.len() > LONGEST_LINE {
                let rest = self
                    .partial
                    .split_off(cut(&self.partial, LONGEST_LINE - MARKER.len()));
                self.partial.extend_from_slice(MARKER);
                emit(&self.partial);
                self.partial = rest;
            }
            if self.partial.last() == Some(&b'\n') {
                emit(&self.partial);
                self.partial.clear();
            }
        }
    }

    /// Hands on what the service left unfinished, completed with a line end.
    pub(super) fn finish(mut self, mut emit: impl FnMut(&[u8])) {
        if !self.partial.is_empty() {
            self.partial.push(b'\n');
            emit(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::default();
        for piece in pieces {
            splitter.push(piece, |line| lines.push(line.to_vec()));
        }
        splitter.finish(|line| lines.push(line.to_vec()));
        lines
    }

    #[test]
    fn a_line_is_handed_on_only_when_its_end_has_come() {
        assert_eq!(
            lines(&[b"one\ntw", b"o\nthree"]),
            [&b"one\n"[..], b"two\n", b"three\n"]
        );
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_left_whole() {
        let mut line = vec![b'x'; LONGEST_LINE - 1];
        line.push(b'\n');
        assert_eq!(lines(&[&line]), [line]);
    }

    #[test]
    fn a_longer_line_is_split_with_a_marker() {
        let split = lines(&[&vec![b'x'; LONGEST_LINE + 10], b"y\n"]);
        assert_eq!(split.len(), 2);
        assert_eq!(split[0].len(), LONGEST_LINE);
        assert!(split[0].ends_with(b"x [continued]\n"));
        assert!(split[1].ends_with(b"xy\n"));
    }

    #[test]
    fn a_character_is_never_torn_apart() {
        let text = "€".repeat(LONGEST_LINE);
        assert!(
            lines(&[text.as_bytes()])
                .iter()
                .all(|line| str::from_utf8(line).is_ok())
        );
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_and_no_line_is_too_long(
            pieces in prop::collection::vec(prop::collection::vec(
                prop_oneof![9 => Just(b'a'), 1 => any::<u8>()], 0..9000), 0..12),
        ) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let mut input = pieces.concat();
            if input.last().is_some_and(|byte| *byte != b'\n') {
                input.push(b'\n');
            }
            let lines = lines(&pieces);
            prop_assert!(lines.iter().all(|line| line.len() <= LONGEST_LINE));
            let joined: Vec<u8> = lines
                .iter()
                .flat_map(|line| line.strip_suffix(MARKER).unwrap_or(line).iter().copied())
                .collect();
            prop_assert_eq!(joined, input);
        }
    }
}
