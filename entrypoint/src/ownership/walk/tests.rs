use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use nix::unistd::{Gid, Uid, pipe};

use super::*;
use crate::ownership::tests::needs_root;
use crate::ownership::top::Links;

const WWW_DATA: Owner = Owner {
    user: Uid::from_raw(33),
    group: Gid::from_raw(33),
};

fn top(path: &Path) -> Top {
    Top::open(path, Links::OfAnybody).unwrap().unwrap()
}

fn walked(path: &Path) -> Progress {
    let walk = Walk::start(&top(path), WWW_DATA).unwrap();
    let (never, _open) = pipe().unwrap();
    let until = Instant::now() + Duration::from_mins(5);
    assert_eq!(walk.wait(never.as_fd(), until), Waited::Finished);
    assert!(walk.take_failure().is_none());
    walk.progress()
}

fn owner(path: &Path) -> (u32, u32) {
    let metadata = fs::symlink_metadata(path).unwrap();
    (metadata.uid(), metadata.gid())
}

#[test]
fn everything_below_is_given_away_and_nothing_beside_it() {
    needs_root();
    let home = tempfile::tempdir().unwrap();
    let outside = home.path().join("outside");
    let uploads = home.path().join("uploads");
    fs::create_dir_all(uploads.join("2026/11")).unwrap();
    fs::create_dir_all(outside.join("inner")).unwrap();
    fs::write(outside.join("file"), b"").unwrap();
    fs::write(uploads.join("2026/11/picture.jpg"), b"").unwrap();
    symlink(&outside, uploads.join("link")).unwrap();
    fs::hard_link(outside.join("file"), uploads.join("hard")).unwrap();
    let device = makedev(1, 7);
    mknod(&uploads.join("full"), SFlag::S_IFCHR, Mode::S_IRWXU, device).unwrap();

    let progress = walked(&uploads);
    assert_eq!(
        (progress.looked_at, progress.changed, progress.left_alone),
        (6, 4, 2)
    );
    for inside in ["2026", "2026/11", "2026/11/picture.jpg", "link"] {
        assert_eq!(owner(&uploads.join(inside)), (33, 33), "{inside}");
    }
    for untouched in [
        "outside",
        "outside/file",
        "outside/inner",
        "uploads/full",
        "uploads/hard",
    ] {
        assert_eq!(owner(&home.path().join(untouched)), (0, 0), "{untouched}");
    }
    let again = walked(&uploads);
    assert_eq!((again.looked_at, again.changed), (6, 0));
}

#[test]
fn only_what_differs_is_changed_and_a_right_user_keeps_its_group() {
    needs_root();
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("theirs"), b"").unwrap();
    fs::write(home.path().join("foreign"), b"").unwrap();
    chown(home.path().join("theirs"), Some(33), Some(0)).unwrap();
    assert_eq!(walked(home.path()).changed, 1);
    assert_eq!(owner(&home.path().join("theirs")), (33, 0));
    assert_eq!(owner(&home.path().join("foreign")), (33, 33));
}

#[test]
fn wide_and_deep_trees_are_seen_whole() {
    needs_root();
    let home = tempfile::tempdir().unwrap();
    // More directories than the list of work holds, more files than a batch, and a chain.
    for wide in 0..600 {
        let directory = home.path().join(format!("{wide}"));
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("file"), b"").unwrap();
    }
    let flat = home.path().join("flat");
    fs::create_dir(&flat).unwrap();
    for file in 0..1000 {
        fs::write(flat.join(format!("{file}")), b"").unwrap();
    }
    fs::create_dir_all(home.path().join(["d"; entry::DEEPEST].join("/"))).unwrap();
    let all = 600 * 2 + 1001 + entry::DEEPEST as u64;
    let progress = walked(home.path());
    assert_eq!((progress.looked_at, progress.changed), (all, all));
}

#[test]
fn a_tree_without_end_is_a_failure_that_names_it() {
    needs_root();
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(["d"; entry::DEEPEST + 1].join("/"))).unwrap();
    let walk = Walk::start(&top(home.path()), WWW_DATA).unwrap();
    let (never, _open) = pipe().unwrap();
    let until = Instant::now() + Duration::from_mins(5);
    assert_eq!(walk.wait(never.as_fd(), until), Waited::Finished);
    let failure = walk.take_failure().unwrap();
    let path = home.path().display().to_string();
    assert!(
        failure.to_string().starts_with(&format!("`{path}/d/d/")),
        "{failure}"
    );
}

#[test]
fn waiting_ends_with_the_time_or_with_a_signal() {
    // A crew that never begins never ends.
    let (finished, open) = pipe().unwrap();
    let crew = Arc::new(Crew::new(WWW_DATA, 0, 1, open));
    let walk = Walk { crew, finished };
    let (never, wake) = pipe().unwrap();
    assert_eq!(walk.wait(never.as_fd(), Instant::now()), Waited::TimeUp);
    nix::unistd::write(&wake, b"!").unwrap();
    let until = Instant::now() + Duration::from_mins(5);
    assert_eq!(walk.wait(never.as_fd(), until), Waited::Woken);
}
