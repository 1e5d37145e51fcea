//! Which releases are accepted, and how the others are refused.

use pgp::crypto::hash::HashAlgorithm;

use super::{Release, ReleaseError, ValidUntil};
use crate::{
    architecture::Architecture,
    compression::Compression,
    keyring::{Keyring, SignatureProblem},
    testing::{FakeArchive, FakeKey, FakePackage, KeyAlgorithm, KeyTraits},
};

const NOW: i64 = 1_789_199_741;
const DAY: i64 = 86_400;

fn archive() -> FakeArchive {
    FakeArchive::new("trixie", NOW - DAY).package(FakePackage::new("hello", "1.0"))
}

fn in_release(archive: &FakeArchive) -> Vec<u8> {
    archive.build()["dists/trixie/InRelease"].clone()
}

fn verify(bytes: &[u8], keyring: &Keyring) -> Result<Release, ReleaseError> {
    Release::verify(bytes, keyring, NOW, ValidUntil::Enforce)
}

/// Signs a plain release with the given key at the given time and returns the one problem with it.
fn problem_of(key: &FakeKey, time: i64) -> SignatureProblem {
    let signed = key.sign(&archive().release(""), time);
    match verify(&signed, &key.keyring()) {
        Err(ReleaseError::Unsigned { mut problems }) if problems.len() == 1 => problems.remove(0),
        other => panic!("not refused for its signature: {other:?}"),
    }
}

#[test]
fn a_signed_release_is_read() {
    let archive = archive();
    let release = verify(&in_release(&archive), &archive.keyring()).unwrap();
    assert_eq!((&*release.origin, &*release.codename), ("Fake", "trixie"));
    assert_eq!(release.date, NOW - DAY);
    assert_eq!(release.components, ["main"]);
    assert_eq!(release.signed_by.len(), 1);
    let index = release.index("main", &Architecture::amd64()).unwrap();
    assert_eq!(index.path, "main/binary-amd64/Packages.xz");
    assert_eq!(index.compression, Compression::Xz);
    let files = archive.build();
    let by_hash = format!("dists/trixie/{}", index.by_hash_path.as_ref().unwrap());
    index.check(&files[&by_hash]).unwrap();
    assert_eq!(release.index("contrib", &Architecture::amd64()), None);
}

#[test]
fn a_signature_by_a_subkey_counts_for_its_certificate() {
    let traits = KeyTraits {
        signs_with_subkey: true,
        ..KeyTraits::sound(NOW - 9 * DAY)
    };
    let archive = FakeArchive::with_key("trixie", NOW - DAY, FakeKey::with(traits));
    let release = verify(&in_release(&archive), &archive.keyring()).unwrap();
    assert_eq!(
        &release.signed_by[0],
        archive.keyring().certificates()[0].fingerprint()
    );
}

#[test]
fn one_known_key_in_the_keyring_is_enough() {
    let archive = archive();
    let keyring = Keyring::debian().with(archive.keyring());
    verify(&in_release(&archive), &keyring).unwrap();
}

#[test]
fn a_release_by_an_unknown_key_is_refused_with_the_keys_name() {
    let archive = archive();
    let error = verify(&in_release(&archive), &Keyring::debian()).unwrap_err();
    let fingerprint = archive.keyring().certificates()[0]
        .fingerprint()
        .to_string();
    assert_eq!(
        error.to_string(),
        format!(
            "no valid signature on InRelease: made by key `{fingerprint}`, \
             which is not in the keyring"
        )
    );
    assert!(error.hint().unwrap().contains("public key"));
}

#[test]
fn a_changed_text_is_refused() {
    let archive = archive();
    let text = String::from_utf8(in_release(&archive)).unwrap();
    let tampered = text.replace("Suite: trixie", "Suite: trixia");
    let error = verify(tampered.as_bytes(), &archive.keyring()).unwrap_err();
    let ReleaseError::Unsigned { problems } = &error else {
        panic!("{error}")
    };
    assert!(
        matches!(problems[..], [SignatureProblem::Mismatch { .. }]),
        "{error}"
    );
}

#[test]
fn a_signature_over_another_text_is_refused() {
    let archive = archive();
    let key = archive.key();
    let (good, other) = (key.sign("Suite: a\n", NOW), key.sign("Suite: b\n", NOW));
    let text_of = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (good, other) = (text_of(&good), text_of(&other));
    let cut = "-----BEGIN PGP SIGNATURE-----";
    let swapped =
        good.split(cut).next().unwrap().to_string() + cut + other.split(cut).nth(1).unwrap();
    let error = verify(swapped.as_bytes(), &archive.keyring()).unwrap_err();
    assert!(
        error.to_string().contains("does not match the text"),
        "{error}"
    );
}

#[test]
fn text_outside_the_signature_is_refused() {
    let archive = archive();
    let good = in_release(&archive);
    for extra in [&b"Suite: evil\n"[..], b"x"] {
        let behind = [&good[..], extra].concat();
        let before = [extra, &good[..]].concat();
        for bytes in [behind, before] {
            let error = verify(&bytes, &archive.keyring()).unwrap_err();
            assert!(matches!(error, ReleaseError::Framing { .. }), "{error}");
        }
    }
}

