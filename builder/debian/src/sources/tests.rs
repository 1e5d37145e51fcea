//! What both forms of apt's configuration say about Debian.

use super::{DebianSources, SourcesError, debian_mirror, parse};

#[track_caller]
fn check(file_name: &str, text: &str, main: Option<&str>, security: Option<&str>) {
    let found = debian_mirror(&parse(file_name, text).unwrap());
    let expected = main.map(|main| DebianSources {
        main: main.to_owned(),
        security: security.map(str::to_owned),
    });
    assert_eq!(found, expected);
}

#[test]
fn the_one_line_form() {
    let text = "# a comment\n\
                deb-src http://m.example/debian trixie main\n\
                deb [arch=amd64 signed-by=/etc/key.gpg] http://m.example/debian/ trixie main contrib\n\
                deb http://m.example/debian trixie-updates main # trailing\n\
                deb http://s.example/debian-security trixie-security main\n";
    check(
        "sources.list",
        text,
        Some("http://m.example/debian"),
        Some("http://s.example/debian-security"),
    );
}

#[test]
fn the_deb822_form() {
    let text = "Types: deb deb-src\nURIs: https://m.example/debian/\nSuites: bookworm bookworm-updates\n\
                Components: main\nSigned-By:\n -----BEGIN\n .\n x\n\n\
                Types: deb\nURIs: https://m.example/debian-security\nSuites: bookworm-security\n\
                Components: main\n";
    check(
        "debian.sources",
        text,
        Some("https://m.example/debian"),
        Some("https://m.example/debian-security"),
    );
}

#[test]
fn a_disabled_source_does_not_count() {
    let text = "Enabled: no\nTypes: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n";
    check("debian.sources", text, None, None);
}

#[test]
fn other_distributions_and_transports_do_not_count() {
    let text = "deb http://u.example/ubuntu noble main universe\n\
                deb cdrom:[Debian]/ trixie main\n\
                deb file:/srv/debian trixie main\n\
                deb https://third.example/deb stable main-only\n";
    check("sources.list", text, None, None);
}

#[test]
fn a_mirror_without_security_suites_leaves_them_open() {
    let text = "deb http://m.example/debian sid main\n";
    check("sources.list", text, Some("http://m.example/debian"), None);
}

#[test]
fn a_line_of_another_kind_is_named() {
    let error = parse("sources.list", "\nrpm http://m.example x\n").unwrap_err();
    let excerpt = "rpm http://m.example x".to_owned();
    assert_eq!(error, SourcesError::NotASource { line: 2, excerpt });
    assert!(
        parse(
            "sources.list",
            "deb [arch=amd64 http://m.example trixie main"
        )
        .is_err()
    );
    assert!(parse("debian.sources", "no field").is_err());
}
