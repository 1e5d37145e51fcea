//! Files that an attacker between us and the mirror could serve, and what becomes of each.

use std::{error::Error, io::Read};

use super::{Release, ReleaseError, ValidUntil};
use crate::{
    architecture::Architecture,
    compression::{Compression, LimitExceeded, decompress},
    index::LARGEST_INDEX,
    keyring::{Keyring, KeyringError, SignatureProblem},
    testing::{FakeArchive, FakeKey, KeyTraits, SubkeyTrait},
};

const NOW: i64 = 1_789_199_741;
const DAY: i64 = 86_400;
const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OTHER: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856";

fn key() -> FakeKey {
    FakeKey::generate(NOW - 9 * DAY)
}

/// The text of a release with these lines below `SHA256:`.
fn text(checksums: &str) -> String {
    FakeArchive::with_key("trixie", NOW - DAY, key()).release(checksums)
}

fn verify(bytes: &[u8], keyring: &Keyring) -> Result<Release, ReleaseError> {
    Release::verify(bytes, keyring, NOW, ValidUntil::Enforce)
}

fn signed(key: &FakeKey, text: &str) -> String {
    String::from_utf8(key.sign(text, NOW)).unwrap()
}

/// The message and all its causes, as a person would get them.
fn whole_message(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    causes.map(|error| format!("{error}\n")).collect()
}

#[track_caller]
fn check_framing(bytes: &str, keyring: &Keyring, reason: &str) {
    let error = verify(bytes.as_bytes(), keyring).unwrap_err();
    assert!(matches!(error, ReleaseError::Framing { .. }), "{error}");
    assert!(error.to_string().contains(reason), "{error}");
}

#[test]
fn no_error_repeats_more_than_a_little_of_a_hostile_file() {
    let key = key();
    let good = signed(&key, &text(""));
    let (head, armor) = good.split_once("-----BEGIN PGP SIGNATURE-----\n").unwrap();
    let long = "A".repeat(600_000);
    let damaged = format!("\n{long}{armor}");
    let begin = "-----BEGIN PGP SIGNATURE-----\n";
    let end = "-----END PGP SIGNATURE-----\n";
    let resign = |text: &str| signed(&key, text);
    let date = "Date: Sat, 12 Sep 2026 07:55:41 UTC\n";
    for hostile in [
        format!("{head}{begin}{damaged}"),
        format!("{head}{begin}\n{long}\n{end}"),
        format!("{head}{begin}{long}\n{end}"),
        format!("{head}{begin}{long}: x\n\n{end}"),
        format!("{head}{begin}\n{}\n{end}", "!".repeat(600_000)),
        format!("{head}{begin}\n{}\n{end}", "xsFNBA==\n".repeat(60_000)),
        good.replacen("Hash: SHA256", &format!("Hash: {long}"), 1),
        long.clone(),
        resign(&format!("Suite: {long}\nDate: {long}\n")),
        resign(&format!("{long}\n")),
        resign(&format!("{long}: 1\n{long}: 2\n")),
        resign(&format!("{date}Architectures: {long}\nSHA256:\n")),
        resign(&format!("{date}SHA256:\n {long}\n")),
        resign(&format!(
            "Suite: {long}\n{date}Valid-Until: Sat, 12 Sep 2020 07:55:41 UTC\nSHA256:\n"
        )),
    ] {
        let error = verify(hostile.as_bytes(), &key.keyring()).unwrap_err();
        let message = whole_message(&error);
        assert!(
            message.len() < 500,
            "{} bytes: {:.300}",
            message.len(),
            message
        );
    }
    let release = verify(
        resign(&format!("Suite: {long}\nCodename: {long}\n{date}SHA256:\n")).as_bytes(),
        &key.keyring(),
    );
    let error = release.unwrap().expect_suite(&"trixie".parse().unwrap());
    assert!(error.unwrap_err().to_string().len() < 500);
}

#[test]
fn many_useless_signatures_make_a_short_message() {
    let (known, unknown) = (key(), key());
    let text = text("");
    let keys = [(&unknown, &*text); 32];
    let error = verify(&FakeKey::sign_all(&text, &keys, NOW), &known.keyring()).unwrap_err();
    let message = error.to_string();
    assert!(message.ends_with("; and 28 more"), "{message}");
    let keys = [(&unknown, &*text); 33];
    let error = verify(&FakeKey::sign_all(&text, &keys, NOW), &known.keyring()).unwrap_err();
    assert!(
        matches!(error, ReleaseError::TooManySignatures { count: 33 }),
        "{error}"
    );
}

#[test]
fn a_hostile_keyring_makes_a_short_message() {
    let long = "A".repeat(600_000);
    for hostile in [
        long.clone(),
        format!(
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{long}\n-----END PGP PUBLIC KEY BLOCK-----\n"
        ),
        format!("-----BEGIN PGP PUBLIC KEY BLOCK-----\n{long}\n"),
    ] {
        let error = Keyring::parse(hostile.as_bytes()).unwrap_err();
        assert!(
            matches!(error, KeyringError::Malformed { .. } | KeyringError::Empty),
            "{error:.200}"
        );
        assert!(whole_message(&error).len() < 300);
    }
}

