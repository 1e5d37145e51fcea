//! The OpenPGP certificates an archive's signature may come from.
//!
//! A keyring only holds certificates and answers whether one of them signed a text; the web of
//! trust, key servers and third-party signatures play no part. Version 4 keys only. Rules: RFC 9580
//! section 5.2 (signatures) and 10.1 (certificates).

mod certificate;
mod pinned;
mod problem;
#[cfg(test)]
mod tests;

use std::{fmt, io::Cursor};

use pgp::{
    composed::{Deserializable, SignedPublicKey},
    packet::Signature,
    types::{Fingerprint as PgpFingerprint, KeyDetails},
};
use thiserror::Error;

pub use certificate::Certificate;
pub use pinned::{PINNED, Pin};
pub use problem::SignatureProblem;
pub(crate) use problem::short_reason;

/// The six certificates of Debian together are 60 KB.
const LARGEST_KEYRING: usize = 4 << 20;
const MOST_CERTIFICATES: usize = 256;

/// The 160 bit fingerprint of a certificate, which is what is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 20]);

/// Certificates whose signatures are accepted.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    certificates: Vec<Certificate>,
}

/// Why bytes are not a keyring.
#[derive(Debug, Error)]
pub enum KeyringError {
    #[error("keyring of {size} bytes is larger than {LARGEST_KEYRING}")]
    TooLarge { size: usize },
    #[error("keyring is neither ASCII-armored nor binary OpenPGP: {reason}")]
    Malformed { reason: &'static str },
    #[error("keyring contains no certificate")]
    Empty,
    #[error("keyring contains more than {MOST_CERTIFICATES} certificates")]
    TooMany,
    #[error("key `{fingerprint}` is not an OpenPGP version 4 key")]
    Version { fingerprint: String },
}

impl KeyringError {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Malformed { .. } | Self::Empty => {
                Some("export the public key with `gpg --armor --export KEY`".into())
            }
            Self::TooLarge { .. } | Self::TooMany | Self::Version { .. } => None,
        }
    }
}

impl Keyring {
    /// Returns the keys of the Debian archive that are embedded in this program.
    pub fn debian() -> Self {
        pinned::debian()
    }

    /// Parses certificates from ASCII armor (one or several blocks) or from binary packets.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        if bytes.len() > LARGEST_KEYRING {
            return Err(KeyringError::TooLarge { size: bytes.len() });
        }
        let mut keyring = Self::default();
        for block in split_armor(bytes) {
            let (keys, _headers) =
                SignedPublicKey::from_reader_many_buf(Cursor::new(block)).map_err(malformed)?;
            for key in keys {
                if keyring.certificates.len() == MOST_CERTIFICATES {
                    return Err(KeyringError::TooMany);
                }
                let key = key.map_err(malformed)?;
                let PgpFingerprint::V4(fingerprint) = key.fingerprint() else {
                    return Err(KeyringError::Version {
                        fingerprint: key.fingerprint().to_string(),
                    });
                };
                keyring
                    .certificates
                    .push(Certificate::new(key, Fingerprint(fingerprint)));
            }
        }
        if keyring.certificates.is_empty() {
            return Err(KeyringError::Empty);
        }
        Ok(keyring)
    }

    /// Adds the certificates of another keyring.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.certificates.extend(other.certificates);
        self
    }

    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Returns the certificate that made `signature` over `text`, or why there is none.
    pub(crate) fn signer(
        &self,
        signature: &Signature,
        text: &[u8],
        now: i64,
    ) -> Result<&Certificate, SignatureProblem> {
        let mut problem = None;
        for certificate in &self.certificates {
            match certificate.check(signature, text, now) {
                Ok(()) => return Ok(certificate),
                // The closest miss says most: a known key that failed beats an unknown key.
                Err(SignatureProblem::UnknownKey { .. }) => {}
                Err(miss) => problem = Some(miss),
            }
        }
        Err(problem.unwrap_or_else(|| SignatureProblem::UnknownKey {
            key: certificate::claimed_issuer(signature),
        }))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` asks for"
)]
fn malformed(error: pgp::errors::Error) -> KeyringError {
    KeyringError::Malformed {
        reason: short_reason(&error),
    }
}

/// Separates concatenated armor blocks, which the parser reads one at a time.
fn split_armor(bytes: &[u8]) -> Vec<&[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN PGP";
    let starts: Vec<usize> = bytes
        .windows(BEGIN.len())
        .enumerate()
        .filter(|&(start, window)| window == BEGIN && (start == 0 || bytes[start - 1] == b'\n'))
        .map(|(start, _)| start)
        .collect();
    if starts.is_empty() {
        return vec![bytes];
    }
    let ends = starts[1..].iter().copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| &bytes[start..end])
        .collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02X}"))
    }
}
