//! The web application firewall in front of the load balancer.
//!
//! Behind CloudFront every request comes from CloudFront's addresses, so there the visitor's is taken from
//! `X-Forwarded-For`: for the address list its last entry, which CloudFront writes, and for the rate its first, which is
//! all that AWS offers and which a visitor can make up. Whoever needs a rate there gives `DistributionFirewall`.

use serde_json::{Value, json};

use super::distribution::DISTRIBUTED;
use crate::expression::{all, attribute, choose, condition, equal, not, only_if, reference, text};
use crate::{Kind, Resource, Template};

const ON: &str = "HasFirewall";
const RESTRICTED: &str = "RestrictsAdmin";

/// AWS's rules for what this image runs. The second lets editors write HTML and send files.
const MANAGED: [(&str, Applies); 5] = [
    ("AWSManagedRulesAmazonIpReputationList", Applies::Everywhere),
    ("AWSManagedRulesCommonRuleSet", Applies::ToVisitors),
    // Among others what asks Log4j to load code: plugins may send to Java.
    ("AWSManagedRulesKnownBadInputsRuleSet", Applies::Everywhere),
    ("AWSManagedRulesPHPRuleSet", Applies::ToVisitors),
    ("AWSManagedRulesWordPressRuleSet", Applies::Everywhere),
];

/// Where a group of rules is asked.
#[derive(Clone, Copy)]
enum Applies {
    Everywhere,
    /// Not in the dashboard and its API, where scripts and large bodies are an editor's daily work.
    ToVisitors,
}

/// The dashboard and the log-in, wherever WordPress lies, as a path is after decoding.
pub(super) const ADMIN: &str = "/wp-(admin(/|$)|login\\.php)";

/// What themes and forms of the public site ask in the dashboard's directory. Nothing before it may be a file: what
/// follows a file's name does not change which one runs.
pub(super) const PUBLIC_ADMIN: &str = "^(/[a-z0-9_-]+)*/wp-admin/admin-(ajax|post)\\.php$";

/// What editors send to.
pub(super) const EDITOR: &str = "/(wp-admin|wp-json)(/|$)";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Firewall",
        Kind::OneOf(&["off", "on"]),
        "off",
        "Whether a web ACL looks at what comes to the load balancer.",
    );
    template.parameter(
        "FirewallRate",
        Kind::Number(100, 2_000_000),
        "2000",
        "Requests that one address may send in five minutes; only for Firewall=on.",
    );
    template.parameter(
        "AdminNetworks",
        Kind::List,
        "",
        "IPv4 networks from which the dashboard and the log-in can be reached; only for Firewall=on. Empty: from everywhere.",
    );
    template.condition(ON, equal(reference("Firewall"), "on"));
    let networks = json!({ "Fn::Join": ["", reference("AdminNetworks")] });
    template.condition(
        RESTRICTED,
        all(vec![condition(ON), not(equal(networks, ""))]),
    );

    let properties = json!({
        "Scope": "REGIONAL",
        "IPAddressVersion": "IPV4",
        "Addresses": reference("AdminNetworks"),
    });
    template.add(
        "AdminAddresses",
        Resource::new("AWS::WAFv2::IPSet", properties).only_if(RESTRICTED),
    );

    let mut rules = vec![only_if(RESTRICTED, admin_rule()), rate_rule()];
    for (index, (name, applies)) in (2..).zip(MANAGED) {
        rules.push(managed_rule(index, name, applies));
    }
    let properties = json!({
        "Scope": "REGIONAL",
        "DefaultAction": { "Allow": {} },
        "VisibilityConfig": visible("firewall"),
        "Rules": rules,
    });
    template.add(
        "WebAcl",
        Resource::new("AWS::WAFv2::WebACL", properties).only_if(ON),
    );
    let properties = json!({
        "ResourceArn": reference("Balancer"),
        "WebACLArn": attribute("WebAcl", "Arn"),
    });
    template.add(
        "WebAclAssociation",
        Resource::new("AWS::WAFv2::WebACLAssociation", properties).only_if(ON),
    );
    add_log(template);
}

