//! Identifiers of documents and of what is in them, made from what they are about.

use wpimg_oci::digest::Digest;

use crate::Bill;

/// Longest part of a foreign name that goes into an identifier.
const LONGEST_NAME: usize = 64;

/// Returns the same UUID for the same document: version 8 of RFC 9562, filled from SHA-256.
///
/// The builder's version is part of it, because another version may say more about one image.
pub(crate) fn uuid(bill: &Bill, format: &str) -> String {
    let seed = format!(
        "wpimg\n{format}\n{}\n{}",
        bill.image.manifest, bill.builder_version
    );
    let hex = Digest::of(seed.as_bytes()).hex();
    // The variant takes two bits: the digit is one of 8, 9, a and b.
    let variant = match hex.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    format!(
        "{}-{}-8{}-{variant}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

/// Returns a name as an SPDX identifier may hold it: letters, digits, `.` and `-`.
pub(crate) fn slug(name: &str) -> String {
    let slug: String = name
        .chars()
        .take(LONGEST_NAME)
        .map(|character| match character {
            '.' | '-' => character,
            _ if character.is_ascii_alphanumeric() => character,
            _ => '-',
        })
        .collect();
    if slug.bytes().all(|byte| byte == b'-') {
        return "unnamed".into();
    }
    slug
}
