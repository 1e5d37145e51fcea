//! One certificate, and whether it may have made a signature.
//!
//! The OpenPGP library checks the mathematics; what a signature means is decided here: which
//! component key made it, whether the owner bound that key for signing, and whether key and
//! signature were in force. Rules: RFC 9580 sections 5.2.1, 5.2.3 and 10.1.

use pgp::{
    composed::{SignedPublicKey, SignedPublicSubKey},
    crypto::hash::HashAlgorithm,
    packet::{Signature, SignatureType, SubpacketData},
    types::{KeyDetails, Tag},
};

use super::{Fingerprint, SignatureProblem};

/// Clocks differ; a signature may be this far ahead of ours.
const CLOCK_SKEW: i64 = 24 * 3600;

/// A public key with its subkeys and the owner's statements about them.
#[derive(Debug, Clone)]
pub struct Certificate {
    key: Box<SignedPublicKey>,
    fingerprint: Fingerprint,
}

/// The component of a certificate that made a signature.
#[derive(Clone, Copy)]
enum Component<'a> {
    Primary,
    Subkey(&'a SignedPublicSubKey),
}

impl Certificate {
    pub(super) fn new(key: SignedPublicKey, fingerprint: Fingerprint) -> Self {
        Self {
            key: Box::new(key),
            fingerprint,
        }
    }

    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Returns the first user id, which names the holder.
    pub fn holder(&self) -> String {
        let first = self.key.details.users.first();
        first
            .map(|user| String::from_utf8_lossy(user.id.id()).into_owned())
            .unwrap_or_default()
    }

    /// Returns when the primary key stops being valid, in seconds since 1970.
    pub fn expires(&self) -> Option<i64> {
        let statements = self.own_statements();
        let latest = statements
            .iter()
            .filter(|signature| signature.key_expiration_time().is_some());
        expiry(
            &self.key.primary_key,
            latest.max_by_key(|signature| signature.created())?,
        )
    }

    /// Checks that this certificate made `signature` over `text` and was entitled to.
    pub(super) fn check(
        &self,
        signature: &Signature,
        text: &[u8],
        now: i64,
    ) -> Result<(), SignatureProblem> {
        let component = self.issuer_of(signature)?;
        let key = match component {
            Component::Primary => self.fingerprint.to_string(),
            Component::Subkey(subkey) => subkey.fingerprint().to_string().to_uppercase(),
        };
        check_signature(signature, &key, now)?;
        let verified = match component {
            Component::Primary => signature.verify(&self.key.primary_key, text),
            Component::Subkey(subkey) => signature.verify(&subkey.key, text),
        };
        verified.map_err(|_| SignatureProblem::Mismatch { key: key.clone() })?;
        self.check_primary(component, &key, now)?;
        match component {
            Component::Primary => check_age(&self.key.primary_key, signature, &key),
            Component::Subkey(subkey) => {
                self.check_subkey(subkey, &key, now)?;
                check_age(&subkey.key, signature, &key)
            }
        }
    }

    fn issuer_of(&self, signature: &Signature) -> Result<Component<'_>, SignatureProblem> {
        if is_issuer(signature, &self.key.primary_key) {
            return Ok(Component::Primary);
        }
        let mut subkeys = self.key.public_subkeys.iter();
        match subkeys.find(|subkey| is_issuer(signature, &subkey.key)) {
            Some(subkey) => Ok(Component::Subkey(subkey)),
            None => Err(SignatureProblem::UnknownKey {
                key: claimed_issuer(signature),
            }),
        }
    }

    fn check_primary(
        &self,
        component: Component<'_>,
        key: &str,
        now: i64,
    ) -> Result<(), SignatureProblem> {
        let primary = &self.key.primary_key;
        let mut revocations = self.key.details.revocation_signatures.iter();
        if revocations.any(|revocation| revocation.verify_key(primary).is_ok()) {
            return Err(SignatureProblem::KeyRevoked { key: key.into() });
        }
        let statements = self.own_statements();
        if statements.is_empty() {
            return Err(SignatureProblem::KeyUnbound { key: key.into() });
        }
        check_expiry(self.expires(), key, now)?;
        let may_sign = || {
            let latest = statements
                .iter()
                .filter(|signature| has_key_flags(signature));
            latest
                .max_by_key(|signature| signature.created())
                .is_some_and(|own| own.key_flags().sign())
        };
        match component {
            Component::Primary if !may_sign() => {
                Err(SignatureProblem::KeyMayNotSign { key: key.into() })
            }
            Component::Primary | Component::Subkey(_) => Ok(()),
        }
    }

    fn check_subkey(
        &self,
        subkey: &SignedPublicSubKey,
        key: &str,
        now: i64,
    ) -> Result<(), SignatureProblem> {
        let primary = &self.key.primary_key;
        let valid = |kind: SignatureType| {
            subkey.signatures.iter().filter(move |signature| {
                signature.typ() == Some(kind)
                    && is_strong(signature)
                    && signature
                        .verify_subkey_binding(primary, &subkey.key)
                        .is_ok()
            })
        };
        if valid(SignatureType::SubkeyRevocation).next().is_some() {
            return Err(SignatureProblem::KeyRevoked { key: key.into() });
        }
        let binding = valid(SignatureType::SubkeyBinding)
            .max_by_key(|signature| signature.created())
            .ok_or_else(|| SignatureProblem::KeyUnbound { key: key.into() })?;
        check_expiry(expiry(&subkey.key, binding), key, now)?;
        if !binding.key_flags().sign() {
            return Err(SignatureProblem::KeyMayNotSign { key: key.into() });
        }
        // A signing subkey must agree to the binding, else anyone could adopt another's key.
        let agreed = binding.embedded_signature().is_some_and(|back| {
            is_strong(back)
                && back
                    .verify_primary_key_binding(&subkey.key, primary)
                    .is_ok()
        });
        if agreed {
            Ok(())
        } else {
            Err(SignatureProblem::KeyUnbound { key: key.into() })
        }
    }

    /// Returns the owner's valid statements about the primary key.
    ///
    /// Flags and expiry are each read from the latest statement that has them: Debian's keys carry
    /// later statements that only name who may revoke the key.
    fn own_statements(&self) -> Vec<&Signature> {
        let primary = &self.key.primary_key;
        let direct = self
            .key
            .details
            .direct_signatures
            .iter()
            .filter(|signature| {
                signature.typ() == Some(SignatureType::Key) && signature.verify_key(primary).is_ok()
            });
        let certifications = self.key.details.users.iter().flat_map(|user| {
            user.signatures.iter().filter(|signature| {
                signature.is_certification()
                    && signature.typ() != Some(SignatureType::CertRevocation)
                    && is_issuer(signature, primary)
                    && signature
                        .verify_certification(primary, Tag::UserId, &user.id)
                        .is_ok()
            })
        });
        direct
            .chain(certifications)
            .filter(|signature| is_strong(signature))
            .collect()
    }
}

