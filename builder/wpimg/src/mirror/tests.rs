//! Which mirror wins, and where its security archive is.

use std::fs;

use super::{
    Mirror, MirrorError, MirrorOrigin,
    apt::{AptConfiguration, AptMirror},
};
use crate::settings::{NamedBy, NamedMirror};

fn named(url: &str) -> NamedMirror {
    NamedMirror {
        url: url.to_owned(),
        named_by: NamedBy::Argument,
    }
}

fn apt(main: &str, security: Option<&str>) -> AptMirror {
    AptMirror {
        main: main.to_owned(),
        security: security.map(str::to_owned),
    }
}

fn from_main(url: &str) -> Result<Mirror, MirrorError> {
    Mirror::choose(Some(&named(url)), None, || None)
}

#[track_caller]
fn check(mirror: &Mirror, origin: MirrorOrigin, main: &str, security: &str) {
    let archive = |suite: &str| mirror.base(suite).unwrap().to_string();
    assert_eq!(mirror.origin(), origin);
    assert_eq!(archive("trixie"), main);
    assert_eq!(archive("trixie-updates"), main);
    assert_eq!(archive("trixie-security"), security);
}

#[test]
fn the_nearest_choice_wins() {
    let argument = named("http://a.example/debian");
    let variable = NamedMirror {
        url: "http://b.example/debian".into(),
        named_by: NamedBy::Variable,
    };
    let recipe = Some("http://c.example/debian");
    let machine = || Some(apt("http://d.example/debian", None));
    let table = [
        (Some(&argument), recipe, MirrorOrigin::Argument, "a"),
        (Some(&variable), recipe, MirrorOrigin::Variable, "b"),
        (None, recipe, MirrorOrigin::Recipe, "c"),
        (None, None, MirrorOrigin::AptConfiguration, "d"),
    ];
    for (named, recipe, origin, host) in table {
        let mirror = Mirror::choose(named, recipe, machine).unwrap();
        let security = format!("http://{host}.example/debian-security/");
        check(
            &mirror,
            origin,
            &format!("http://{host}.example/debian/"),
            &security,
        );
    }
    let mirror = Mirror::choose(None, None, || None).unwrap();
    assert_eq!(mirror.origin(), MirrorOrigin::BuiltIn);
}

#[test]
fn apt_is_not_asked_when_a_mirror_is_named() {
    let mirror = Mirror::choose(Some(&named("http://a.example/debian")), None, || {
        panic!("the configuration was read in vain")
    });
    mirror.unwrap();
}

#[test]
fn apts_own_security_archive_wins_over_the_guess() {
    let machine = apt(
        "http://d.example/debian/",
        Some("http://s.example/security/"),
    );
    let mirror = Mirror::choose(None, None, || Some(machine)).unwrap();
    let origin = MirrorOrigin::AptConfiguration;
    check(
        &mirror,
        origin,
        "http://d.example/debian/",
        "http://s.example/security/",
    );
}

#[test]
fn the_security_archive_is_beside_the_main_one() {
    for (main, security) in [
        (
            "http://m.example/debian",
            "http://m.example/debian-security/",
        ),
        (
            "http://m.example/debian/",
            "http://m.example/debian-security/",
        ),
        (
            "http://m.example/pub/debian/",
            "http://m.example/pub/debian-security/",
        ),
    ] {
        let mirror = from_main(main).unwrap();
        assert_eq!(
            mirror.base("trixie-security").unwrap().to_string(),
            security
        );
    }
}

#[test]
fn an_unusual_layout_serves_everything_but_security() {
    let mirror = from_main("http://m.example/apt-proxy").unwrap();
    assert!(mirror.base("trixie").is_ok());
    let error = mirror.base("trixie-security").unwrap_err();
    assert!(matches!(error, MirrorError::NoSecurityArchive { .. }));
}

#[test]
fn a_file_is_joined_below_its_archive() {
    let mirror = from_main("http://m.example/debian").unwrap();
    let file = |path| {
        mirror
            .base("trixie")
            .unwrap()
            .join(path)
            .unwrap()
            .to_string()
    };
    assert_eq!(
        file("dists/trixie/InRelease"),
        "http://m.example/debian/dists/trixie/InRelease"
    );
    let package = "pool/main/g/gcc/libstdc++6_14.2.0-19~deb13_amd64.deb";
    assert_eq!(file(package), format!("http://m.example/debian/{package}"));
}

#[test]
fn a_password_is_used_but_not_shown() {
    let mirror = from_main("http://user:secret@m.example/debian").unwrap();
    assert_eq!(
        mirror.to_string(),
        "`http://user:****@m.example/debian/` from `--mirror`"
    );
    assert!(
        mirror
            .base("trixie")
            .unwrap()
            .to_string()
            .contains("secret")
    );
}

#[test]
fn a_password_is_not_shown_even_when_the_address_is_broken() {
    let message = from_main("http://user:secret@bad host/debian")
        .unwrap_err()
        .to_string();
    assert!(
        !message.contains("secret") && message.contains("bad host"),
        "{message}"
    );
}

#[test]
fn an_address_that_cannot_be_fetched_from_names_who_gave_it() {
    for bad in [
        "",
        "mirror.example/debian",
        "ftp://m.example/debian",
        "file:///srv/debian",
    ] {
        let message = from_main(bad).unwrap_err().to_string();
        assert!(
            message.contains("`--mirror`") && message.contains(bad),
            "{message}"
        );
    }
}

#[test]
fn the_machines_configuration_is_read_in_both_forms() {
    let directory = tempfile::tempdir().unwrap();
    let parts = directory.path().join("sources.list.d");
    fs::create_dir(&parts).unwrap();
    assert_eq!(
        AptConfiguration::read(directory.path()),
        AptConfiguration::default()
    );

    let line = "deb http://one.example/debian trixie main\n";
    fs::write(directory.path().join("sources.list"), line).unwrap();
    let configuration = AptConfiguration::read(directory.path());
    assert_eq!(
        configuration.mirror,
        Some(apt("http://one.example/debian", None))
    );

    fs::remove_file(directory.path().join("sources.list")).unwrap();
    fs::write(
        parts.join("debian.sources"),
        "Types: deb\nURIs: http://two.example/debian\nSuites: trixie trixie-updates\nComponents: main\n\n\
         Types: deb\nURIs: http://two.example/debian-security\nSuites: trixie-security\nComponents: main\n",
    )
    .unwrap();
    fs::write(
        parts.join("other.list.disabled"),
        "deb http://three.example/debian trixie main\n",
    )
    .unwrap();
    let security = Some("http://two.example/debian-security");
    let configuration = AptConfiguration::read(directory.path());
    assert_eq!(
        configuration.mirror,
        Some(apt("http://two.example/debian", security))
    );
    assert_eq!(configuration.warnings, [""; 0]);
}

#[test]
fn a_file_that_is_not_understood_is_passed_over_with_a_warning() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sources.list");
    fs::write(&path, b"\xff\xfe").unwrap();
    let configuration = AptConfiguration::read(directory.path());
    assert_eq!(configuration.mirror, None);
    assert_eq!(configuration.warnings.len(), 1);
    assert!(configuration.warnings[0].contains("sources.list"));
}
