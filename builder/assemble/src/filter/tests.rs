use super::*;

fn drops(keep: &[&str], drop: &[&str], path: &str) -> bool {
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    Filter::new(&owned(keep), &owned(drop))
        .unwrap()
        .drops(&path.parse().unwrap())
}

#[test]
fn a_tree_pattern_matches_the_directory_and_everything_below() {
    let pattern = &["/usr/share/man/**"];
    assert!(drops(&[], pattern, "usr/share/man"));
    assert!(drops(&[], pattern, "usr/share/man/man1/php.1.gz"));
    assert!(!drops(&[], pattern, "usr/share/mandoc"));
}

#[test]
fn a_single_star_stays_in_one_directory() {
    assert!(drops(
        &[],
        &["/usr/share/doc/*/changelog*"],
        "usr/share/doc/a/changelog.gz"
    ));
    assert!(!drops(
        &[],
        &["/usr/share/doc/*/changelog*"],
        "usr/share/doc/a/b/changelog.gz"
    ));
}

#[test]
fn keep_wins_over_drop() {
    let drop = &["/usr/share/doc/**"];
    assert!(!drops(
        &["/usr/share/doc/*/copyright"],
        drop,
        "usr/share/doc/a/copyright"
    ));
    assert!(drops(
        &["/usr/share/doc/*/copyright"],
        drop,
        "usr/share/doc/a/README"
    ));
}

#[test]
fn a_broken_pattern_is_named() {
    let error = Filter::new(&[], &["/usr/[".to_owned()]).unwrap_err();
    assert_eq!(error.to_string(), "`/usr/[` is not a valid path pattern");
}

#[test]
fn a_kept_path_below_a_dropped_directory_stays_without_its_neighbours() {
    let keep = &["/usr/share/locale/nl/**"];
    let drop = &["/usr/share/locale/**"];
    for (path, dropped) in [
        ("usr/share/locale", true),
        ("usr/share/locale/de/x.mo", true),
        ("usr/share/locale/nl", false),
        ("usr/share/locale/nl/LC_MESSAGES/x.mo", false),
        ("usr/share/locale/nl_BE/x.mo", true),
    ] {
        assert_eq!(drops(keep, drop, path), dropped, "{path}");
    }
}

#[test]
fn a_pattern_without_wildcards_is_one_path() {
    for (path, dropped) in [
        ("usr/share/doc", true),
        ("usr/share/doc/a", false),
        ("usr/share/docs", false),
    ] {
        assert_eq!(drops(&[], &["/usr/share/doc"], path), dropped, "{path}");
    }
}

#[test]
fn hidden_files_are_matched_like_others() {
    assert!(drops(&[], &["/var/www/**"], "var/www/.git/config"));
    assert!(drops(&[], &["/var/www/*"], "var/www/.htaccess"));
}
