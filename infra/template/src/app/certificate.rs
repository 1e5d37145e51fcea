//! The site's name, and the certificate for it.

use serde_json::{Value, json};

use crate::expression::{all, any, choose, condition, equal, not, reference};
use crate::{Kind, Resource, Template};

/// Holds where the site has a name.
pub(super) const NAMED: &str = "IsNamed";

/// Holds where the name's hosted zone is ours to write to.
pub(super) const ZONED: &str = "IsZoned";

/// Holds where the load balancer serves HTTPS.
pub(super) const SECURE: &str = "IsSecure";

/// Holds where the stack asks for a certificate of its own.
const ISSUED: &str = "IsIssued";

/// Holds where somebody else's certificate is used.
const GIVEN: &str = "HasCertificate";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Domain",
        Kind::Matching {
            pattern: "^([a-z0-9-]+(\\.[a-z0-9-]+)+)?$",
            explanation: "a name such as shop.example.com, in lower case",
        },
        "",
        "The site's name. Empty: the load balancer's own name, and HTTP only.",
    );
    template.parameter(
        "HostedZone",
        Kind::Matching {
            pattern: "^(Z[A-Z0-9]+)?$",
            explanation: "the id of a hosted zone of Route 53",
        },
        "",
        "Id of the hosted zone of Domain, for its records and for the proof a certificate needs. Empty: both are made elsewhere.",
    );
    template.parameter(
        "Certificate",
        Kind::Matching {
            pattern: "^(arn:[a-z-]+:acm:.+)?$",
            explanation: "the ARN of a certificate of ACM",
        },
        "",
        "ARN of a certificate for Domain in this region. Empty: one is issued if there is a HostedZone, else HTTP serves.",
    );
    let given = |name| not(equal(reference(name), ""));
    template.condition(GIVEN, given("Certificate"));
    template.condition(NAMED, given("Domain"));
    template.condition(ZONED, all(vec![given("Domain"), given("HostedZone")]));
    template.condition(ISSUED, all(vec![condition(ZONED), not(condition(GIVEN))]));
    template.condition(SECURE, any(vec![condition(GIVEN), condition(ISSUED)]));

    let proof =
        json!({ "DomainName": reference("Domain"), "HostedZoneId": reference("HostedZone") });
    let properties = json!({
        "DomainName": reference("Domain"),
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [proof],
    });
    template.add(
        "IssuedCertificate",
        Resource::new("AWS::CertificateManager::Certificate", properties).only_if(ISSUED),
    );
}

/// What a listener takes, where there is one of the two: the given certificate, else the issued one.
pub(super) fn arn() -> Value {
    choose(
        GIVEN,
        reference("Certificate"),
        reference("IssuedCertificate"),
    )
}
