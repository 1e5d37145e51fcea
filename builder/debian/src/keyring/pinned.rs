//! The archive keys of Debian 12 and 13, embedded and pinned by fingerprint.
//!
//! A certificate in the files that is not pinned here is not used, and a test compares pins, files
//! and the table in `docker/keyrings/README.md`. Source: package debian-archive-keyring 2025.1.

use super::Keyring;

/// A certificate this program trusts, and where its bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    pub fingerprint: &'static str,
    pub file: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! pin {
    ($fingerprint:literal, $file:literal) => {
        Pin {
            fingerprint: $fingerprint,
            file: $file,
            bytes: include_bytes!(concat!("../../../../docker/keyrings/", $file)),
        }
    };
}

/// All trusted certificates, the newest release first.
pub const PINNED: [Pin; 6] = [
    pin!(
        "04B54C3CDCA79751B16BC6B5225629DF75B188BD",
        "debian-archive-trixie-automatic.asc"
    ),
    pin!(
        "5E04A1E3223A19A20706E20F9904613D4CCE68C6",
        "debian-archive-trixie-security-automatic.asc"
    ),
    pin!(
        "41587F7DB8C774BCCF131416762F67A0B2C39DE4",
        "debian-archive-trixie-stable.asc"
    ),
    pin!(
        "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8",
        "debian-archive-bookworm-automatic.asc"
    ),
    pin!(
        "05AB90340C0C5E797F44A8C8254CF3B5AEC0A8F0",
        "debian-archive-bookworm-security-automatic.asc"
    ),
    pin!(
        "4D64FEC119C2029067D6E791F8D2585B8783D481",
        "debian-archive-bookworm-stable.asc"
    ),
];

pub(super) fn debian() -> Keyring {
    let mut certificates = Vec::with_capacity(PINNED.len());
    for pin in &PINNED {
        let keyring = Keyring::parse(pin.bytes).expect("embedded keys are checked by a test");
        certificates.extend(
            keyring
                .certificates
                .into_iter()
                .filter(|certificate| certificate.fingerprint().to_string() == pin.fingerprint),
        );
    }
    Keyring { certificates }
}
