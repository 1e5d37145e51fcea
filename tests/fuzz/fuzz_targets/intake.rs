//! Plugins, themes and WordPress from archives. Input: a zip, a compressed tar, or a bare tar.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wpimg_fuzz::{is_plain_path, tar_blocks};
use wpimg_site::{
    Intake, SiteKind,
    digest::digest,
    header::{Facts, Header},
    intake::{Limits, from_bytes},
    mu_plugin, plugin, theme, wordpress,
};

const UNPACKED: u64 = 1 << 20;
const ENTRIES: usize = 200;
/// Beginnings of zip, gzip, xz, zstd and bzip2; anything else is taken for a tar.
const MAGIC: [&[u8]; 5] = [b"PK", b"\x1f\x8b", b"\xfd7z", b"\x28\xb5\x2f\xfd", b"BZh"];

fuzz_target!(|bytes: &[u8]| {
    if MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        take_in(bytes);
        return;
    }
    let mut archive = bytes.to_vec();
    tar_blocks::seal(&mut archive);
    take_in(&archive);
});

fn take_in(bytes: &[u8]) {
    let limits = Limits {
        unpacked: UNPACKED,
        unjudged: UNPACKED,
        entries: ENTRIES,
        ..Limits::default()
    };
    match from_bytes(bytes, limits) {
        Ok(intake) => {
            check(&intake);
            let again = from_bytes(bytes, limits).expect("what was taken in is taken in again");
            let same = digest(&again.entries).expect("it is in memory");
            assert_eq!(digest(&intake.entries).expect("it is in memory"), same);
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.problem.to_string().is_empty());
            let _ = error.hint();
        }
    }
}

fn check(intake: &Intake) {
    let mut unpacked = 0;
    assert!(
        intake
            .entries
            .is_sorted_by(|one, next| one.path < next.path)
    );
    for entry in &intake.entries {
        let path = entry.path.as_str();
        assert!(is_plain_path(path), "{path:?}");
        if let Some(parent) = entry
            .path
            .parent()
            .filter(|parent| !parent.as_str().is_empty())
        {
            let found = wpimg_site::entry::find(&intake.entries, parent.as_str());
            assert!(
                found.is_some_and(wpimg_site::SiteEntry::is_directory),
                "{path:?}"
            );
        }
        match &entry.kind {
            SiteKind::Directory => assert_eq!(entry.mode, 0o755),
            SiteKind::Symlink(target) => {
                assert_eq!(entry.mode, 0o777);
                assert!(stays_below(path, target), "{path:?} -> {target:?}");
            }
            SiteKind::File(content) => {
                assert!(matches!(entry.mode, 0o644 | 0o755));
                let content = content.read_all(UNPACKED).expect("it is in memory");
                unpacked += content.len() as u64;
                let header = Header::parse(&content);
                let _ = (Facts::of_plugin(&header), Facts::of_theme(&header));
            }
        }
    }
    assert!(unpacked <= UNPACKED);
    let _ = plugin::identify(intake).map_err(|error| error.hint());
    let _ = theme::identify(intake).map_err(|error| error.hint());
    let _ = mu_plugin::identify(intake).map_err(|error| error.hint());
    let _ = wordpress::identify(intake).map_err(|error| error.hint());
}

/// Follows a link by its text alone.
fn stays_below(path: &str, target: &str) -> bool {
    let mut depth = path.split('/').count() - 1;
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return false,
            },
            _ => depth += 1,
        }
    }
    !target.starts_with('/')
}