#[test]
fn an_unsigned_release_is_refused() {
    let error = verify(b"Suite: trixie\n", &archive().keyring()).unwrap_err();
    assert!(
        matches!(error, ReleaseError::Framing { line: 1, .. }),
        "{error}"
    );
    let error = verify(&[0xff; 10], &archive().keyring()).unwrap_err();
    assert!(matches!(error, ReleaseError::NotText), "{error}");
}

#[test]
fn an_expired_release_says_by_how_long() {
    let archive = archive().valid_until(NOW - 3 * DAY - 4 * 3600);
    let bytes = in_release(&archive);
    let error = verify(&bytes, &archive.keyring()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "release `trixie` expired 3 days 4 hours ago"
    );
    Release::verify(&bytes, &archive.keyring(), NOW, ValidUntil::Ignore).unwrap();
    let archive = archive.valid_until(NOW);
    verify(&in_release(&archive), &archive.keyring()).unwrap();
}

#[test]
fn a_release_from_the_future_is_refused_beyond_a_day() {
    let key = FakeKey::generate(NOW - 9 * DAY);
    let dated = |date: i64| {
        let text = FakeArchive::with_key("trixie", date, key.clone()).release("");
        verify(&key.sign(&text, NOW), &key.keyring())
    };
    dated(NOW + DAY).unwrap();
    let error = dated(NOW + DAY + 60).unwrap_err();
    assert_eq!(
        error.to_string(),
        "release `trixie` is dated 1 day 0 hours in the future"
    );
}

#[test]
fn broken_digests_are_refused() {
    let key = FakeKey::with(KeyTraits {
        algorithm: KeyAlgorithm::Rsa,
        ..KeyTraits::sound(NOW - 9 * DAY)
    });
    let signed_over = |digest| {
        verify(
            &key.sign_with(&archive().release(""), NOW, digest),
            &key.keyring(),
        )
    };
    signed_over(HashAlgorithm::Sha512).unwrap();
    for digest in [HashAlgorithm::Sha1, HashAlgorithm::Md5] {
        let error = signed_over(digest).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("broken digest {digest}")),
            "{error}"
        );
    }
}

#[test]
fn keys_that_are_not_in_force_are_refused() {
    let sound = KeyTraits::sound(NOW - 9 * DAY);
    let lifetime = Some(8 * 86_400);
    let expired = FakeKey::with(KeyTraits { lifetime, ..sound });
    assert!(matches!(
        problem_of(&expired, NOW - 2 * DAY),
        SignatureProblem::KeyExpired { seconds: DAY, .. }
    ));
    let revoked = FakeKey::with(KeyTraits {
        revoked: true,
        ..sound
    });
    assert!(matches!(
        problem_of(&revoked, NOW),
        SignatureProblem::KeyRevoked { .. }
    ));
    let silent = FakeKey::with(KeyTraits {
        may_sign: false,
        ..sound
    });
    assert!(matches!(
        problem_of(&silent, NOW),
        SignatureProblem::KeyMayNotSign { .. }
    ));
}

#[test]
fn signatures_at_impossible_times_are_refused() {
    let key = FakeKey::generate(NOW - 9 * DAY);
    assert!(matches!(
        problem_of(&key, NOW + 2 * DAY),
        SignatureProblem::Future { seconds, .. } if seconds == 2 * DAY
    ));
    assert!(matches!(
        problem_of(&key, NOW - 10 * DAY),
        SignatureProblem::KeyYounger { .. }
    ));
}

#[test]
fn another_suite_than_the_one_asked_for_is_refused() {
    let archive = archive();
    let release = verify(&in_release(&archive), &archive.keyring()).unwrap();
    release.expect_suite(&"trixie".parse().unwrap()).unwrap();
    let error = release
        .expect_suite(&"bookworm".parse().unwrap())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "asked for suite `bookworm`, got suite `trixie` with code name `trixie`"
    );
}

#[test]
fn an_index_with_other_bytes_is_refused() {
    let archive = archive();
    let release = verify(&in_release(&archive), &archive.keyring()).unwrap();
    let index = release.index("main", &Architecture::amd64()).unwrap();
    let mut bytes = archive.build()["dists/trixie/main/binary-amd64/Packages.xz"].clone();
    assert!(
        index
            .check(&bytes[1..])
            .unwrap_err()
            .to_string()
            .contains("bytes long")
    );
    bytes[9] ^= 1;
    assert!(
        index
            .check(&bytes)
            .unwrap_err()
            .to_string()
            .contains("SHA-256")
    );
}

#[test]
fn malformed_fields_are_named() {
    let key = FakeKey::generate(NOW - 9 * DAY);
    let refuse = |text: &str| {
        verify(&key.sign(text, NOW), &key.keyring())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refuse("Suite: x\n"), "InRelease has no `Date`");
    assert_eq!(
        refuse("Date: today\n"),
        "field `Date` of InRelease is not understood: `today`"
    );
    let date = "Date: Sat, 12 Sep 2026 07:55:41 UTC\n";
    assert_eq!(refuse(date), "InRelease has no `SHA256`");
    assert_eq!(
        refuse(&format!(
            "{date}SHA256:\n abc 1 main/binary-amd64/Packages\n"
        )),
        "field `SHA256` of InRelease is not understood: `abc 1 main/binary-amd64/Packages`"
    );
}
