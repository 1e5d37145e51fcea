//! What a lock says, and what it does not let pass.

use super::*;

const NGINX: &str = "1.26.3-3+deb13u1";

fn package(name: &str, version: &str, architecture: &str, suite: &str) -> Selected {
    Selected {
        name: name.to_owned(),
        version: version.to_owned(),
        architecture: architecture.to_owned(),
        suite: suite.to_owned(),
        path: format!("pool/main/{name}_{version}_{architecture}.deb"),
        size: 7,
        sha256: Digest::of(name.as_bytes()),
        seen: Some(1_789_196_141),
    }
}

fn suite(name: &str) -> LockedSuite {
    LockedSuite {
        name: name.to_owned(),
        signed_by: vec!["ABCD".to_owned()],
    }
}

fn plugin(version: Option<&str>) -> LockedSource {
    LockedSource {
        kind: SourceKind::Plugin,
        name: "akismet".to_owned(),
        version: version.map(str::to_owned),
        url: "https://plugins.example/akismet.zip".to_owned(),
        size: 9,
        sha256: Digest::of(b"akismet"),
    }
}

fn lock_of(selections: &[(Platform, Vec<Selected>)]) -> Lock {
    let suites = vec![suite("trixie-security"), suite("trixie")];
    Lock::new(
        Digest::of(b"recipe"),
        suites,
        vec![plugin(Some("5.3"))],
        selections,
    )
}

fn two_platforms() -> Lock {
    let all = package("adduser", "3.1", "all", "trixie");
    lock_of(&[
        (
            Platform::LINUX_AMD64,
            vec![
                all.clone(),
                package("nginx", NGINX, "amd64", "trixie-security"),
            ],
        ),
        (
            Platform::LINUX_ARM64,
            vec![
                all,
                package("extra", "1", "all", "trixie"),
                package("nginx", NGINX, "arm64", "trixie-security"),
            ],
        ),
    ])
}

#[test]
fn a_lock_reads_back_as_it_was_written() {
    let lock = two_platforms();
    let text = text::to_text(&lock);
    assert_eq!(text::from_text(&text).unwrap(), lock);
    assert!(!text.contains("mirror"), "{text}");
    let nginx: Vec<&str> = text.lines().filter(|line| line.contains("nginx")).collect();
    assert_eq!(nginx.len(), 2, "one line per package: {text}");
}

#[test]
fn what_did_not_change_keeps_its_time() {
    let old = two_platforms();
    let mut new = two_platforms();
    for locked in &mut new.packages {
        locked.package.seen = Some(2_000_000_000);
    }
    new.packages[0].package.sha256 = Digest::of(b"another");
    new.keep_times(&old);
    let times: Vec<_> = new.packages.iter().map(|it| it.package.seen).collect();
    assert_eq!(times[0], Some(2_000_000_000));
    assert!(times[1..].iter().all(|seen| *seen == Some(1_789_196_141)));
}

#[test]
fn hostile_texts_come_back_as_they_were() {
    let mut lock = two_platforms();
    lock.sources[0].url = "https://a.example/\"\\\n\u{7f}]".to_owned();
    let text = text::to_text(&lock);
    assert_eq!(text::from_text(&text).unwrap(), lock);
}

#[test]
fn a_platform_gets_its_own_packages_and_knows_when_they_were_seen() {
    let lock = two_platforms();
    let names = |platform| -> Vec<String> {
        let selection = lock.selection(platform).unwrap();
        assert!(selection.iter().all(|p| p.seen == Some(1_789_196_141)));
        selection
            .iter()
            .map(|p| format!("{} {}", p.name, p.architecture))
            .collect()
    };
    assert_eq!(names(Platform::LINUX_AMD64), ["adduser all", "nginx amd64"]);
    assert_eq!(
        names(Platform::LINUX_ARM64),
        ["adduser all", "extra all", "nginx arm64"]
    );
    let only_amd64 = lock_of(&[(Platform::LINUX_AMD64, vec![])]);
    assert_eq!(only_amd64.selection(Platform::LINUX_ARM64), None);
}

