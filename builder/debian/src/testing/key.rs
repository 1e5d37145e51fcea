//! A throw-away OpenPGP key that signs like an archive does.
//!
//! By default it is what Debian uses: version 4, Ed25519, with a signing subkey on request. The
//! traits make the keys that must be refused, and RSA for signatures over digests that Ed25519
//! does not take. Rules: RFC 9580 section 10.1.

use pgp::{
    composed::{
        ArmorOptions, CleartextSignedMessage, KeyType, SecretKeyParamsBuilder, SignedKeyDetails,
        SignedPublicKey, SignedSecretSubKey, SubkeyParamsBuilder,
    },
    crypto::hash::HashAlgorithm,
    packet::{
        KeyFlags, SecretKey, Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData,
    },
    types::{Duration, KeyDetails, Password, SignedUser, SigningKey, Tag, Timestamp},
};
use rand::thread_rng;

use crate::keyring::Keyring;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    Ed25519,
    /// Signs over any digest, MD5 included.
    Rsa,
}

/// What is special about a key.
#[derive(Debug, Clone, Copy)]
pub struct KeyTraits {
    pub algorithm: KeyAlgorithm,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds until it expires.
    pub lifetime: Option<u32>,
    pub may_sign: bool,
    pub revoked: bool,
    pub signs_with_subkey: bool,
    pub subkey: SubkeyTrait,
}

/// What is special about a signing subkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubkeyTrait {
    Sound,
    /// Past its end one day after it was made.
    Expired,
    Revoked,
    /// The certificate lists it without a statement by the owner.
    NotBound,
    /// The owner's statement about it was made about another key.
    BoundElsewhere,
    /// The owner adopted it, but it does not agree.
    NotAgreed,
    /// Bound for encryption only.
    MayNotSign,
}

/// A secret key with its certificate.
#[derive(Debug, Clone)]
pub struct FakeKey {
    primary: SecretKey,
    subkey: Option<SignedSecretSubKey>,
    certificate: SignedPublicKey,
}

impl KeyTraits {
    /// A key without any defect.
    pub fn sound(created: i64) -> Self {
        Self {
            algorithm: KeyAlgorithm::Ed25519,
            created,
            lifetime: None,
            may_sign: true,
            revoked: false,
            signs_with_subkey: false,
            subkey: SubkeyTrait::Sound,
        }
    }
}

impl FakeKey {
    /// Makes a sound key that was created at the given time, in seconds since 1970.
    pub fn generate(created: i64) -> Self {
        Self::with(KeyTraits::sound(created))
    }

    pub fn with(traits: KeyTraits) -> Self {
        let key_type = match traits.algorithm {
            KeyAlgorithm::Ed25519 => KeyType::Ed25519Legacy,
            KeyAlgorithm::Rsa => KeyType::Rsa(2048),
        };
        let mut subkeys = Vec::new();
        if traits.signs_with_subkey {
            let mut subkey = SubkeyParamsBuilder::default();
            subkey
                .key_type(key_type.clone())
                .can_sign(true)
                .created_at(time(traits.created));
            subkeys.push(subkey.build().expect("subkey parameters are complete"));
        }
        let mut parameters = SecretKeyParamsBuilder::default();
        parameters
            .key_type(key_type)
            .can_certify(true)
            .can_sign(traits.may_sign)
            .created_at(time(traits.created))
            .primary_user_id("Fake Archive Key <archive@example.org>".into())
            .subkeys(subkeys);
        let secret = parameters
            .build()
            .expect("key parameters are complete")
            .generate(thread_rng())
            .expect("a key can be generated");
        let generated = SignedPublicKey::from(secret.clone());
        let primary = secret.primary_key;
        let user = &generated.details.users[0].id;
        // Stated anew, because the library would date the statement by the machine's clock.
        let statement = statement(&primary, SignatureType::CertPositive, traits)
            .sign_certification(
                &primary,
                &generated.primary_key,
                &password(),
                Tag::UserId,
                user,
            )
            .expect("a key can certify itself");
        let revocations = if traits.revoked {
            let revocation = statement_of_revocation(&primary, traits)
                .sign_key(&primary, &password(), &generated.primary_key)
                .expect("a key can revoke itself");
            vec![revocation]
        } else {
            Vec::new()
        };
        let users = vec![SignedUser::new(user.clone(), vec![statement])];
        let details = SignedKeyDetails::new(revocations, Vec::new(), users, Vec::new());
        let subkey = secret.secret_subkeys.into_iter().next();
        let mut public_subkeys = generated.public_subkeys;
        if let (Some(secret), Some(public)) = (&subkey, public_subkeys.first_mut()) {
            public.signatures = subkey_statements(&primary, secret, traits);
        }
        let certificate = SignedPublicKey {
            primary_key: generated.primary_key,
            details,
            public_subkeys,
        };
        Self {
            primary,
            subkey,
            certificate,
        }
    }

    /// Returns the certificate in ASCII armor.
    pub fn public_key(&self) -> String {
        self.certificate
            .to_armored_string(ArmorOptions::default())
            .expect("a certificate can be written")
    }

    /// Returns a keyring that holds just this key.
    pub fn keyring(&self) -> Keyring {
        Keyring::parse(self.public_key().as_bytes()).expect("the certificate can be read")
    }

    /// Returns the text as a cleartext-signed message, signed at `time`.
    pub fn sign(&self, text: &str, time: i64) -> Vec<u8> {
        self.sign_with(text, time, HashAlgorithm::Sha256)
    }

