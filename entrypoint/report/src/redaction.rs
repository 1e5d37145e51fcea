//! Keeps the values of secrets out of the log.
//!
//! A plugin that prints its configuration, a trace with arguments, a visitor's address with a token in it: what the
//! services write is searched for the secrets of this container, and each becomes `****`. PID 1 knows them from the files
//! in the runtime directory. That makes them no easier to get: they are in the memory of a process of root that already
//! may read those files.
//!
//! What this cannot do: find a value of fewer than [`SHORTEST`] bytes, which would be found in ordinary words too; find
//! one that was encoded, other than as a JSON string; find one in a line of more than 32 KiB whose halves the service wrote
//! separately. It costs one pass of `memmem` for each value over whole blocks of output, not over lines: ten secrets take
//! a tenth of a millisecond per megabyte or so.

use std::fmt;

use memchr::memmem::Finder;

use super::json;

/// Shorter values are words.
const SHORTEST: usize = 8;

/// What is longer is a file, and its first line is enough to recognise it.
const LONGEST: usize = 4096;

const MASK: &[u8] = b"****";

/// What to look for.
#[derive(Default)]
pub struct Redactor {
    values: Vec<Finder<'static>>,
}

impl Redactor {
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut values: Vec<Vec<u8>> = Vec::new();
        for secret in secrets {
            // Output is looked at by the line, and so is a secret that has several.
            for line in secret.split(|byte| *byte == b'\n') {
                let line = &line[..line.len().min(LONGEST)];
                let mut quoted = Vec::new();
                json::escape(&mut quoted, line, LONGEST * 6);
                values.extend([line.to_vec(), quoted]);
            }
        }
        values.retain(|value| value.len() >= SHORTEST);
        // The longest first, in case one is a part of another.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        let finder = |value: Vec<u8>| Finder::new(&value).into_owned();
        Self {
            values: values.into_iter().map(finder).collect(),
        }
    }

    /// Masks every secret in `output`, whose first `known` bytes were looked at before, and returns how many bytes are left.
    pub fn redact(&self, output: &mut [u8], known: usize) -> usize {
        let mut length = output.len();
        for value in &self.values {
            let needle = value.needle().len();
            let mut from = known.min(length).saturating_sub(needle);
            while let Some(found) = value.find(&output[from..length]) {
                let at = from + found;
                output[at..at + MASK.len()].copy_from_slice(MASK);
                output.copy_within(at + needle..length, at + MASK.len());
                length -= needle - MASK.len();
                from = at + MASK.len();
            }
        }
        length
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Redactor({} values)", self.values.len())
    }
}

/// Whether a setting with this name is a secret: a host or a table prefix is an ordinary word, and to mask those would make
/// the log unreadable.
pub fn is_secret(name: &str) -> bool {
    const MARKS: [&str; 9] = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "SALT",
        "CREDENTIAL",
        "PRIVATE",
        "DSN",
        "_URL",
    ];
    MARKS.iter().any(|mark| name.contains(mark)) || name.ends_with("KEY") || name.ends_with("PASS")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(secrets: &[&str], output: &str) -> String {
        let redactor = Redactor::new(secrets.iter().map(|secret| secret.as_bytes()));
        let mut bytes = output.as_bytes().to_vec();
        let length = redactor.redact(&mut bytes, 0);
        bytes.truncate(length);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_secret_is_masked_wherever_it_stands() {
        let secrets = ["hunter2hunter2", "line one of two\nline two of two"];
        assert_eq!(
            redacted(
                &secrets,
                "hunter2hunter2 and a=hunter2hunter2&line two of two\n"
            ),
            "**** and a=****&****\n"
        );
    }

    #[test]
    fn a_secret_with_quotes_is_found_in_the_access_log_too() {
        assert_eq!(
            redacted(&["pass\"word\\1"], r#"{"uri":"/?p=pass\"word\\1"}"#),
            r#"{"uri":"/?p=****"}"#
        );
    }

    #[test]
    fn a_short_value_is_left_alone() {
        assert_eq!(
            redacted(&["secret", ""], "no secret here"),
            "no secret here"
        );
    }

    #[test]
    fn one_secret_in_another_leaves_nothing_of_either() {
        assert_eq!(
            redacted(&["abcdefgh", "xxabcdefghxx"], "xxabcdefghxx"),
            "****"
        );
    }

    #[test]
    fn a_secret_of_which_a_part_was_seen_before_is_found() {
        let redactor = Redactor::new([b"hunter2hunter2".as_slice()]);
        let mut output = *b"is hunter2hunter2";
        let length = redactor.redact(&mut output, 10);
        assert_eq!(&output[..length], b"is ****");
    }

    #[test]
    fn it_does_not_print_what_it_knows() {
        let redactor = Redactor::new([b"hunter2hunter2".as_slice()]);
        assert!(!format!("{redactor:?}").contains("hunter"));
    }

    #[test]
    fn names_tell_secrets_from_words() {
        for name in [
            "WORDPRESS_DB_PASSWORD",
            "WORDPRESS_AUTH_KEY",
            "WORDPRESS_NONCE_SALT",
            "DATABASE_URL",
            "SMTP_PASS",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["WORDPRESS_DB_HOST", "WORDPRESS_DB_NAME", "WORDPRESS_DEBUG"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_secret_is_left_and_nothing_else_is_lost(
            secret in "[a-z]{8,20}", parts in prop::collection::vec("[A-Z\n]{0,30}", 1..6),
        ) {
            prop_assert_eq!(redacted(&[&secret], &parts.join(&secret)), parts.join("****"));
        }
    }
}
