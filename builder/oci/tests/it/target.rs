//! What may stand at a layout's target, and builds that meet there or did not end well.

use std::{fs, os::unix::fs::MetadataExt, sync::Barrier, thread};

use rustix::fs::{FlockOperation, flock};
use wpimg_oci::layout::{Layout, LayoutError, Outcome};

use crate::{
    layout::{Place, flip_a_byte},
    sample::{GZIP, ZSTD, image},
};

/// Two different images in one cache, and a place for layouts.
fn two_images() -> (Place, Place) {
    let (one, mut other) = (Place::new(), Place::new());
    other.image = image(&other.directory.path().join("cache"), GZIP);
    (one, other)
}

/// Lets `builds` builds of two images start together, all for `name` in the first place.
fn write_together(builds: usize, name: &str, one: &Place, other: &Place) -> Vec<Outcome> {
    let barrier = Barrier::new(builds);
    let target = one.path(name);
    thread::scope(|scope| {
        let build = |number: usize| {
            let image = [&one.image, &other.image][number % 2];
            let (barrier, target) = (&barrier, &target);
            scope.spawn(move || {
                barrier.wait();
                let written = image.writer.write_directory(&image.index, target);
                written.expect("builds take turns")
            })
        };
        let builds: Vec<_> = (0..builds).map(build).collect();
        let outcomes = builds
            .into_iter()
            .map(|build| build.join().expect("no build panics"));
        outcomes.collect()
    })
}

#[test]
fn builds_that_meet_at_a_new_target_all_succeed() {
    for _ in 0..8 {
        let (one, other) = two_images();
        let outcomes = write_together(4, "shop", &one, &other);
        let created = outcomes.iter().filter(|&&how| how == Outcome::Created);
        assert_eq!(created.count(), 1, "{outcomes:?}");
        Layout::open(&one.path("shop")).unwrap().verify().unwrap();
        assert_eq!(one.names(), ["shop"]);
    }
}

#[test]
fn builds_that_meet_in_an_empty_directory_all_succeed() {
    for _ in 0..8 {
        let (one, other) = two_images();
        fs::create_dir(one.path("shop")).unwrap();
        let outcomes = write_together(4, "shop", &one, &other);
        let created = outcomes.iter().filter(|&&how| how == Outcome::Created);
        assert_eq!(created.count(), 1, "{outcomes:?}");
        let layout = Layout::open(&one.path("shop")).unwrap();
        layout.verify().unwrap();
        let blobs = fs::read_dir(one.path("shop/blobs/sha256")).unwrap();
        assert_eq!(blobs.count(), 3);
        assert_eq!(one.names(), ["shop"]);
    }
}

#[test]
fn an_empty_directory_is_filled_and_not_replaced() {
    let place = Place::new();
    fs::create_dir(place.path("shop")).unwrap();
    let before = fs::metadata(place.path("shop")).unwrap().ino();
    assert_eq!(place.write("shop").unwrap(), Outcome::Created);
    let after = fs::metadata(place.path("shop")).unwrap().ino();
    assert_eq!(before, after);
    assert_eq!(place.write("shop").unwrap(), Outcome::Unchanged);
}

#[test]
fn an_empty_directory_is_empty_again_after_a_failure() {
    let place = Place::new();
    fs::create_dir(place.path("shop")).unwrap();
    flip_a_byte(&place.cached_layer());
    let error = place.write("shop").unwrap_err();
    assert!(matches!(error, LayoutError::Corrupt { .. }), "{error}");
    assert_eq!(fs::read_dir(place.path("shop")).unwrap().count(), 0);
}

#[test]
fn what_a_killed_build_left_in_a_directory_is_completed() {
    let place = Place::new();
    let marker = r#"{"imageLayoutVersion":"1.0.0"}"#;
    for (name, files) in [
        ("started", &[".wpimg-killed.partial"][..]),
        ("marked", &["../../oci-layout", ".wpimg-killed.partial"]),
    ] {
        let directory = place.path(name).join("blobs/sha256");
        fs::create_dir_all(&directory).unwrap();
        for file in files {
            fs::write(directory.join(file), marker).unwrap();
        }
        place.write(name).unwrap();
        assert_eq!(place.write(name).unwrap(), Outcome::Unchanged, "{name}");
    }
}

#[test]
fn leftovers_of_killed_builds_go_and_living_builds_keep_theirs() {
    let place = Place::new();
    fs::create_dir_all(place.path(".wpimg-killed.partial/blobs")).unwrap();
    fs::create_dir(place.path(".wpimg-living.partial")).unwrap();
    fs::create_dir(place.path(".wpimg-notes")).unwrap();
    let living = fs::File::open(place.path(".wpimg-living.partial")).unwrap();
    flock(&living, FlockOperation::LockExclusive).unwrap();
    place.write("shop").unwrap();
    let expected = [".wpimg-living.partial", ".wpimg-notes", "shop"];
    assert_eq!(place.names(), expected);
}

#[test]
fn a_layout_with_anything_foreign_in_it_is_never_replaced() {
    let (place, other) = two_images();
    for (entry, shown) in [
        ("blobs/notes.txt", "blobs/notes.txt"),
        ("blobs/sha256/cafe", "blobs/sha256/cafe"),
        ("blobs/sha256/Notes", "blobs/sha256/Notes"),
        ("blobs/Photos/1.jpg", "blobs/Photos"),
        ("blobs/md5/holiday.jpg", "blobs/md5/holiday.jpg"),
        ("index.json.bak", "index.json.bak"),
    ] {
        let path = place.path("shop");
        place.write("shop").unwrap();
        let file = path.join(entry);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
        let writer = &other.image.writer;
        let error = writer
            .write_directory(&other.image.index, &path)
            .unwrap_err();
        assert!(
            error.to_string().contains(&format!("with `{shown}`")),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_file_that_only_has_the_markers_name_makes_no_layout() {
    let place = Place::new();
    for marker in ["a note of mine", "", r#"{"imageLayoutVersion":"9"}"#] {
        let path = place.path("shop");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("oci-layout"), marker).unwrap();
        let error = place.write("shop").unwrap_err();
        assert!(
            matches!(
                error,
                LayoutError::NotALayout { .. } | LayoutError::Version { .. }
            ),
            "{error}"
        );
        assert_eq!(fs::read_to_string(path.join("oci-layout")).unwrap(), marker);
    }
}

#[test]
fn a_layout_in_the_working_directory_is_replaced_where_it_is() {
    let mut place = Place::new();
    // Like `.`, this name cannot be given to another directory.
    let name = "shop/blobs/..";
    place.write("shop").unwrap();
    let before = fs::metadata(place.path("shop")).unwrap().ino();
    place.image = image(&place.directory.path().join("cache"), GZIP);
    assert_eq!(place.write(name).unwrap(), Outcome::Replaced);
    assert_eq!(place.write(name).unwrap(), Outcome::Unchanged);
    assert_eq!(fs::metadata(place.path("shop")).unwrap().ino(), before);
    let layout = Layout::open(&place.path("shop")).unwrap();
    assert_eq!(layout.index(), &place.image.index);
    place.image = image(&place.directory.path().join("cache"), ZSTD);
    assert_eq!(place.write(name).unwrap(), Outcome::Replaced);
}