#[test]
fn text_around_or_between_messages_is_refused() {
    let key = key();
    let (keyring, good) = (key.keyring(), signed(&key, &text("")));
    let other = signed(&key, "Suite: evil\n");
    check_framing(
        &format!("Suite: evil\n\n{good}"),
        &keyring,
        "does not begin",
    );
    check_framing(&format!("\n{good}"), &keyring, "does not begin");
    check_framing(&format!("\u{feff}{good}"), &keyring, "does not begin");
    check_framing(&format!("{good}\nSuite: evil\n"), &keyring, "behind");
    check_framing(&format!("{good} \n"), &keyring, "behind");
    check_framing(&format!("{good}{other}"), &keyring, "behind");
    check_framing(&format!("{other}{good}"), &keyring, "behind");
    let (_, armor) = good.split_once("-----BEGIN PGP SIGNATURE-----").unwrap();
    let twice = format!("{good}-----BEGIN PGP SIGNATURE-----{armor}");
    check_framing(&twice, &keyring, "behind");
}

#[test]
fn other_armor_headers_than_hash_are_refused() {
    let key = key();
    let good = signed(&key, &text(""));
    for header in [
        "Suite: evil",
        "Comment: x",
        "NotDashEscaped: yes",
        " Hash: SHA256",
        "Hash: Suite",
        "Hash: SHA256\u{2028}Suite: evil",
    ] {
        let hostile = good.replacen("\nHash: ", &format!("\n{header}\nHash: "), 1);
        assert_ne!(hostile, good);
        check_framing(&hostile, &key.keyring(), "only `Hash`");
    }
    let missing_blank = good.replacen("\n\nOrigin", "\n \nOrigin", 1);
    assert_ne!(missing_blank, good);
    check_framing(&missing_blank, &key.keyring(), "only `Hash`");
}

#[test]
fn escaped_dashes_are_read_as_they_were_signed_and_others_refused() {
    let key = key();
    let text = text("").replacen("Label: Fake", "Label: Fake\n# c\n-Dash: x", 1);
    let good = signed(&key, &text);
    assert!(good.contains("\n- -Dash: x\n"), "{good}");
    let error = verify(good.as_bytes(), &key.keyring()).unwrap_err();
    // The text was accepted as signed; only then is the field's name refused.
    assert!(matches!(error, ReleaseError::Control(_)), "{error}");
    assert!(whole_message(&error).contains("`-Dash: x`"));
    let bare = good.replacen("\n- -Dash: x\n", "\n-Dash: x\n", 1);
    check_framing(&bare, &key.keyring(), "not escaped");
    // Any line may be escaped (RFC 9580 section 7.2), and still says the same.
    let escaped = signed(&key, &self::text("")).replacen("\nSuite:", "\n- Suite:", 1);
    let release = verify(escaped.as_bytes(), &key.keyring()).unwrap();
    assert_eq!(release.suite, "trixie");
}

#[test]
fn carriage_returns_are_refused_wherever_they_stand() {
    let key = key();
    let good = signed(&key, &text(""));
    let all = good.replace('\n', "\r\n");
    check_framing(&all, &key.keyring(), "carriage return");
    for part in ["Suite: trixie", "Hash: SHA256"] {
        let one = good.replacen(part, &format!("{part}\r"), 1);
        check_framing(&one, &key.keyring(), "carriage return");
    }
}

/// OpenPGP does not sign white space at line ends, so it may change; what is read may not.
#[test]
fn white_space_at_line_ends_changes_nothing_that_is_read() {
    let key = key();
    let list = format!(" {DIGEST} 1 main/binary-amd64/Packages\n");
    let good = signed(&key, &text(&list));
    let plain = verify(good.as_bytes(), &key.keyring()).unwrap();
    let padded = good
        .replacen("Suite: trixie\n", "Suite: trixie \t \n", 1)
        .replacen("Packages\n", "Packages  \n", 1);
    let read = verify(padded.as_bytes(), &key.keyring()).unwrap();
    assert_eq!((&read.suite, &read.indexes), (&plain.suite, &plain.indexes));
    for hostile in [
        good.replacen("Suite: trixie\n", "Suite:  trixie\n", 1),
        good.replacen("Suite: trixie\n", "Suite: trixie\n\n", 1),
        good.replacen("Suite: trixie\n", "Suite: trixie\u{b}\n", 1),
        good.replacen("Suite: trixie\n", "Suite: trixie\u{a0}\n", 1),
        good.replacen("Suite: trixie\n", "Suite: trixie\u{2028}\n", 1),
    ] {
        let error = verify(hostile.as_bytes(), &key.keyring()).unwrap_err();
        assert!(matches!(error, ReleaseError::Unsigned { .. }), "{error}");
    }
}

