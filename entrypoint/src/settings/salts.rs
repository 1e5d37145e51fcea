//! WordPress's eight keys and salts, derived from one master secret.
//!
//! HKDF-SHA256 (RFC 5869) with the constant's name as `info`, so the eight values are independent
//! and every task that has the master secret has the same ones. Never random: a key made up at
//! start would log everybody out on each deploy and between any two tasks. The text is base64, 64
//! characters as long as those of WordPress's own generator.

use hkdf::Hkdf;
use sha2::Sha256;

use super::Secret;

/// The PHP constants, in the order of WordPress's sample configuration.
pub(super) const CONSTANTS: [&str; 8] = [
    "AUTH_KEY",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "NONCE_KEY",
    "AUTH_SALT",
    "SECURE_AUTH_SALT",
    "LOGGED_IN_SALT",
    "NONCE_SALT",
];

/// Shorter master secrets could be guessed from a single cookie.
pub(super) const SHORTEST_MASTER: usize = 32;

/// 48 bytes are 64 base64 characters without padding.
const DERIVED_BYTES: usize = 48;

pub(super) fn derive(master: &Secret, constant: &str) -> Secret {
    let mut key = [0_u8; DERIVED_BYTES];
    let derivation = Hkdf::<Sha256>::new(Some(b"wpimg salts 1"), master.expose());
    // HKDF can only refuse more than 255 blocks of output; 48 bytes are two.
    let expanded = derivation.expand(constant.as_bytes(), &mut key);
    debug_assert!(expanded.is_ok());
    Secret::new(base64(&key))
}

fn base64(bytes: &[u8; DERIVED_BYTES]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .as_chunks::<3>()
        .0
        .iter()
        .flat_map(|&[first, second, third]| {
            let group = u32::from_be_bytes([0, first, second, third]);
            [18, 12, 6, 0].map(|shift| ALPHABET[(group >> shift) as usize & 63])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(master: &str, constant: &str) -> String {
        let secret = derive(&Secret::new(master.as_bytes().to_vec()), constant);
        String::from_utf8(secret.expose().to_vec()).unwrap()
    }

    /// Computed with Python's `hmac`. Changing a value logs out every visitor of every site that uses
    /// a master secret.
    #[test]
    fn the_derivation_never_changes() {
        for (constant, expected) in [
            (
                "AUTH_KEY",
                "2apxoqwHEy/LLuDLqVQA2h+6rA4+iG8zoUIsJRo1L3TyGwOkD5EqbwiA01Br13Gt",
            ),
            (
                "SECURE_AUTH_KEY",
                "YjQUYb0vcHhrIx0P/cpiwFL6s9ODTRI6N91JzIbykPfORK9hYtolHPLJgXNJwNA3",
            ),
            (
                "LOGGED_IN_KEY",
                "6AncBxvB23JTdbuXWIEO1AxKWzTV2ewIidnUjVXIiVlIHZPaV55Go4U8uBHR3JK5",
            ),
            (
                "NONCE_KEY",
                "Z/rlqrCbhndAwvwdMXDBh27L+vWv4gHyRn0uVGDchLg6y3FR9Yeq/l32EimrFqKv",
            ),
            (
                "AUTH_SALT",
                "FtPAn+1a13rXL077tKakecL5ynqnZcYoDgt/Xz/OTuBHPw5VscyIBWwizrRIuBPo",
            ),
            (
                "SECURE_AUTH_SALT",
                "TtTQwxLiFwgFNZFsNyWEq3imY6nwuiiBDTtfbPZ0E9/8USCxItNPg2p3KdPc8QxD",
            ),
            (
                "LOGGED_IN_SALT",
                "JikwyiDoqn1YRroEpVFm+ZryIP2mc5LV9oCzp/lqEU8DLmL0Z1qvo0D+SFXef+pz",
            ),
            (
                "NONCE_SALT",
                "a9iudf2TWawPR9nDt+SfSOhYFbZqTLFgRRTVG7AyWTrozrZ2encRcmMD3BerVDbM",
            ),
        ] {
            let value = derived("0123456789abcdef0123456789abcdef", constant);
            assert_eq!(value, expected, "{constant}");
        }
    }

    #[test]
    fn every_constant_gets_its_own_key_of_64_printable_characters() {
        let mut keys: Vec<String> = CONSTANTS
            .iter()
            .map(|constant| derived("a master secret", constant))
            .collect();
        assert!(
            keys.iter()
                .all(|key| key.len() == 64 && key.chars().all(|c| c.is_ascii_graphic()))
        );
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), CONSTANTS.len());
    }

    #[test]
    fn base64_is_the_standard_one() {
        let mut bytes = [0; DERIVED_BYTES];
        bytes[..6].copy_from_slice(b"foobar");
        assert!(base64(&bytes).starts_with(b"Zm9vYmFyAAAA"));
    }
}