/// Names the key a signature claims to be from.
pub(super) fn claimed_issuer(signature: &Signature) -> String {
    let fingerprint = signature
        .issuer_fingerprint()
        .first()
        .map(ToString::to_string);
    let key_id = || signature.issuer_key_id().first().map(ToString::to_string);
    fingerprint
        .or_else(key_id)
        .unwrap_or_else(|| "unnamed".into())
        .to_uppercase()
}

fn is_issuer(signature: &Signature, key: &impl KeyDetails) -> bool {
    let fingerprints = signature.issuer_fingerprint();
    if fingerprints.is_empty() {
        return signature.issuer_key_id().contains(&&key.legacy_key_id());
    }
    fingerprints.contains(&&key.fingerprint())
}

/// Collisions can be computed for MD5 and SHA-1, so they prove nothing.
fn is_strong(signature: &Signature) -> bool {
    matches!(
        signature.hash_alg(),
        Some(
            HashAlgorithm::Sha256
                | HashAlgorithm::Sha384
                | HashAlgorithm::Sha512
                | HashAlgorithm::Sha3_256
                | HashAlgorithm::Sha3_512
        )
    )
}

/// Judges the signature packet itself, before any arithmetic.
fn check_signature(signature: &Signature, key: &str, now: i64) -> Result<(), SignatureProblem> {
    let key = || String::from(key);
    if !is_strong(signature) {
        let algorithm = signature
            .hash_alg()
            .map_or("unknown".into(), |name| name.to_string());
        return Err(SignatureProblem::WeakDigest {
            key: key(),
            algorithm,
        });
    }
    if !matches!(
        signature.typ(),
        Some(SignatureType::Text | SignatureType::Binary)
    ) {
        return Err(SignatureProblem::NotOverDocument { key: key() });
    }
    let unknown_critical = signature.config().is_none_or(|config| {
        config.hashed_subpackets().any(|subpacket| {
            subpacket.is_critical
                && matches!(
                    subpacket.data,
                    SubpacketData::Experimental(..)
                        | SubpacketData::Other(..)
                        | SubpacketData::Notation(_)
                )
        })
    });
    if unknown_critical {
        return Err(SignatureProblem::UnknownCritical { key: key() });
    }
    let created = signature
        .created()
        .ok_or_else(|| SignatureProblem::Undated { key: key() })?;
    let created = i64::from(created.as_secs());
    if created > now + CLOCK_SKEW {
        return Err(SignatureProblem::Future {
            key: key(),
            seconds: created - now,
        });
    }
    match signature
        .signature_expiration_time()
        .map(|length| i64::from(length.as_secs()))
    {
        Some(length) if length > 0 && created + length < now => Err(SignatureProblem::Expired {
            key: key(),
            seconds: now - created - length,
        }),
        Some(_) | None => Ok(()),
    }
}

fn has_key_flags(signature: &Signature) -> bool {
    signature.config().is_some_and(|config| {
        let mut subpackets = config.hashed_subpackets();
        subpackets.any(|subpacket| matches!(subpacket.data, SubpacketData::KeyFlags(_)))
    })
}

fn expiry(key: &impl KeyDetails, statement: &Signature) -> Option<i64> {
    let length = i64::from(statement.key_expiration_time()?.as_secs());
    (length > 0).then(|| i64::from(key.created_at().as_secs()) + length)
}

fn check_expiry(expiry: Option<i64>, key: &str, now: i64) -> Result<(), SignatureProblem> {
    match expiry {
        Some(end) if end < now => Err(SignatureProblem::KeyExpired {
            key: key.into(),
            seconds: now - end,
        }),
        Some(_) | None => Ok(()),
    }
}

fn check_age(
    key: &impl KeyDetails,
    signature: &Signature,
    name: &str,
) -> Result<(), SignatureProblem> {
    if signature.created() < Some(key.created_at()) {
        return Err(SignatureProblem::KeyYounger { key: name.into() });
    }
    Ok(())
}
