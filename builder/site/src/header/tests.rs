use proptest::prelude::*;

use super::{Facts, Header, READ_BYTES};

fn get(text: &str, field: &str) -> Option<String> {
    Header::parse(text.as_bytes()).get(field)
}

const AKISMET: &str = "<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\n\
    Plugin URI: https://akismet.com/\nVersion: 5.3.1\nRequires at least: 5.8\n\
    Requires PHP: 5.6.20\nLicense: GPLv2 or later\nText Domain: akismet\n*/\n";

#[test]
fn the_fields_of_a_plugin_are_found() {
    let facts = Facts::of_plugin(&Header::parse(AKISMET.as_bytes())).unwrap();
    assert_eq!(
        facts,
        Facts {
            name: "Akismet Anti-spam".to_owned(),
            version: Some("5.3.1".to_owned()),
            requires_wordpress: Some("5.8".to_owned()),
            requires_php: Some("5.6.20".to_owned()),
            license: Some("GPLv2 or later".to_owned()),
            text_domain: Some("akismet".to_owned()),
            update_uri: None,
        }
    );
    assert_eq!(Facts::of_theme(&Header::parse(AKISMET.as_bytes())), None);
}

#[test]
fn every_way_to_write_a_comment_is_read() {
    for text in [
        "Plugin Name: X",
        " * Plugin Name: X",
        "\t# plugin name:X  ",
        "// @Plugin Name: X",
        "<?php /* Plugin Name: X */",
        "<?PHP // Plugin Name: X ?> <html>",
        "one\rPlugin Name: X\rVersion: 1",
        "one\r\n * Plugin Name: X\r\n",
    ] {
        assert_eq!(get(text, "Plugin Name").as_deref(), Some("X"), "{text:?}");
    }
}

#[test]
fn what_only_mentions_a_field_is_not_one() {
    for text in [
        "The Plugin Name: X",
        "$a = 'Plugin Name: X';",
        "Plugin Names: X",
        "Plugin Name X",
        "Plugin Name : X",
        "Plugin Name:",
        "Plugin Name: */",
        "é",
    ] {
        assert_eq!(get(text, "Plugin Name"), None, "{text:?}");
    }
}

#[test]
fn a_header_past_eight_kibibytes_is_not_seen() {
    let at = |offset: usize| format!("{}\nVersion: 1\n", " ".repeat(offset));
    assert_eq!(get(&at(READ_BYTES - 100), "Version").as_deref(), Some("1"));
    assert_eq!(get(&at(READ_BYTES), "Version"), None);
}

#[test]
fn the_first_of_two_wins() {
    assert_eq!(
        get("Version: 1\nVersion: 2", "Version").as_deref(),
        Some("1")
    );
}

#[test]
fn a_value_never_carries_control_characters() {
    let name = get("Plugin Name: a\x1b]0;x\x07b", "Plugin Name").unwrap();
    assert!(!name.chars().any(char::is_control), "{name:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let header = Header::parse(&bytes);
        for field in ["Version", "Plugin Name"] {
            if let Some(value) = header.get(field) {
                prop_assert!(!value.trim().is_empty());
            }
        }
    }
}
