//! Verifies a cleartext-signed file and hands out the text that was signed.
//!
//! The text comes from the library after the signature matched, never from the file again, so what
//! is parsed is what was signed. Every signature is tried; those that do not count are explained
//! only when none does. Source: RFC 9580 section 7.

use pgp::composed::CleartextSignedMessage;

use super::{LARGEST, ReleaseError, framing};
use crate::keyring::{Fingerprint, Keyring, short_reason};

/// Debian uses up to four; each costs a public key operation.
pub(super) const MOST: usize = 32;

/// The text of a message with at least one valid signature.
pub(super) struct Signed {
    pub(super) text: String,
    pub(super) signers: Vec<Fingerprint>,
}

pub(super) fn verify(
    in_release: &[u8],
    keyring: &Keyring,
    now: i64,
) -> Result<Signed, ReleaseError> {
    if in_release.len() > LARGEST {
        return Err(ReleaseError::TooLarge {
            size: in_release.len(),
        });
    }
    let file = std::str::from_utf8(in_release).map_err(|_| ReleaseError::NotText)?;
    framing::check(file)?;
    let (message, _headers) =
        CleartextSignedMessage::from_string(file).map_err(|error| ReleaseError::Armor {
            reason: short_reason(&error),
        })?;
    let count = message.signatures().len();
    if count > MOST {
        return Err(ReleaseError::TooManySignatures { count });
    }
    let text = message.signed_text();
    let mut signers: Vec<Fingerprint> = Vec::new();
    let mut problems = Vec::new();
    for signature in message.signatures() {
        match keyring.signer(signature, text.as_bytes(), now) {
            Ok(certificate) if signers.contains(certificate.fingerprint()) => {}
            Ok(certificate) => signers.push(certificate.fingerprint().clone()),
            Err(problem) => problems.push(problem),
        }
    }
    if signers.is_empty() {
        return Err(ReleaseError::Unsigned { problems });
    }
    // Line ends were CRLF for hashing only; the file itself has no carriage return, see `framing`.
    Ok(Signed {
        text: text.replace("\r\n", "\n"),
        signers,
    })
}
