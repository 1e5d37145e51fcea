//! Directories of the user's own.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
};

use tempfile::TempDir;
use wpimg_site::{
    Intake, IntakeError,
    exclude::Exclude,
    intake::{InMemory, Limits, Options, Problem, Source, Top, take_in},
};

use crate::pack::listing;

fn directory(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn take(root: &Path) -> Result<Intake, IntakeError> {
    let source = Source::Directory(root.to_owned());
    take_in(&source, &Options::default(), &mut InMemory)
}

#[test]
fn a_directory_is_its_own_root() {
    let root = directory(&[
        ("inc/a.php", "a"),
        ("inc/run.sh", "#!"),
        (".git/HEAD", "ref"),
    ]);
    let script = root.path().join("inc/run.sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o4711)).unwrap();
    symlink("a.php", root.path().join("inc/b.php")).unwrap();
    symlink("../inc", root.path().join("inc/loop")).unwrap();
    let taken = take(root.path()).unwrap();
    assert_eq!(taken.top, None);
    assert_eq!(
        listing(&taken),
        "d 755 inc\nf 644 inc/a.php = a\nl 777 inc/b.php -> a.php\nl 777 inc/loop -> ../inc\n\
         f 755 inc/run.sh = #!"
    );
    assert_eq!(taken.left_out.count, 1);
    assert_eq!(taken.special_modes.len(), 1);
}

#[test]
fn links_that_leave_are_refused_by_name() {
    for target in ["/etc/passwd", "../outside", ".."] {
        let root = directory(&[("a.php", "")]);
        symlink(target, root.path().join("link")).unwrap();
        let error = take(root.path()).unwrap_err();
        assert!(
            matches!(&error.problem, Problem::LinkLeaves { link, .. } if link.as_str() == "link"),
            "{error:?}"
        );
        assert!(error.hint().unwrap().contains("`link`"));
    }
}

#[test]
fn special_files_are_refused_unless_they_are_left_out() {
    let root = directory(&[("a.php", "")]);
    let _socket = UnixListener::bind(root.path().join("s.log")).unwrap();
    assert_eq!(take(root.path()).unwrap().left_out.count, 1);
    let _socket = UnixListener::bind(root.path().join("sock")).unwrap();
    let found = take(root.path()).unwrap_err().problem;
    assert!(
        matches!(&found, Problem::Special { entry, kind: "socket" } if entry == "sock"),
        "{found}"
    );
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    let root = directory(&[("a.php", "")]);
    fs::write(root.path().join(OsStr::from_bytes(b"caf\xe9")), "").unwrap();
    assert!(matches!(
        take(root.path()).unwrap_err().problem,
        Problem::NotUtf8 { .. }
    ));
}

#[test]
fn large_files_come_whole_and_the_limit_holds_inside_them() {
    let large = "0123456789".repeat(20_000);
    let root = directory(&[("large", &large)]);
    let taken = take(root.path()).unwrap();
    let content = taken.entries[0].content().unwrap();
    assert_eq!(content.read_all(1 << 20).unwrap(), large.as_bytes());
    let limits = Limits {
        unpacked: 199_999,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let source = Source::Directory(root.path().to_owned());
    let found = take_in(&source, &options, &mut InMemory)
        .unwrap_err()
        .problem;
    assert!(
        matches!(found, Problem::TooLarge { limit: 199_999 }),
        "{found}"
    );
}

#[test]
fn what_is_missing_or_something_else_is_named() {
    let root = directory(&[("a.php", "")]);
    let missing = take(&root.path().join("missing")).unwrap_err();
    assert!(matches!(missing.problem, Problem::Read { .. }));
    assert_eq!(
        missing.hint().as_deref(),
        Some("correct the path in `wpimg.toml`")
    );
    let file = take(&root.path().join("a.php")).unwrap_err().problem;
    assert!(matches!(file, Problem::NotADirectory { .. }), "{file}");
    let source = Source::Archive(root.path().to_owned());
    let found = take_in(&source, &Options::default(), &mut InMemory)
        .unwrap_err()
        .problem;
    assert!(matches!(found, Problem::NotAFile { .. }), "{found}");
}

#[test]
fn a_directory_that_is_left_out_is_not_walked_but_a_kept_part_of_it_is() {
    let root = directory(&[
        ("a.php", ""),
        ("node_modules/x/a.js", "x"),
        ("node_modules/y/b.js", "y"),
    ]);
    fs::write(
        root.path()
            .join("node_modules")
            .join(OsStr::from_bytes(b"\xff")),
        "",
    )
    .unwrap();
    assert_eq!(listing(&take(root.path()).unwrap()), "f 644 a.php = ");
    fs::remove_file(
        root.path()
            .join("node_modules")
            .join(OsStr::from_bytes(b"\xff")),
    )
    .unwrap();
    let options = Options {
        exclude: Exclude::with_kept(&["node_modules/x"]).unwrap(),
        ..Options::default()
    };
    let source = Source::Directory(root.path().to_owned());
    let taken = take_in(&source, &options, &mut InMemory).unwrap();
    assert_eq!(
        listing(&taken),
        "f 644 a.php = \nd 755 node_modules\nd 755 node_modules/x\nf 644 node_modules/x/a.js = x"
    );
}

#[test]
fn a_single_file_is_a_tree_of_one() {
    let root = directory(&[("cache.php", "<?php")]);
    let source = Source::File(root.path().join("cache.php"));
    let taken = take_in(&source, &Options::default(), &mut InMemory).unwrap();
    assert_eq!(listing(&taken), "f 644 cache.php = <?php");
    assert_eq!(taken.stem, "cache");
}

#[test]
fn an_archive_on_disk_is_read_like_one_in_memory() {
    let bytes = crate::pack::zip(&crate::pack::files(&[("p/a.php", "a")]));
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("p.1.2.zip");
    fs::write(&path, bytes).unwrap();
    let taken = take_in(&Source::Archive(path), &Options::default(), &mut InMemory).unwrap();
    assert_eq!(listing(&taken), "f 644 a.php = a");
    assert_eq!(taken.stem, "p");
}

#[test]
fn the_top_directory_of_an_archive_stays_when_asked_for() {
    let bytes = crate::pack::zip(&crate::pack::files(&[("p/a.php", "a")]));
    let source = Source::Bytes {
        name: "x.zip".to_owned(),
        bytes,
    };
    let options = Options {
        top: Top::Keep,
        ..Options::default()
    };
    let taken = take_in(&source, &options, &mut InMemory).unwrap();
    assert_eq!(taken.top, None);
    assert_eq!(listing(&taken), "d 755 p\nf 644 p/a.php = a");
}