#[test]
fn a_lock_is_stale_when_recipe_format_or_platform_is_another() {
    let lock = lock_of(&[(Platform::LINUX_AMD64, vec![])]);
    let amd64 = [Platform::LINUX_AMD64];
    assert_eq!(lock.check(&Digest::of(b"recipe"), &amd64), Ok(()));
    assert_eq!(
        lock.check(&Digest::of(b"other"), &amd64),
        Err(Stale::Recipe)
    );
    let both = [Platform::LINUX_AMD64, Platform::LINUX_ARM64];
    let missing = Stale::Platform {
        platform: Platform::LINUX_ARM64,
    };
    assert_eq!(lock.check(&Digest::of(b"recipe"), &both), Err(missing));
    let old = Lock { format: 1, ..lock };
    assert_eq!(
        old.check(&Digest::of(b"recipe"), &amd64),
        Err(Stale::Format { locked: 1 })
    );
}

#[test]
fn changes_name_versions_and_say_which_are_security() {
    let amd64 = |packages| lock_of(&[(Platform::LINUX_AMD64, packages)]);
    let old = amd64(vec![
        package("gone", "1", "amd64", "trixie"),
        package("nginx", "1.26.3-3", "amd64", "trixie"),
        package("php", "8.4.1", "amd64", "trixie"),
        package("same", "1", "amd64", "trixie"),
    ]);
    let mut new = amd64(vec![
        package("fresh", "2", "amd64", "trixie"),
        package("nginx", NGINX, "amd64", "trixie-security"),
        package("php", "8.4.2", "amd64", "trixie-updates"),
        package("same", "1", "amd64", "trixie"),
    ]);
    new.sources = vec![plugin(Some("5.4"))];
    let lines: Vec<String> = changes(&old, &new)
        .into_iter()
        .map(|change| {
            format!(
                "{} {} {:?} -> {:?} {:?}",
                change.kind, change.name, change.old, change.new, change.security
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"package fresh [] -> ["2"] No"#,
            r#"package gone ["1"] -> [] No"#,
            r#"package nginx ["1.26.3-3"] -> ["1.26.3-3+deb13u1"] Yes"#,
            r#"package php ["8.4.1"] -> ["8.4.2"] No"#,
            r#"plugin akismet ["5.3"] -> ["5.4"] No"#,
        ]
    );
    assert_eq!(changes(&old, &old), []);
}

#[test]
fn what_is_not_a_lock_says_why() {
    let good = text::to_text(&two_platforms());
    let refused = |text: &str| text::from_text(text).unwrap_err().to_string();
    insta::assert_snapshot!(refused(""), @"it has no `version`");
    insta::assert_snapshot!(
        refused(&good.replace("version = 1\n", "version = 9\n")),
        @"its form has version 9, this program knows version 1"
    );
    let climbing = good.replace("pool/main/nginx", "pool/../../nginx");
    assert!(refused(&climbing).contains("expected a path of the pool"));
    let absolute = good.replace("\"pool/main/nginx", "\"/pool/main/nginx");
    assert!(refused(&absolute).contains("expected a path of the pool"));
    let unknown = good.replace("size = 9\n", "size = 9\nsise = 9\n");
    assert!(refused(&unknown).contains("sise"));
    let conflict = format!("<<<<<<< ours\n{good}");
    assert!(refused(&conflict).contains("line 1"));
}

#[test]
fn a_lock_is_written_whole_and_a_missing_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wpimg.lock");
    assert_eq!(read(&path).unwrap(), None);
    let lock = two_platforms();
    write(&lock, &path).unwrap();
    assert_eq!(read(&path).unwrap(), Some(lock.clone()));
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "nothing but the lock is left");
    let error = write(&lock, &folder.path().join("missing/wpimg.lock")).unwrap_err();
    assert!(error.to_string().contains("missing/wpimg.lock"));
}
