//! What survives interruption, damage and company.

use std::{
    fs::{self, File, FileTimes, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;
use wpimg_oci::digest::Digest;

use super::{Bucket, Cache, CacheError, CacheUsage, RecordKind, clean, usage};
use crate::error_report::Hint as _;

fn cache() -> (TempDir, Cache) {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::open(&directory.path().join("cache")).unwrap();
    (directory, cache)
}

fn files_below(path: &Path) -> usize {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                files_below(&entry.path())
            } else {
                1
            }
        })
        .sum()
}

#[test]
fn what_was_put_is_found_under_its_digest() {
    let (_directory, cache) = cache();
    let (digest, path) = cache.put(Bucket::Packages, b"bytes").unwrap();
    assert_eq!(digest, Digest::of(b"bytes"));
    assert_eq!(cache.get(Bucket::Packages, &digest, 5), Some(path.clone()));
    assert_eq!(fs::read(&path).unwrap(), b"bytes");
    let hex = digest.hex();
    assert!(path.ends_with(format!("packages/sha256/{}/{hex}", &hex[..2])));
}

#[test]
fn buckets_do_not_share_files() {
    let (_directory, cache) = cache();
    let (digest, _) = cache.put(Bucket::Packages, b"bytes").unwrap();
    assert_eq!(cache.get(Bucket::Blobs, &digest, 5), None);
}

#[test]
fn a_file_of_the_wrong_size_is_removed_and_not_returned() {
    let (_directory, cache) = cache();
    let (digest, path) = cache.put(Bucket::Blobs, b"bytes").unwrap();
    fs::write(&path, b"byt").unwrap();
    assert_eq!(cache.get(Bucket::Blobs, &digest, 5), None);
    assert!(!path.exists());
}

#[test]
fn an_interrupted_write_leaves_nothing_visible() {
    let (_directory, cache) = cache();
    let mut writer = cache.writer(Bucket::Packages).unwrap();
    writer.append(b"half of").unwrap();
    let digest = writer.digest();
    assert_eq!(cache.get(Bucket::Packages, &digest, 7), None);
    assert_eq!(files_below(&cache.root().join("packages")), 0);
    // A kill -9 runs no destructor, so the temporary file stays.
    std::mem::forget(writer);
    let reopened = Cache::open(cache.root()).unwrap();
    assert_eq!(reopened.get(Bucket::Packages, &digest, 7), None);
    assert_eq!(
        files_below(&cache.temporary_directory()),
        1,
        "a young file may belong to a build"
    );
}

#[test]
fn leftovers_are_swept_unless_somebody_still_writes_them() {
    let (_directory, cache) = cache();
    let made = |name: &str, age: Duration| {
        let file = File::create(cache.temporary_directory().join(name)).unwrap();
        let then = SystemTime::now() - age;
        file.set_times(FileTimes::new().set_modified(then)).unwrap();
        file
    };
    drop(made("left", Duration::from_mins(2)));
    drop(made("just made", Duration::ZERO));
    let held = made("held", Duration::from_mins(2));
    held.lock().unwrap();
    let ancient = made("held for a day", Duration::from_hours(25));
    ancient.lock().unwrap();
    Cache::open(cache.root()).unwrap();
    let exists = |name| cache.temporary_directory().join(name).exists();
    assert!(!exists("left") && exists("just made"));
    assert!(exists("held") && !exists("held for a day"));
}

#[test]
fn a_file_that_is_being_written_is_locked() {
    let (_directory, cache) = cache();
    let file = super::write::temporary_file(&cache).unwrap();
    assert!(File::open(file.path()).unwrap().try_lock().is_err());
}

#[test]
fn builds_at_the_same_time_agree() {
    let (_directory, cache) = cache();
    let bytes = vec![7; 1 << 20];
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let (digest, path) = cache.put(Bucket::Blobs, &bytes).unwrap();
                assert_eq!(cache.get(Bucket::Blobs, &digest, 1 << 20), Some(path));
            });
        }
    });
    assert_eq!(files_below(&cache.root().join("blobs")), 1);
    assert_eq!(files_below(&cache.temporary_directory()), 0);
}

#[test]
fn records_come_back_by_key_and_kind() {
    let (_directory, cache) = cache();
    let key = Digest::of(b"inputs");
    cache
        .put_record(RecordKind::Layer, &key, &vec!["one", "two"])
        .unwrap();
    let found: Option<Vec<String>> = cache.get_record(RecordKind::Layer, &key);
    assert_eq!(found.unwrap(), ["one", "two"]);
    assert_eq!(
        cache.get_record::<Vec<String>>(RecordKind::Base, &key),
        None
    );
    cache
        .put_record(RecordKind::Layer, &key, &["three"])
        .unwrap();
    let found: Option<Vec<String>> = cache.get_record(RecordKind::Layer, &key);
    assert_eq!(found.unwrap(), ["three"]);
}

