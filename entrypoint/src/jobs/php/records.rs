//! The records of a FastCGI 1.0 request and of its answer, which comes in pieces.
//!
//! Layout: FastCGI specification 1.0, section 3.3; name-value pairs: 3.4; application records: section 5.

const VERSION: u8 = 1;
const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMETERS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;
const RESPONDER: u8 = 1;
const REQUEST_ID: u8 = 1;
const HEADER_LENGTH: usize = 8;
/// The length of a record has 16 bits.
const LONGEST_RECORD: usize = 65535;
/// Lengths up to this take one byte, longer ones four with the highest bit set.
const LONGEST_SHORT: usize = 127;

/// What an application answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
    Output(Vec<u8>),
    Error(Vec<u8>),
    /// Zero when the request was carried out, else why it was not (section 5.5).
    End {
        status: u8,
    },
}

/// A request without a body.
pub(super) fn request(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut pairs = Vec::new();
    for (name, value) in parameters {
        push_length(&mut pairs, name.len());
        push_length(&mut pairs, value.len());
        pairs.extend_from_slice(name.as_bytes());
        pairs.extend_from_slice(value.as_bytes());
    }
    let mut request = Vec::new();
    push_record(
        &mut request,
        BEGIN_REQUEST,
        &[0, RESPONDER, 0, 0, 0, 0, 0, 0],
    );
    for part in pairs.chunks(LONGEST_RECORD) {
        push_record(&mut request, PARAMETERS, part);
    }
    push_record(&mut request, PARAMETERS, &[]);
    push_record(&mut request, STDIN, &[]);
    request
}

fn push_length(pairs: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short) if length <= LONGEST_SHORT => pairs.push(short),
        _ => {
            let long = u32::try_from(length).unwrap_or(u32::MAX >> 1) | 1 << 31;
            pairs.extend_from_slice(&long.to_be_bytes());
        }
    }
}

fn push_record(request: &mut Vec<u8>, kind: u8, content: &[u8]) {
    let [high, low] = u16::try_from(content.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    request.extend_from_slice(&[VERSION, kind, 0, REQUEST_ID, high, low, 0, 0]);
    request.extend_from_slice(content);
}

/// Takes an answer apart, however it was cut on its way.
#[derive(Debug, Default)]
pub(super) struct Answer {
    rest: Vec<u8>,
}

impl Answer {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    /// The next record that is complete.
    pub(super) fn next(&mut self) -> Option<Record> {
        loop {
            let (&[_, kind, _, _, high, low, padding, _], after) =
                self.rest.split_first_chunk::<HEADER_LENGTH>()?;
            let length = usize::from(u16::from_be_bytes([high, low]));
            let content = after.get(..length)?.to_vec();
            let whole = HEADER_LENGTH + length + usize::from(padding);
            if self.rest.len() < whole {
                return None;
            }
            self.rest.drain(..whole);
            match kind {
                STDOUT => return Some(Record::Output(content)),
                STDERR => return Some(Record::Error(content)),
                END_REQUEST => {
                    let status = content.get(4).copied().unwrap_or_default();
                    return Some(Record::End { status });
                }
                // Nothing else belongs to an answer.
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_value_has_a_length_of_four_bytes() {
        let value = "x".repeat(300);
        let request = request(&[("A", "b"), ("LONG", &value)]);
        let short = [1, 1, b'A', b'b'];
        let long = [4, 0x80, 0, 1, 44, b'L', b'O', b'N', b'G', b'x'];
        assert!(
            request
                .windows(short.len() + long.len())
                .any(|window| { window.starts_with(&short) && window.ends_with(&long) })
        );
        assert!(request.ends_with(&[1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0]));
    }

    proptest! {
        #[test]
        fn an_answer_reads_the_same_however_it_is_cut(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6),
            cut in 1_usize..50,
        ) {
            let mut bytes = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                push_record(&mut bytes, if index % 2 == 0 { STDOUT } else { STDERR }, text);
            }
            bytes.extend_from_slice(&[VERSION, END_REQUEST, 0, REQUEST_ID, 0, 8, 2, 0]);
            bytes.extend_from_slice(&[0, 0, 0, 0, 1, 0, 0, 0, 9, 9]);

            let mut answer = Answer::default();
            let mut records = Vec::new();
            for piece in bytes.chunks(cut) {
                answer.push(piece);
                records.extend(std::iter::from_fn(|| answer.next()));
            }
            prop_assert_eq!(records.pop(), Some(Record::End { status: 1 }));
            let read: Vec<Vec<u8>> = records.into_iter().map(|record| match record {
                Record::Output(text) | Record::Error(text) => text,
                Record::End { .. } => Vec::new(),
            }).collect();
            prop_assert_eq!(read, texts);
        }
    }
}