fn add_log(template: &mut Template) {
    let properties = json!({
        // No other name is taken (PutLoggingConfiguration).
        "LogGroupName": text("aws-waf-logs-${AWS::StackName}"),
        "RetentionInDays": reference("LogDays"),
        "KmsKeyId": super::foundation::key(),
    });
    template.add(
        "WebAclLog",
        Resource::new("AWS::Logs::LogGroup", properties).only_if(ON),
    );
    let secret = |name: &str| json!({ "SingleHeader": { "Name": name } });
    let destination = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:aws-waf-logs-${AWS::StackName}";
    let properties = json!({
        "ResourceArn": attribute("WebAcl", "Arn"),
        "LogDestinationConfigs": [text(destination)],
        "RedactedFields": [secret("authorization"), secret("cookie")],
    });
    template.add(
        "WebAclLogging",
        Resource::new("AWS::WAFv2::LoggingConfiguration", properties)
            .only_if(ON)
            .after("WebAclLog"),
    );
}

fn admin_rule() -> Value {
    let forwarded = json!({
        "HeaderName": "X-Forwarded-For",
        "FallbackBehavior": "NO_MATCH",
        "Position": "LAST",
    });
    let known = json!({ "IPSetReferenceStatement": {
        "Arn": attribute("AdminAddresses", "Arn"),
        "IPSetForwardedIPConfig": only_if(DISTRIBUTED, forwarded),
    } });
    let statement = json!({ "AndStatement": { "Statements": [
        path(ADMIN),
        { "NotStatement": { "Statement": path(PUBLIC_ADMIN) } },
        { "NotStatement": { "Statement": known } },
    ] } });
    json!({
        "Name": "admin",
        "Priority": 0,
        "Statement": statement,
        "Action": { "Block": {} },
        "VisibilityConfig": visible("admin"),
    })
}

fn rate_rule() -> Value {
    let forwarded = json!({ "HeaderName": "X-Forwarded-For", "FallbackBehavior": "NO_MATCH" });
    let statement = json!({ "RateBasedStatement": {
        "Limit": reference("FirewallRate"),
        "EvaluationWindowSec": 300,
        "AggregateKeyType": choose(DISTRIBUTED, "FORWARDED_IP".into(), "IP".into()),
        "ForwardedIPConfig": only_if(DISTRIBUTED, forwarded),
    } });
    json!({
        "Name": "rate",
        "Priority": 1,
        "Statement": statement,
        "Action": { "Block": {} },
        "VisibilityConfig": visible("rate"),
    })
}

fn managed_rule(priority: u32, name: &str, applies: Applies) -> Value {
    let mut group = json!({ "VendorName": "AWS", "Name": name });
    match applies {
        Applies::Everywhere => {}
        Applies::ToVisitors => {
            group["ScopeDownStatement"] = json!({ "NotStatement": { "Statement": path(EDITOR) } });
        }
    }
    json!({
        "Name": name,
        "Priority": priority,
        "Statement": { "ManagedRuleGroupStatement": group },
        "OverrideAction": { "None": {} },
        "VisibilityConfig": visible(name),
    })
}

/// A path as WordPress will see it, whatever it was written like.
fn path(pattern: &str) -> Value {
    json!({ "RegexMatchStatement": {
        "RegexString": pattern,
        "FieldToMatch": { "UriPath": {} },
        "TextTransformations": [
            { "Priority": 0, "Type": "URL_DECODE" },
            { "Priority": 1, "Type": "NORMALIZE_PATH" },
            { "Priority": 2, "Type": "LOWERCASE" },
        ],
    } })
}

fn visible(name: &str) -> Value {
    json!({ "CloudWatchMetricsEnabled": true, "SampledRequestsEnabled": true, "MetricName": name })
}
