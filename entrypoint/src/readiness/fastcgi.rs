//! As much of the FastCGI 1.0 protocol as a ping needs: one request, one answer.
//!
//! Record layout: FastCGI specification 1.0, section 3.3; name-value pairs: 3.4; application
//! records: section 5. Names and values must be shorter than 128 bytes here, which ours are.

const VERSION: u8 = 1;
const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMETERS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const RESPONDER: u8 = 1;
const REQUEST_ID: u8 = 1;
const HEADER_LENGTH: usize = 8;

/// A GET request for a path that php-fpm answers itself (`ping.path`, `pm.status_path`).
pub(crate) fn get(path: &str) -> Vec<u8> {
    get_with(path, "")
}

/// The same with a query, which says how the answer is to look.
pub(crate) fn get_with(path: &str, query: &str) -> Vec<u8> {
    let mut parameters = Vec::new();
    for (name, value) in [
        ("REQUEST_METHOD", "GET"),
        ("SCRIPT_NAME", path),
        ("SCRIPT_FILENAME", path),
        ("QUERY_STRING", query),
    ] {
        parameters.extend([length(name), length(value)]);
        parameters.extend_from_slice(name.as_bytes());
        parameters.extend_from_slice(value.as_bytes());
    }
    let mut request = record(BEGIN_REQUEST, &[0, RESPONDER, 0, 0, 0, 0, 0, 0]);
    request.extend(record(PARAMETERS, &parameters));
    request.extend(record(PARAMETERS, &[]));
    request.extend(record(STDIN, &[]));
    request
}

/// Everything the application has written to its standard output so far.
pub(crate) fn output(response: &[u8]) -> Vec<u8> {
    let outputs = records(response).filter(|(kind, _)| *kind == STDOUT);
    outputs.flat_map(|(_, body)| body).copied().collect()
}

/// Whether the application has said that there is no more.
pub(crate) fn is_complete(response: &[u8]) -> bool {
    records(response).any(|(kind, _)| kind == END_REQUEST)
}

/// The whole records, each as its type and content.
fn records(response: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = response;
    std::iter::from_fn(move || {
        let (&[_, kind, _, _, high, low, padding, _], after) =
            rest.split_first_chunk::<HEADER_LENGTH>()?;
        let content = usize::from(u16::from_be_bytes([high, low]));
        let body = after.get(..content)?;
        rest = after
            .get(content + usize::from(padding)..)
            .unwrap_or_default();
        Some((kind, body))
    })
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    let mut record = vec![VERSION, kind, 0, REQUEST_ID, high, low, 0, 0];
    record.extend_from_slice(content);
    record
}

fn length(text: &str) -> u8 {
    debug_assert!(text.len() < 128);
    u8::try_from(text.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_begin_parameters_and_an_empty_stdin() {
        let request = get("/ping");
        assert!(request.starts_with(&[1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1]));
        assert!(
            request
                .windows(16)
                .any(|window| window == b"SCRIPT_NAME/ping")
        );
        assert!(request.ends_with(&[1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0]));
    }

    #[test]
    fn output_is_joined_over_records_and_padding_is_skipped() {
        let response = [
            &[1, STDOUT, 0, 1, 0, 3, 5, 0][..],
            b"pon.....",
            &[1, 7, 0, 1, 0, 1, 0, 0],
            b"!",
            &[1, STDOUT, 0, 1, 0, 1, 0, 0],
            b"g",
        ];
        assert_eq!(output(&response.concat()), b"pong");
    }

    #[test]
    fn an_answer_is_complete_with_the_end_of_its_request() {
        let begun = [&[1, STDOUT, 0, 1, 0, 1, 0, 0][..], b"x"].concat();
        assert!(!is_complete(&begun));
        let end = [1, END_REQUEST, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(!is_complete(&[&begun[..], &end[..12]].concat()), "cut");
        assert!(is_complete(&[&begun[..], &end].concat()));
    }

    #[test]
    fn a_cut_record_is_not_read() {
        assert_eq!(output(&[1, STDOUT, 0, 1, 255, 255, 0, 0, b'x']), b"");
        assert_eq!(output(&[1, STDOUT, 0]), b"");
    }
}
