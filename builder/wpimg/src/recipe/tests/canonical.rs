//! Every key counts in the hash of a recipe, except those that only say where bytes come from.

use std::collections::BTreeSet;

use super::parse;
use crate::recipe::keys::{Kind, TOP, Table};

const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ALONE: &str = "extends = \"nothing\"\nimage.name = \"wordpress\"\ndebian.suites = [\"sid\"]";

/// A key, a recipe, and the same recipe with another value of the key.
fn differing() -> Vec<(&'static str, String, String)> {
    let with = |key, before: &str, after: &str| (key, before.to_owned(), after.to_owned());
    let or_nothing = |key, text: &str| with(key, "", text);
    let entry = |key: &'static str, before: &str, after: &str| {
        let list = key.split('.').next().unwrap();
        let text = |keys: &str| format!("{list} = [{{ {keys} }}]");
        (key, text(before), text(after))
    };
    let url = "url = \"https://a.example/x.zip\"";
    let mut cases = vec![
        with("extends", "debian.suites = [\"sid\"]", ALONE),
        or_nothing("image.name", "image.name = \"shop\""),
        or_nothing("image.repository", "image.repository = \"a.example/shop\""),
        or_nothing("image.tags", "image.tags = [\"1\"]"),
        or_nothing("image.platforms", "image.platforms = [\"linux/arm64\"]"),
        or_nothing("image.compression", "image.compression = \"none\""),
        or_nothing("image.labels", "image.labels.a = \"b\""),
        or_nothing("image.annotations", "image.annotations.a = \"b\""),
        or_nothing("image.environment", "image.environment.a = \"b\""),
        or_nothing("image.user", "image.user = \"33\""),
        or_nothing("image.entrypoint", "image.entrypoint = [\"/bin/x\"]"),
        or_nothing("image.command", "image.command = [\"x\"]"),
        or_nothing("image.working-directory", "image.working-directory = \"/\""),
        or_nothing("image.ports", "image.ports = [\"53/udp\"]"),
        or_nothing("image.volumes", "image.volumes = [\"/data\"]"),
        or_nothing("image.stop-signal", "image.stop-signal = \"SIGINT\""),
        or_nothing("image.keep", "image.keep = [\"/usr/share/man/**\"]"),
        or_nothing("image.drop", "image.drop = [\"/srv/**\"]"),
        or_nothing("debian.suites", "debian.suites = [\"sid\"]"),
        or_nothing("debian.packages", "debian.packages = [\"tini\"]"),
        or_nothing("debian.omit", "debian.omit = [\"tini\"]"),
        or_nothing("debian.allow-scripts", "debian.allow-scripts = [\"tini\"]"),
        or_nothing("debian.pins", "debian.pins.nginx = \"1.2\""),
        with(
            "debian.pins",
            "debian.pins.nginx = \"1.2\"",
            "debian.pins.nginx = \">= 1.2\"",
        ),
        with(
            "debian.pins",
            "debian.pins.a1 = \"1.2\"",
            "debian.pins.a2 = \"1.2\"",
        ),
        with(
            "debian.pins.version",
            "debian.pins.a1.version = \"1\"",
            "debian.pins.a1.version = \"2\"",
        ),
        with(
            "debian.pins.suite",
            "debian.pins.a1.version = \"1\"",
            "debian.pins.a1 = { version = \"1\", suite = \"trixie\" }",
        ),
        or_nothing("php.version", "php.version = \"8.5\""),
        or_nothing("php.extensions", "php.extensions = [\"soap\"]"),
        or_nothing("php.ini", "php.ini.a = \"b\""),
        or_nothing("nginx.snippets", "nginx.snippets = [\"a.conf\"]"),
        with(
            "nginx.snippets",
            "nginx.snippets = [\"a.conf\", \"b.conf\"]",
            "nginx.snippets = [\"b.conf\", \"a.conf\"]",
        ),
        or_nothing("nginx.upload-size", "nginx.upload-size = \"1G\""),
        or_nothing("wordpress.source", "wordpress.source = \"none\""),
        or_nothing("wordpress.version", "wordpress.version = \"6.8.3\""),
        or_nothing(
            "wordpress.url",
            "wordpress.url = \"https://a.example/x.zip\"",
        ),
        with(
            "wordpress.sha256",
            "wordpress.version = \"6.8\"",
            &format!("wordpress = {{ version = \"6.8\", sha256 = \"{DIGEST}\" }}"),
        ),
        or_nothing("wordpress.path", "wordpress.path = \"wordpress\""),
        or_nothing("wordpress.locale", "wordpress.locale = \"de_DE\""),
        or_nothing("wordpress.theme", "wordpress.theme = \"twentytwentyfour\""),
        with(
            "composer.path",
            "composer.path = \".\"",
            "composer.path = \"shop\"",
        ),
        or_nothing("composer.path", "composer.path = \".\""),
        entry(
            "files.source",
            "source = \"a\", target = \"/a\"",
            "source = \"b\", target = \"/a\"",
        ),
        entry(
            "files.target",
            "source = \"a\", target = \"/a\"",
            "source = \"a\", target = \"/b\"",
        ),
        entry(
            "files.mode",
            "source = \"a\", target = \"/a\"",
            "source = \"a\", target = \"/a\", mode = \"0600\"",
        ),
        entry(
            "files.owner",
            "source = \"a\", target = \"/a\"",
            "source = \"a\", target = \"/a\", owner = \"33:33\"",
        ),
    ];
    // Spelt out, so that a key is never added without deciding about all three.
    for [slug, version, of_url, sha256, path, name, keep] in [
        [
            "plugin.slug",
            "plugin.version",
            "plugin.url",
            "plugin.sha256",
            "plugin.path",
            "plugin.name",
            "plugin.keep",
        ],
        [
            "theme.slug",
            "theme.version",
            "theme.url",
            "theme.sha256",
            "theme.path",
            "theme.name",
            "theme.keep",
        ],
        [
            "mu-plugin.slug",
            "mu-plugin.version",
            "mu-plugin.url",
            "mu-plugin.sha256",
            "mu-plugin.path",
            "mu-plugin.name",
            "mu-plugin.keep",
        ],
    ] {
        cases.extend([
            entry(slug, "slug = \"a\"", "slug = \"b\""),
            entry(version, "slug = \"a\"", "slug = \"a\", version = \"1\""),
            entry(of_url, url, "url = \"https://a.example/y.zip\""),
            entry(sha256, url, &format!("{url}, sha256 = \"{DIGEST}\"")),
            entry(path, "path = \"a\"", "path = \"b\""),
            entry(path, "slug = \"a\"", "path = \"a\""),
            entry(name, "path = \"a\"", "path = \"a\", name = \"b\""),
            entry(keep, "path = \"a\"", "path = \"a\", keep = [\"*.sql\"]"),
        ]);
    }
    cases
}

