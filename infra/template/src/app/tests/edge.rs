//! The firewall and the distribution.

use super::evaluation::Stack;

const FIREWALL: &[(&str, &str)] = &[("Firewall", "on")];
const DISTRIBUTED: &[(&str, &str)] = &[
    ("Firewall", "on"),
    ("Domain", "shop.example"),
    ("HostedZone", "Z1"),
    ("DistributionCertificate", "arn:aws:acm:us-east-1:1:c"),
    ("AdminNetworks", "192.0.2.0/24"),
];

#[test]
fn rules_are_asked_in_this_order() {
    let visitors = [
        "1 rate",
        "2 AWSManagedRulesAmazonIpReputationList",
        "3 AWSManagedRulesCommonRuleSet",
        "4 AWSManagedRulesKnownBadInputsRuleSet",
        "5 AWSManagedRulesPHPRuleSet",
        "6 AWSManagedRulesWordPressRuleSet",
    ];
    assert_eq!(rules(FIREWALL), visitors);
    let restricted = [&["0 admin"], &visitors[..]].concat();
    assert_eq!(rules(DISTRIBUTED), restricted);
}

#[test]
fn there_is_no_firewall_unless_asked_for() {
    let stack = Stack::new(&[("AdminNetworks", "192.0.2.0/24")]);
    for id in [
        "WebAcl",
        "WebAclAssociation",
        "AdminAddresses",
        "WebAclLogging",
    ] {
        assert!(!stack.has(id), "{id}");
    }
}

#[test]
fn the_visitors_address_is_taken_from_where_it_stands() {
    for (choices, key, header) in [
        (FIREWALL, "IP", None),
        (DISTRIBUTED, "FORWARDED_IP", Some("X-Forwarded-For")),
    ] {
        let stack = Stack::new(choices);
        let rules = stack.properties("WebAcl")["Rules"]
            .as_array()
            .expect("rules");
        let rate = rules
            .iter()
            .find(|rule| rule["Name"] == "rate")
            .expect("a rate");
        let statement = &rate["Statement"]["RateBasedStatement"];
        assert_eq!(statement["AggregateKeyType"], key);
        assert_eq!(
            statement["ForwardedIPConfig"]["HeaderName"].as_str(),
            header
        );
    }
}

#[test]
fn pages_come_from_wordpress_and_files_from_the_cache() {
    let stack = Stack::new(DISTRIBUTED);
    let distribution = &stack.properties("Distribution")["DistributionConfig"];
    let pages = &distribution["DefaultCacheBehavior"];
    assert_eq!(
        pages["CachePolicyId"],
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    );
    let behaviors = distribution["CacheBehaviors"]
        .as_array()
        .expect("behaviors");
    for (behavior, path) in behaviors.iter().zip(["/wp-content/*", "/wp-includes/*"]) {
        assert_eq!(behavior["PathPattern"], path);
        assert_eq!(behavior["CachePolicyId"], "${FileCache}");
    }
    let key = &stack.properties("FileCache")["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!(key["QueryStringsConfig"]["QueryStringBehavior"], "all");
    assert_eq!(key["CookiesConfig"]["CookieBehavior"], "none");
}

#[test]
fn the_distribution_speaks_as_the_balancer_does() {
    let stack = Stack::new(DISTRIBUTED);
    let origin = &stack.properties("Distribution")["DistributionConfig"]["Origins"][0];
    assert_eq!(
        origin["CustomOriginConfig"]["OriginProtocolPolicy"],
        "https-only"
    );
}

fn rules(choices: &[(&str, &str)]) -> Vec<String> {
    let stack = Stack::new(choices);
    let rules = stack.properties("WebAcl")["Rules"]
        .as_array()
        .expect("rules");
    rules
        .iter()
        .map(|rule| {
            format!(
                "{} {}",
                rule["Priority"],
                rule["Name"].as_str().unwrap_or("")
            )
        })
        .collect()
}
