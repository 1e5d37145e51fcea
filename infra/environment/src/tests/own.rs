//! The keys that are no parameters.

use super::{message, read};

#[test]
fn what_wpimg_itself_has_to_know_is_checked() {
    for (line, why) in [
        (
            "region = \"Ireland\"",
            "`Ireland` is not a region such as eu-west-1",
        ),
        (
            "account = \"1234\"",
            "`1234` is not the 12 digits of an account",
        ),
        ("profile = \"\"", "the text is empty"),
        (
            "tags = { \"aws:team\" = \"web\" }",
            "the tag `aws:team` begins with `aws:`, as only AWS's own do",
        ),
        (
            "tags = { team = \"\" }",
            "the tag `team` has a value that is empty or longer than 256 characters",
        ),
        (
            "tags = { team = \"web;shop\" }",
            "the tag `team` has a character that is no letter, digit or space and none of `_.:/=+-@`",
        ),
        (
            "tags = { Team = \"web\", team = \"web\" }",
            "the tag `team` differs from another one only in upper and lower case",
        ),
    ] {
        let found = read(&format!("[infra]\nname = \"shop\"\n{line}")).unwrap_err();
        let shown = message(&found);
        assert!(shown.ends_with(why), "{shown}");
    }
}

#[test]
fn a_site_is_called_what_stacks_and_what_is_in_them_can_be_called() {
    let long = "a".repeat(46);
    for (name, why) in [
        ("", "`` is not letters"),
        ("7shop", "`7shop` is not letters"),
        ("shop_1", "`shop_1` is not letters"),
        ("shop-", "`shop-` is not letters"),
        ("my--shop", "`my--shop` is not letters"),
        ("sg-shop", "`sg-shop` begins with `sg-`"),
        (&long, "is too long: 45 characters are the most"),
    ] {
        let error = read(&format!("[infra]\nname = \"{name}\"")).unwrap_err();
        let shown = message(&error);
        assert!(shown.contains(why), "{name}: {shown}");
        assert!(
            shown.contains("`name` in [infra] at wpimg.toml:2:8"),
            "{shown}"
        );
    }
    for name in ["shop", "Shop2", "my-shop", &long[1..]] {
        let site = read(&format!("[infra]\nname = \"{name}\"")).unwrap();
        assert_eq!(site.name(), name);
    }
}
