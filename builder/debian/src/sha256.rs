//! SHA-256 digests as the archive writes them: 64 hexadecimal digits.
//!
//! The crate keeps digests as plain `[u8; 32]`; this is their spelling and their computation.

use sha2::{Digest, Sha256};

/// Parses 64 hexadecimal digits.
pub fn parse(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(digest)
}

/// Writes a digest in lower-case hexadecimal.
pub fn hex(digest: &[u8; 32]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    digest
        .iter()
        .flat_map(|&byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Computes the digest of `bytes`.
pub fn of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn digests_survive_writing_and_parsing() {
        let digest = super::of(b"");
        let text = super::hex(&digest);
        assert_eq!(
            text,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(super::parse(&text), Some(digest));
        assert_eq!(super::parse(&text.to_uppercase()), Some(digest));
    }

    #[test]
    fn anything_but_64_digits_is_refused() {
        assert_eq!(super::parse("e3b0"), None);
        assert_eq!(super::parse(&"g".repeat(64)), None);
    }
}