    pub(crate) fn sign_with(&self, text: &str, time: i64, digest: HashAlgorithm) -> Vec<u8> {
        message(text, |text| vec![self.signature(text, time, digest)])
    }

    /// Returns the text with a signature of every key, in this order.
    ///
    /// A key signs the text beside it, so that its signature may be one that does not match.
    pub fn sign_all(text: &str, keys: &[(&FakeKey, &str)], time: i64) -> Vec<u8> {
        let signatures = keys.iter().map(|(key, text)| {
            key.signature(&text.replace('\n', "\r\n"), time, HashAlgorithm::Sha256)
        });
        message(text, |_| signatures.collect())
    }

    fn signature(&self, text: &str, time: i64, digest: HashAlgorithm) -> Signature {
        match &self.subkey {
            Some(subkey) => signature(&subkey.key, text, time, digest),
            None => signature(&self.primary, text, time, digest),
        }
    }
}

fn message(text: &str, sign: impl FnOnce(&str) -> Vec<Signature>) -> Vec<u8> {
    CleartextSignedMessage::new_many(text, |normalised| Ok(sign(normalised)))
        .expect("a text can be signed")
        .to_armored_bytes(ArmorOptions::default())
        .expect("a signed text can be written")
}

/// What the certificate says about its subkey, by the owner and by the subkey itself.
fn subkey_statements(
    primary: &SecretKey,
    subkey: &SignedSecretSubKey,
    traits: KeyTraits,
) -> Vec<Signature> {
    const DAY: u32 = 86_400;
    let (subkey, owner) = (&subkey.key, primary.public_key());
    let digest = HashAlgorithm::Sha256;
    let kind = SignatureType::SubkeyBinding;
    let mut binding = SignatureConfig::v4(kind, primary.algorithm(), digest);
    binding.hashed_subpackets = dated(primary, traits.created);
    let mut flags = KeyFlags::default();
    flags.set_sign(traits.subkey != SubkeyTrait::MayNotSign);
    flags.set_encrypt_comms(traits.subkey == SubkeyTrait::MayNotSign);
    let mut promise = |data| binding.hashed_subpackets.push(subpacket(data));
    promise(SubpacketData::KeyFlags(flags));
    if traits.subkey == SubkeyTrait::Expired {
        promise(SubpacketData::KeyExpirationTime(Duration::from_secs(DAY)));
    }
    if traits.subkey != SubkeyTrait::NotAgreed {
        let kind = SignatureType::KeyBinding;
        let mut agreement = SignatureConfig::v4(kind, subkey.algorithm(), digest);
        agreement.hashed_subpackets = dated(subkey, traits.created);
        let agreement = agreement
            .sign_primary_key_binding(subkey, subkey.public_key(), &password(), owner)
            .expect("a subkey can agree");
        promise(SubpacketData::EmbeddedSignature(Box::new(agreement)));
    }
    let bind = |config: SignatureConfig| {
        let bound = match traits.subkey {
            SubkeyTrait::BoundElsewhere => {
                config.sign_subkey_binding(primary, owner, &password(), owner)
            }
            _ => config.sign_subkey_binding(primary, owner, &password(), subkey.public_key()),
        };
        bound.expect("a key can bind a subkey")
    };
    let mut statements = Vec::new();
    if traits.subkey != SubkeyTrait::NotBound {
        statements.push(bind(binding));
    }
    if traits.subkey == SubkeyTrait::Revoked {
        let kind = SignatureType::SubkeyRevocation;
        let mut revocation = SignatureConfig::v4(kind, primary.algorithm(), digest);
        revocation.hashed_subpackets = dated(primary, traits.created);
        statements.push(bind(revocation));
    }
    statements
}

fn signature(key: &impl SigningKey, text: &str, created: i64, digest: HashAlgorithm) -> Signature {
    let mut config = SignatureConfig::v4(SignatureType::Text, key.algorithm(), digest);
    config.hashed_subpackets = dated(key, created);
    config
        .sign(key, &password(), text.as_bytes())
        .expect("a key can sign")
}

fn statement(key: &SecretKey, kind: SignatureType, traits: KeyTraits) -> SignatureConfig {
    let mut config = SignatureConfig::v4(kind, key.algorithm(), HashAlgorithm::Sha256);
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(traits.may_sign);
    config.hashed_subpackets = dated(key, traits.created);
    config
        .hashed_subpackets
        .push(subpacket(SubpacketData::KeyFlags(flags)));
    if let Some(seconds) = traits.lifetime {
        let lifetime = SubpacketData::KeyExpirationTime(Duration::from_secs(seconds));
        config.hashed_subpackets.push(subpacket(lifetime));
    }
    config
}

fn statement_of_revocation(key: &SecretKey, traits: KeyTraits) -> SignatureConfig {
    let digest = HashAlgorithm::Sha256;
    let mut config = SignatureConfig::v4(SignatureType::KeyRevocation, key.algorithm(), digest);
    config.hashed_subpackets = dated(key, traits.created);
    config
}

fn dated(key: &impl KeyDetails, created: i64) -> Vec<Subpacket> {
    vec![
        subpacket(SubpacketData::SignatureCreationTime(time(created))),
        subpacket(SubpacketData::IssuerFingerprint(key.fingerprint())),
    ]
}

fn subpacket(data: SubpacketData) -> Subpacket {
    Subpacket::regular(data).expect("a subpacket can be written")
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_secs(u32::try_from(seconds).expect("OpenPGP times end in 2106"))
}

fn password() -> Password {
    Password::empty()
}
