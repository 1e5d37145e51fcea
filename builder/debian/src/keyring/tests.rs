//! The embedded keys agree with their pins, and foreign bytes are refused.

use std::{collections::BTreeSet, path::Path};

use super::{Keyring, KeyringError, PINNED};

fn keyrings_folder() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docker/keyrings"
    ))
}

#[test]
fn every_pin_has_exactly_its_certificate() {
    let keyring = Keyring::debian();
    let found: Vec<String> = keyring
        .certificates()
        .iter()
        .map(|key| key.fingerprint().to_string())
        .collect();
    assert_eq!(found, PINNED.map(|pin| pin.fingerprint.to_string()));
}

#[test]
fn the_folder_holds_the_pinned_files_and_nothing_else() {
    let on_disk: BTreeSet<String> = std::fs::read_dir(keyrings_folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(
        on_disk,
        PINNED.iter().map(|pin| pin.file.to_string()).collect()
    );
}

#[test]
fn the_readme_lists_fingerprint_holder_expiry_and_file_of_every_key() {
    let readme = std::fs::read_to_string(keyrings_folder().join("README.md")).unwrap();
    for (certificate, pin) in Keyring::debian().certificates().iter().zip(PINNED) {
        let row = readme
            .lines()
            .find(|line| line.contains(pin.fingerprint))
            .unwrap();
        let expires = crate::time::format_date(certificate.expires().unwrap());
        let words: Vec<&str> = expires.split(' ').collect();
        let month = match words[2] {
            "Jan" => "01",
            "Mar" => "03",
            other => panic!("add `{other}` here"),
        };
        let date = format!("{}-{month}-{}", words[3], words[1]);
        let holder = certificate.holder();
        let name = holder.split(" <").next().unwrap();
        for part in [name, &date, pin.file] {
            assert!(
                row.contains(part),
                "the row of {} lacks `{part}`",
                pin.fingerprint
            );
        }
    }
}

#[test]
fn several_armored_certificates_in_one_file_are_all_read() {
    let both: Vec<u8> = PINNED[..2]
        .iter()
        .flat_map(|pin| pin.bytes)
        .copied()
        .collect();
    assert_eq!(Keyring::parse(&both).unwrap().certificates().len(), 2);
}

#[test]
fn bytes_that_are_not_a_keyring_are_refused() {
    assert!(matches!(
        Keyring::parse(b""),
        Err(KeyringError::Empty | KeyringError::Malformed { .. })
    ));
    assert!(matches!(
        Keyring::parse(b"hello, world"),
        Err(KeyringError::Malformed { .. })
    ));
    let large = vec![b'x'; 5 << 20];
    assert!(matches!(
        Keyring::parse(&large),
        Err(KeyringError::TooLarge { .. })
    ));
    assert!(
        Keyring::parse(b"x")
            .unwrap_err()
            .hint()
            .unwrap()
            .contains("gpg")
    );
}