#[test]
fn a_damaged_record_counts_as_absent() {
    let (_directory, cache) = cache();
    let key = Digest::of(b"inputs");
    cache.put_record(RecordKind::Base, &key, &1).unwrap();
    fs::write(cache.record_path(RecordKind::Base, &key), "{\"torn").unwrap();
    assert_eq!(cache.get_record::<u32>(RecordKind::Base, &key), None);
}

#[test]
fn a_file_in_the_way_of_the_directory_is_an_error_with_a_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, "").unwrap();
    let error = Cache::open(&path).unwrap_err();
    assert!(matches!(&error, CacheError::Create { path: named, .. } if *named == path));
    assert!(error.hint().unwrap().contains("--cache-dir"));
}

#[test]
fn an_unwritable_cache_is_named() {
    let (_directory, cache) = cache();
    // Root writes anywhere, whatever the mode; a removed directory refuses root as well.
    let temporary = cache.temporary_directory();
    fs::set_permissions(&temporary, Permissions::from_mode(0o500)).unwrap();
    fs::remove_dir(&temporary).unwrap();
    let error = cache.put(Bucket::Blobs, b"x").unwrap_err();
    assert!(error.to_string().contains(&temporary.display().to_string()));
}

#[test]
fn usage_counts_files_and_bytes_and_cleaning_removes_them() {
    let (_directory, cache) = cache();
    cache.put(Bucket::Blobs, b"12345").unwrap();
    cache.put(Bucket::Indexes, b"123").unwrap();
    let held = CacheUsage { files: 2, bytes: 8 };
    assert_eq!(usage(cache.root()).unwrap(), held);
    assert_eq!(clean(cache.root()).unwrap(), held);
    assert_eq!(usage(cache.root()).unwrap(), CacheUsage::default());
    Cache::open(cache.root())
        .unwrap()
        .put(Bucket::Blobs, b"again")
        .unwrap();
}

#[test]
fn cleaning_keeps_files_that_are_not_ours() {
    let (_directory, cache) = cache();
    let foreign = cache.root().join("notes.txt");
    fs::write(&foreign, "mine").unwrap();
    clean(cache.root()).unwrap();
    assert!(foreign.exists());
}

#[test]
fn cleaning_refuses_a_directory_that_is_no_cache() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("images")).unwrap();
    let error = clean(directory.path()).unwrap_err();
    assert!(matches!(error, CacheError::NotACache { .. }));
    assert!(directory.path().join("images").exists());
}

#[test]
fn a_cache_that_does_not_exist_is_empty() {
    let directory = tempfile::tempdir().unwrap();
    let nowhere = directory.path().join("nowhere");
    assert_eq!(usage(&nowhere).unwrap(), CacheUsage::default());
    assert_eq!(clean(&nowhere).unwrap(), CacheUsage::default());
    assert!(!nowhere.exists());
}

#[test]
fn a_full_disk_is_told_apart_from_other_failures() {
    // /dev/full fails every write with ENOSPC (full(4)).
    let mut full = File::options().write(true).open("/dev/full").unwrap();
    let source = std::io::Write::write_all(&mut full, b"x").unwrap_err();
    let error = CacheError::writing(Path::new("/cache/tmp/x"), 1024, source);
    assert_eq!(
        error.to_string(),
        "no space left for `/cache/tmp/x`, 1.0 KiB written so far"
    );
    assert!(error.hint().unwrap().contains("wpimg cache clean"));
}

#[test]
fn a_directory_with_files_of_others_does_not_become_a_cache() {
    let directory = tempfile::tempdir().unwrap();
    let thesis = directory.path().join("tmp/thesis.txt");
    fs::create_dir(directory.path().join("tmp")).unwrap();
    fs::write(&thesis, "mine").unwrap();
    let old = SystemTime::now() - Duration::from_hours(72);
    File::options()
        .write(true)
        .open(&thesis)
        .unwrap()
        .set_times(FileTimes::new().set_modified(old))
        .unwrap();
    let error = Cache::open(directory.path()).unwrap_err();
    assert!(matches!(error, CacheError::Occupied { .. }), "{error}");
    assert!(thesis.exists());
    assert!(clean(directory.path()).is_err());
}

#[test]
fn cleaning_forgets_selections_too() {
    let (_directory, cache) = cache();
    let key = Digest::of(b"inputs");
    cache.put_record(RecordKind::Selection, &key, &1).unwrap();
    clean(cache.root()).unwrap();
    assert_eq!(cache.get_record::<u32>(RecordKind::Selection, &key), None);
}
