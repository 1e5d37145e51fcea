//! What comes out of a recipe, for the site and for its environments.

use std::collections::BTreeMap;

use super::{read, read_for};
use crate::{Environment, Stack};

const RECIPE: &str = r#"
extends = "wordpress"

[image]
name = "shop"

[infra]
name = "shop"
region = "eu-west-1"
account = "012345678901"
profile = "shop"
domain = "shop.example"
database-engine = "aurora"
desired-count = 2
trusted-proxies = ["192.0.2.0/24", "2001:db8::/32"]
tags = { team = "web", stage = "production" }

[env.staging]
region = "eu-central-1"
domain = "staging.shop.example"
size = "256/512"
multi-az = false
tags = { stage = "staging" }

[env.live]
name = "webshop"
"#;

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    let own = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    pairs.map(own).into()
}

#[test]
fn the_shared_table_alone_describes_the_site() {
    let site = read(RECIPE).unwrap();
    assert_eq!(site.name(), "shop");
    assert_eq!(site.region(), Some("eu-west-1"));
    assert_eq!(site.account(), Some("012345678901"));
    assert_eq!(site.profile(), Some("shop"));
    assert_eq!(
        *site.tags(),
        texts([("team", "web"), ("stage", "production")])
    );
    assert_eq!(site.data_stack(), "shop-data");
    assert_eq!(site.app_stack(), "shop-app");
    assert_eq!(site.image_parameter(), "/wpimg/shop/image");
    assert_eq!(
        *site.data_parameters(),
        texts([("DatabaseEngine", "aurora")])
    );
    assert_eq!(
        *site.app_parameters(),
        texts([
            ("DataStack", "shop-data"),
            ("DatabaseEngine", "aurora"),
            ("DesiredCount", "2"),
            ("Domain", "shop.example"),
            ("Image", "/wpimg/shop/image"),
            ("TrustedProxies", "192.0.2.0/24,2001:db8::/32"),
        ])
    );
}

#[test]
fn an_environment_overrides_key_by_key_and_has_its_own_stacks() {
    let staging = read_for(RECIPE, "staging").unwrap();
    assert_eq!(staging.name(), "shop-staging");
    assert_eq!(staging.region(), Some("eu-central-1"));
    assert_eq!(staging.account(), Some("012345678901"));
    assert_eq!(
        *staging.tags(),
        texts([("team", "web"), ("stage", "staging")])
    );
    assert_eq!(
        *staging.data_parameters(),
        texts([("DatabaseEngine", "aurora"), ("MultiAz", "false")])
    );
    assert_eq!(
        *staging.app_parameters(),
        texts([
            ("DataStack", "shop-staging-data"),
            ("DatabaseEngine", "aurora"),
            ("DesiredCount", "2"),
            ("Domain", "staging.shop.example"),
            ("Image", "/wpimg/shop-staging/image"),
            ("Size", "256/512"),
            ("TrustedProxies", "192.0.2.0/24,2001:db8::/32"),
        ])
    );
    assert_eq!(
        staging.parameters(Stack::Data),
        staging.data_parameters(),
        "by stack and by name"
    );
    assert_eq!(staging.parameters(Stack::App), staging.app_parameters());
}

#[test]
fn an_environment_may_say_its_name_itself() {
    let live = read_for(RECIPE, "live").unwrap();
    assert_eq!(live.data_stack(), "webshop-data");
    assert_eq!(live.image_parameter(), "/wpimg/webshop/image");
}

#[test]
fn an_environment_needs_no_shared_table() {
    let text = "[env.staging]\nname = \"test\"";
    assert_eq!(read_for(text, "staging").unwrap().app_stack(), "test-app");
}

#[test]
fn tables_may_be_written_inline_or_with_dots() {
    let text = "infra.name = \"shop\"\nenv = { staging = { size = \"256/512\" } }";
    let staging = read_for(text, "staging").unwrap();
    assert_eq!(staging.app_parameters()["Size"], "256/512");
}

#[test]
fn environments_are_listed_by_name() {
    let names = Environment::names(RECIPE, "wpimg.toml").unwrap();
    assert_eq!(names, ["live", "staging"]);
    assert!(Environment::names("", "wpimg.toml").unwrap().is_empty());
}

#[test]
fn what_is_shared_can_be_switched_off() {
    let text = r#"
        [infra]
        name = "shop"
        domain = "shop.example"
        hosted-zone = "Z0123"
        firewall = "on"
        admin-networks = ["192.0.2.0/24"]
        [env.staging]
        domain = ""
        hosted-zone = ""
        admin-networks = []
    "#;
    let staging = read_for(text, "staging").unwrap();
    let app = staging.app_parameters();
    for parameter in ["Domain", "HostedZone", "AdminNetworks"] {
        assert_eq!(app[parameter], "", "{parameter}");
    }
}

#[test]
fn environments_in_other_places_may_share_a_name() {
    let text = r#"
        [infra]
        name = "shop"
        [env.europe]
        name = "shop"
        region = "eu-west-1"
        [env.america]
        name = "shop"
        region = "us-east-1"
    "#;
    assert_eq!(read_for(text, "europe").unwrap().name(), "shop");
    assert_eq!(
        read_for(text, "america").unwrap().region(),
        Some("us-east-1")
    );
}