#[test]
fn only_a_valid_signature_of_a_known_key_counts_whatever_stands_beside_it() {
    let (known, unknown) = (key(), key());
    let text = text("");
    let sign =
        |keys: &[(&FakeKey, &str)]| verify(&FakeKey::sign_all(&text, keys, NOW), &known.keyring());
    for keys in [
        [(&known, &*text), (&unknown, &*text)],
        [(&unknown, &*text), (&known, &*text)],
        [(&known, "Suite: other\n"), (&known, &*text)],
        [(&known, &*text), (&known, &*text)],
    ] {
        let release = sign(&keys).unwrap();
        let expected = known.keyring().certificates()[0].fingerprint().clone();
        assert_eq!(release.signed_by, [expected]);
    }
    let error = sign(&[(&unknown, &text), (&known, "Suite: other\n")]).unwrap_err();
    let ReleaseError::Unsigned { problems } = &error else {
        panic!("{error}")
    };
    assert!(
        matches!(
            problems[..],
            [
                SignatureProblem::UnknownKey { .. },
                SignatureProblem::Mismatch { .. }
            ]
        ),
        "{error}"
    );
    assert_eq!(error.hint(), None);
}

#[test]
fn a_field_or_an_index_that_stands_twice_is_refused() {
    let key = key();
    let refuse = |text: &str| {
        let error = verify(signed(&key, text).as_bytes(), &key.keyring()).unwrap_err();
        whole_message(&error)
    };
    let line = |digest: &str| format!(" {digest} 1 main/binary-amd64/Packages.xz\n");
    let (one, other) = (line(DIGEST), line(OTHER));
    let again = |name: &str| format!("{}{name}:\n{other}", text(&one));
    for name in ["SHA256", "sha256", "Sha256"] {
        let message = refuse(&again(name));
        assert!(message.contains("appears twice"), "{message}");
    }
    let message = refuse(&text(&format!("{one}{other}")));
    assert!(message.contains("`SHA256` of InRelease"), "{message}");
    let size = one.replacen(" 1 ", " 2 ", 1);
    let message = refuse(&text(&format!("{one}{size}")));
    assert!(message.contains("`SHA256` of InRelease"), "{message}");
    let message = refuse(&format!("{}\nSuite: other\n", text(&one)));
    assert!(message.contains("expected one paragraph"), "{message}");
    let same = signed(&key, &text(&format!("{one}{one}")));
    verify(same.as_bytes(), &key.keyring()).unwrap();
}

#[test]
fn the_weak_checksums_beside_sha256_are_not_looked_at() {
    let key = key();
    let weak = "MD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 1 main/binary-amd64/Packages.xz\n";
    let error = verify(
        signed(&key, &text("").replacen("SHA256:\n", weak, 1)).as_bytes(),
        &key.keyring(),
    );
    assert_eq!(error.unwrap_err().to_string(), "InRelease has no `SHA256`");
    let release = verify(
        signed(&key, &format!("{}{weak}", text(""))).as_bytes(),
        &key.keyring(),
    );
    let index = release.unwrap().index("main", &Architecture::amd64());
    assert_eq!(index, None);
}

#[test]
fn an_index_that_unpacks_to_too_much_is_stopped() {
    const MEBIBYTE: usize = 1 << 20;
    let limit = 8 * MEBIBYTE as u64;
    let zeros = vec![0; 16 * MEBIBYTE];
    let gzip = {
        let mut packed = Vec::new();
        let level = flate2::Compression::new(6);
        flate2::read::GzEncoder::new(&zeros[..], level)
            .read_to_end(&mut packed)
            .unwrap();
        packed
    };
    let xz = liblzma::encode_all(&zeros[..], 0).unwrap();
    for (compression, packed) in [(Compression::Gzip, gzip), (Compression::Xz, xz)] {
        // The same bomb again behind itself is one file for both formats.
        let packed = packed.repeat(4);
        assert!(packed.len() < MEBIBYTE / 4);
        let mut plain = Vec::new();
        let mut decoder = decompress(compression, &packed[..], limit).unwrap();
        let error = decoder.read_to_end(&mut plain).unwrap_err();
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        assert_eq!(inner, Some(&LimitExceeded { limit }), "{compression:?}");
        assert!(plain.len() as u64 <= limit);
    }
    // What is allowed in earnest still fits the memory of a small machine.
    const { assert!(LARGEST_INDEX <= 512 << 20) };
}

#[test]
fn a_subkey_signs_only_while_its_certificate_lets_it() {
    let with = |subkey| {
        let key = FakeKey::with(KeyTraits {
            signs_with_subkey: true,
            subkey,
            ..KeyTraits::sound(NOW - 9 * DAY)
        });
        verify(signed(&key, &text("")).as_bytes(), &key.keyring())
    };
    with(SubkeyTrait::Sound).unwrap();
    for (subkey, reason) in [
        (SubkeyTrait::Expired, "expired 8 days 0 hours ago"),
        (SubkeyTrait::Revoked, "is revoked"),
        (SubkeyTrait::NotBound, "is not in the keyring"),
        (
            SubkeyTrait::BoundElsewhere,
            "is not bound to its certificate",
        ),
        (SubkeyTrait::NotAgreed, "is not bound to its certificate"),
        (SubkeyTrait::MayNotSign, "is not meant for signing"),
    ] {
        let error = with(subkey).unwrap_err().to_string();
        assert!(error.ends_with(reason), "{subkey:?}: {error}");
    }
}
