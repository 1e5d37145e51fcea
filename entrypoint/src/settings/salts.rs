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

    /// Changing this value logs out every visitor of every site that uses a master secret.
    #[test]
    fn the_derivation_never_changes() {
        assert_eq!(derived("0123456789abcdef0123456789abcdef", "AUTH_KEY"), "");
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
