//! Checks that a file is one cleartext-signed message and nothing else.
//!
//! OpenPGP libraries differ in what they tolerate around and inside the armor, and such differences
//! have let unsigned text through in the past. So the outline is checked line by line before the
//! library sees it: header, hash names, text, one signature block, end. Source: RFC 9580 section 7.

use super::ReleaseError;

const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";

#[derive(Clone, Copy)]
enum Part {
    Begin,
    Headers,
    Text,
    Signature,
    End,
}

/// Refuses anything but one message from the first to the last byte.
pub(super) fn check(text: &str) -> Result<(), ReleaseError> {
    let mut part = Part::Begin;
    let mut last = 0;
    for (position, line) in text.split('\n').enumerate() {
        let number = position + 1;
        let refuse = |reason| {
            Err(ReleaseError::Framing {
                line: number,
                reason,
            })
        };
        if line.contains(['\r', '\0']) {
            return refuse("it contains a carriage return or a null character");
        }
        part = match part {
            Part::Begin if line == BEGIN => Part::Headers,
            Part::Begin => return refuse("it does not begin a signed message"),
            Part::Headers if line.is_empty() => Part::Text,
            Part::Headers if names_digests(line) => Part::Headers,
            Part::Headers => return refuse("only `Hash` and digests may stand before the text"),
            Part::Text if line == SIGNATURE => Part::Signature,
            Part::Text if line.starts_with('-') && !line.starts_with("- ") => {
                return refuse("a dash at the start of a line is not escaped");
            }
            Part::Text => Part::Text,
            Part::Signature if line == END => Part::End,
            Part::Signature if line.starts_with('-') => {
                return refuse("it stands inside the signature");
            }
            Part::Signature => Part::Signature,
            Part::End if line.is_empty() => Part::End,
            Part::End => return refuse("it stands behind the signature"),
        };
        last = number;
    }
    match part {
        Part::End => Ok(()),
        Part::Begin | Part::Headers | Part::Text | Part::Signature => Err(ReleaseError::Framing {
            line: last,
            reason: "the message is cut off",
        }),
    }
}

/// Says whether a header is `Hash` with names of RFC 9580 section 9.5, which nothing relies on.
fn names_digests(line: &str) -> bool {
    const NAMES: [&str; 9] = [
        "MD5",
        "SHA1",
        "RIPEMD160",
        "SHA224",
        "SHA256",
        "SHA384",
        "SHA512",
        "SHA3-256",
        "SHA3-512",
    ];
    line.strip_prefix("Hash: ")
        .is_some_and(|names| names.split(',').all(|name| NAMES.contains(&name.trim())))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::release::ReleaseError;

    const GOOD: &str = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: x\n- -dash\n\
                        -----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n";

    #[track_caller]
    fn check_refused(text: &str, line: usize, part: &str) {
        match check(text) {
            Err(ReleaseError::Framing {
                line: found,
                reason,
            }) => {
                assert_eq!(found, line, "{reason}");
                assert!(reason.contains(part), "{reason}");
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn one_message_from_first_to_last_byte_is_accepted() {
        check(GOOD).unwrap();
        check(&format!("{GOOD}\n\n")).unwrap();
    }

    #[test]
    fn text_around_the_message_is_refused() {
        check_refused(&format!("Suite: evil\n{GOOD}"), 1, "does not begin");
        check_refused(&format!("{GOOD}Suite: evil\n"), 10, "behind");
        check_refused(&format!("{GOOD}{GOOD}"), 10, "behind");
    }

    #[test]
    fn text_smuggled_between_the_parts_is_refused() {
        check_refused(&GOOD.replace("Hash: SHA256\n", "Suite: evil\n"), 2, "Hash");
        check_refused(&GOOD.replace("- -dash", "-----FAKE-----"), 5, "not escaped");
        check_refused(
            &GOOD.replace("abcd", "-----BEGIN PGP MESSAGE-----"),
            8,
            "inside",
        );
        check_refused(
            &GOOD.replace("Suite: x", "Suite: x\rSuite: evil"),
            4,
            "carriage return",
        );
    }

    #[test]
    fn a_message_that_is_cut_off_is_refused() {
        let cut = &GOOD[..GOOD.len() - 30];
        check_refused(cut, 8, "cut off");
        check_refused("", 1, "does not begin");
    }
}