/// `(key, recipe, same image)`.
const INDIFFERENT: [(&str, &str, &str); 2] = [
    (
        "debian.mirror",
        "",
        "debian.mirror = \"https://a.example/debian\"",
    ),
    (
        "debian.snapshot",
        "",
        "debian.snapshot = \"https://a.example/old\"",
    ),
];

fn names(table: &Table, prefix: &str, into: &mut BTreeSet<String>) {
    for key in table.keys {
        let path = format!("{prefix}{}", key.name);
        match key.kind {
            Kind::Table(below) | Kind::Tables(below) => names(below, &format!("{path}."), into),
            Kind::Entries(below) => {
                names(below, &format!("{path}."), into);
                into.insert(path);
            }
            Kind::Text(_) | Kind::Texts(_) | Kind::Map => {
                into.insert(path);
            }
            // Nothing of an image: `what_other_commands_read_is_no_part_of_a_recipe`.
            Kind::Foreign(_) => {}
        }
    }
}

#[test]
fn every_key_is_either_hashed_or_left_out_on_purpose() {
    let mut known = BTreeSet::new();
    names(&TOP, "", &mut known);
    let tested: BTreeSet<String> = differing()
        .into_iter()
        .map(|(key, ..)| key.to_owned())
        .chain(INDIFFERENT.iter().map(|(key, ..)| (*key).to_owned()))
        .collect();
    assert_eq!(known, tested);
}

#[test]
fn a_key_that_changes_the_image_changes_the_hash() {
    for (key, before, after) in differing() {
        let [before, after] = [before, after].map(|text| parse(&text).unwrap().canonical_json());
        assert_ne!(before, after, "{key}");
    }
}

#[test]
fn where_bytes_come_from_does_not_change_the_hash() {
    for (key, before, after) in INDIFFERENT {
        let [before, after] = [before, after].map(|text| parse(text).unwrap());
        assert_ne!(before, after, "{key}");
        assert_eq!(before.canonical_json(), after.canonical_json(), "{key}");
    }
}

#[test]
fn what_other_commands_read_is_no_part_of_a_recipe() {
    let stacks = "[infra]\nname = \"shop\"\nno-such-key = 1\n[env.staging]\nzones = 3\n";
    assert_eq!(parse(stacks).unwrap(), parse("").unwrap());
}

#[test]
fn a_line_more_above_a_plugin_does_not_change_the_hash() {
    let [one, other] = ["", "# a comment\n\n"]
        .map(|above| parse(&format!("{above}[[plugin]]\nslug = \"a\"")).unwrap());
    assert_eq!(one.canonical_json(), other.canonical_json());
}
