//! Packages: ar, control archive, tree. Input: a `.deb`, or a tar to be put into one.

#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use wpimg_debian::deb::{Deb, DebError, EntryKind};
use wpimg_fuzz::{is_plain_path, package, tar_blocks};

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"!<arch>") {
        read(bytes);
        return;
    }
    let mut archive = bytes.to_vec();
    tar_blocks::seal(&mut archive);
    read(&package::around(&package::control(), &archive));
    read(&package::around(&archive, &[0; 1024]));
});

fn read(bytes: &[u8]) {
    if let Err(error) = unpack(bytes) {
        assert!(!error.to_string().is_empty());
        let _ = error.hint();
    }
}

fn unpack(bytes: &[u8]) -> Result<(), DebError> {
    let deb = Deb::open(bytes)?;
    let control = deb.control().clone();
    assert!(control.conffiles.iter().all(|path| path.starts_with('/')));
    let after = deb.data(|entry, content| {
        let is_root = entry.path.is_empty() && entry.kind == EntryKind::Directory;
        assert!(is_root || is_plain_path(&entry.path), "{entry:?}");
        assert!(entry.mode <= 0o7777, "{entry:?}");
        if let EntryKind::Hardlink { target } = &entry.kind {
            assert!(target.is_empty() || is_plain_path(target), "{entry:?}");
        }
        // Half of the files are read, the other half are left to be skipped.
        if entry.path.len() % 2 == 0 {
            let mut copy = Vec::new();
            if content.take(1 << 20).read_to_end(&mut copy).is_ok() && entry.kind == EntryKind::File
            {
                assert!(copy.len() as u64 <= entry.size, "{entry:?}");
            }
        }
        Ok::<_, DebError>(())
    })?;
    assert_eq!(after, control);
    Ok(())
}
