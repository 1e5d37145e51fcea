//! Whatever the bytes are, there is an answer and no panic.

use proptest::{collection::vec, prelude::*};
use wpimg_site::intake::{Limits, from_bytes};

use crate::pack::{TarEntry, files, gzip, tar, zip};

fn samples() -> Vec<Vec<u8>> {
    let plain = tar(&[
        TarEntry(b'5', b"p/", b"", 0o755, b""),
        TarEntry(b'0', b"p/a.php", b"", 0o644, b"<?php"),
        TarEntry(b'x', b"p/pax", b"", 0o644, b"15 path=p/long\n"),
        TarEntry(b'2', b"p/l", b"a.php", 0o777, b""),
    ]);
    vec![
        zip(&files(&[
            ("p/a.php", "<?php"),
            ("p/inc/", ""),
            ("p/inc/b.php", "b"),
        ])),
        gzip(&plain),
        liblzma::encode_all(plain.as_slice(), 1).unwrap(),
        zstd::encode_all(plain.as_slice(), 1).unwrap(),
        plain,
    ]
}

fn limits() -> Limits {
    Limits {
        unpacked: 1 << 20,
        unjudged: 1 << 20,
        entries: 100,
        ..Limits::default()
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..2000)) {
        for magic in [&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"BZh9"] {
            let bytes = [magic, &bytes].concat();
            if let Err(error) = from_bytes(&bytes, limits()) {
                prop_assert!(!error.problem.to_string().is_empty());
                let _ = error.hint();
            }
        }
    }

    #[test]
    fn damaged_archives_never_panic(
        sample in 0..5usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = samples().swap_remove(sample);
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        if let Ok(taken) = from_bytes(&bytes, limits()) {
            for entry in &taken.entries {
                prop_assert!(entry.mode == 0o644 || entry.mode == 0o755 || entry.mode == 0o777);
            }
            prop_assert!(taken.entries.is_sorted_by(|one, next| one.path < next.path));
        }
    }
}
