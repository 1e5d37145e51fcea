//! What is counted while lines pass by.

use memchr::memmem;

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers of nginx by the first digit of their status, 1 to 5.
    pub responses: [u64; 5],
    pub dropped_lines: u64,
}

impl Tally {
    /// Counts a line of nginx's access log; any other is none.
    pub(super) fn count_response(&mut self, line: &[u8]) {
        // A visitor's own `"status":` has a backslash before its quotes.
        const STATUS: &[u8] = b"\"status\":";
        let Some(at) = memmem::find(line, STATUS) else {
            return;
        };
        if let Some(digit @ b'1'..=b'5') = line.get(at + STATUS.len()) {
            self.responses[usize::from(digit - b'1')] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class() {
        let mut tally = Tally::default();
        for line in [
            r#"{"uri":"/a","status":200}"#,
            r#"{"uri":"/\"status\":500","status":304}"#,
            r#"{"uri":"/","status":404,"bytes":5}"#,
            r#"{"_aws":{}}"#,
            r#"{"status":000}"#,
        ] {
            tally.count_response(line.as_bytes());
        }
        assert_eq!(tally.responses, [0, 1, 1, 1, 0]);
    }

    #[test]
    fn nginx_writes_what_is_counted() {
        let configuration = include_str!("../../../docker/rootfs/etc/wpimg/nginx/http.conf");
        assert!(configuration.contains("\"status\":$status,"));
    }
}
