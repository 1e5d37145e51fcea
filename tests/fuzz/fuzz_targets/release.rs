//! `InRelease` and keyrings. Nothing that the key did not sign may be accepted.
//!
//! Input: a signed message or a certificate as they are, or a text, which is signed here so that
//! what lies behind the signature is reached too.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wpimg_debian::{
    architecture::Architecture,
    keyring::Keyring,
    release::{Release, ReleaseError, ValidUntil},
    testing::FakeKey,
};
use wpimg_fuzz::is_plain_path;

/// One day after `examples/seeds.rs` dates its release.
const NOW: i64 = 1_760_086_400;
const CERTIFICATE: &[u8] = include_bytes!("../seeds/release/certificate");
const SIGNED: &[u8] = include_bytes!("../seeds/release/signed");

static KEYRING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::parse(CERTIFICATE).expect("the seed is a certificate"));
static HONEST: LazyLock<String> = LazyLock::new(|| {
    let release = verify(SIGNED, &KEYRING).expect("the seed is signed");
    format!("{release:?}")
});
static SIGNER: LazyLock<FakeKey> = LazyLock::new(|| FakeKey::generate(NOW - 1000));
static SIGNERS: LazyLock<Keyring> = LazyLock::new(|| SIGNER.keyring());

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"-----BEGIN PGP PUBLIC")
        || bytes.first().is_some_and(|byte| *byte >= 0x80)
    {
        // Who brings the keyring decides who is trusted; this is about not panicking.
        if let Ok(keyring) = Keyring::parse(bytes) {
            let _ = verify(SIGNED, &keyring);
        }
    } else if bytes.starts_with(b"-----") {
        if let Ok(release) = verify(bytes, &KEYRING) {
            assert_eq!(format!("{release:?}"), *HONEST);
        }
    } else if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(release) = verify(&SIGNER.sign(text, NOW - 10), &SIGNERS)
    {
        assert_eq!(release.signed_by.len(), 1);
        let suite = "trixie".parse().expect("a suite name");
        if let Err(error) = release.expect_suite(&suite) {
            let _ = error.hint();
        }
        if let Some(index) = release.index("main", &Architecture::amd64()) {
            assert!(is_plain_path(&index.path));
            assert!(index.check(b"").is_err() || index.size == 0);
        }
    }
});

fn verify(bytes: &[u8], keyring: &Keyring) -> Result<Release, ReleaseError> {
    Release::verify(bytes, keyring, NOW, ValidUntil::Enforce).inspect_err(|error| {
        assert!(!error.to_string().is_empty());
        let _ = error.hint();
    })
}
