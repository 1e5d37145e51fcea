//! What a site must not ship is left out, and listed.

use wpimg_site::{
    Intake,
    exclude::{Exclude, Reason},
    intake::{InMemory, Options, Source, take_in},
};

use crate::pack::{files, zip};

fn take(names: &[(&str, &str)], kept: &[&str]) -> Intake {
    let source = Source::Bytes {
        name: "p.zip".to_owned(),
        bytes: zip(&files(names)),
    };
    let options = Options {
        exclude: Exclude::with_kept(kept).unwrap(),
        ..Options::default()
    };
    take_in(&source, &options, &mut InMemory).unwrap()
}

fn paths(taken: &Intake) -> Vec<&str> {
    taken
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect()
}

fn left(taken: &Intake) -> Vec<String> {
    let lines = taken.left_out.paths.iter();
    lines
        .map(|one| format!("{}: {}", one.path, one.reason))
        .collect()
}

#[test]
fn every_path_is_listed_with_its_reason_and_a_directory_once() {
    let taken = take(
        &[
            ("p/p.php", ""),
            ("p/.git/config", ""),
            ("p/.git/objects/ab", ""),
            ("p/.env.local", ""),
            ("p/assets/node_modules/x/index.js", ""),
            ("p/dump.SQL.gz", ""),
            ("p/wp-config.php", ""),
            ("p/debug.log", ""),
            ("p/inc/p.php~", ""),
            ("__MACOSX/p/._p.php", ""),
            ("p/.DS_Store", ""),
        ],
        &[],
    );
    assert_eq!(taken.top.as_deref(), Some("p"));
    assert_eq!(paths(&taken), ["p.php"]);
    assert_eq!(
        left(&taken),
        [
            ".DS_Store: left by an editor or operating system",
            ".env.local: environment file",
            ".git: version control",
            "__MACOSX: left by an editor or operating system",
            "assets/node_modules: build dependency",
            "debug.log: log",
            "dump.SQL.gz: database",
            "inc/p.php~: backup copy",
            "wp-config.php: configuration of one installation",
        ]
    );
    assert_eq!(taken.left_out.count, 9);
}

#[test]
fn what_only_looks_alike_stays() {
    let names = [
        "p/p.php",
        "p/.gitlab-theme.css",
        "p/environment.php",
        "p/inc/wp-config.php",
        "p/wp-config-sample.php",
        "p/logs/readme.txt",
        "p/sql.php",
        "p/keys.php",
        "p/error.log/index.php",
        "p/.htaccess",
        "p/i18n/auth.json",
    ];
    let entries: Vec<_> = names.iter().map(|name| (*name, "")).collect();
    let taken = take(&entries, &[]);
    assert!(taken.left_out.is_empty(), "{:?}", left(&taken));
}

#[test]
fn certificates_stay_and_private_keys_go() {
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let key = "Bag Attributes\r\n-----BEGIN ENCRYPTED PRIVATE KEY-----\r\nMIIE\r\n";
    let account =
        r#"{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\nMI"}"#;
    let code =
        "<?php\n/*\n-----BEGIN RSA PRIVATE KEY-----\nMIIC\n*/ $b = '-----BEGIN PRIVATE KEY-----';";
    let chain = format!("{}{key}", certificate.repeat(200));
    let taken = take(
        &[
            ("p/vendor/composer/ca-bundle/cacert.pem", certificate),
            ("p/wp-includes/certificates/ca-bundle.crt", certificate),
            ("p/vendor/phpseclib/RSA.php", code),
            ("p/docs/manual.md", "Run:\n\n-----BEGIN PRIVATE KEY-----\n"),
            ("p/server.pem", key),
            ("p/chain.pem", &chain),
            ("p/google.json", account),
            ("p/.key.php", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"),
            ("p/public.pem", "-----BEGIN PUBLIC KEY-----\n"),
            ("p/tls.key", ""),
            ("p/id_ed25519", ""),
        ],
        &[],
    );
    let gone: Vec<_> = taken
        .left_out
        .paths
        .iter()
        .map(|one| one.path.as_str())
        .collect();
    assert_eq!(
        gone,
        [
            ".key.php",
            "chain.pem",
            "google.json",
            "id_ed25519",
            "server.pem",
            "tls.key"
        ]
    );
    assert!(
        taken
            .left_out
            .paths
            .iter()
            .all(|one| one.reason == Reason::PrivateKey)
    );
}

#[test]
fn a_recipe_keeps_what_it_names() {
    let entries = [
        ("p/p.php", ""),
        ("p/schema.sql", ""),
        ("p/inc/old.sql", ""),
        ("p/node_modules/ok/dist/a.js", ""),
        ("p/node_modules/ok/.env", ""),
        ("p/node_modules/other/a.js", ""),
        ("p/node_modules/other/x.sql", ""),
    ];
    let kept = |globs: &[&str]| {
        let taken = take(&entries, globs);
        let mut paths: Vec<String> = paths(&taken).into_iter().map(str::to_owned).collect();
        paths.retain(|path| path.contains('.') && path != "p.php");
        paths
    };
    assert_eq!(kept(&[]), [""; 0]);
    assert_eq!(kept(&["schema.sql"]), ["schema.sql"]);
    assert_eq!(kept(&["*.sql"]), ["inc/old.sql", "schema.sql"]);
    assert_eq!(kept(&["./inc/*.sql"]), ["inc/old.sql"]);
    assert_eq!(kept(&["node_modules/ok/"]), ["node_modules/ok/dist/a.js"]);
    assert_eq!(
        kept(&["node_modules/ok/**/*.js"]),
        ["node_modules/ok/dist/a.js"]
    );
    assert_eq!(
        kept(&["node_modules"]),
        ["node_modules/ok/dist/a.js", "node_modules/other/a.js"]
    );
}

#[test]
fn a_glob_that_is_none_is_named() {
    let error = Exclude::with_kept(&["a[b"]).unwrap_err();
    assert!(
        error.to_string().starts_with("`a[b` is not a glob pattern"),
        "{error}"
    );
}

#[test]
fn the_list_is_bounded_and_the_count_is_not() {
    let names: Vec<String> = (0..1500).map(|number| format!("p/{number}.log")).collect();
    let mut entries: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    entries.push(("p/p.php", ""));
    let taken = take(&entries, &[]);
    assert_eq!(
        (taken.left_out.count, taken.left_out.paths.len()),
        (1500, 1000)
    );
}
