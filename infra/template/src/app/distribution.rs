//! CloudFront in front of the load balancer, where it has a certificate.
//!
//! Pages are not cached: WordPress says about few of them whether they may be. Files are, under their full address,
//! because WordPress changes `?ver=` with the file.

use serde_json::{Value, json};

use super::certificate::{NAMED, SECURE};
use super::foundation;
use crate::expression::{all, attribute, choose, condition, equal, not, only_if, reference, text};
use crate::{Kind, Resource, Template};

/// Holds where CloudFront is in front.
pub(super) const DISTRIBUTED: &str = "IsDistributed";

/// The hosted zone of every distribution (Route 53, "AliasTarget").
pub(super) const HOSTED_ZONE: &str = "Z2FDTNDATAQYW2";

/// By this header the load balancer knows that a request came through our distribution.
pub(super) const PROOF_HEADER: &str = "X-Wpimg-Origin";

const FIREWALL: &str = "HasDistributionFirewall";

/// AWS's own policies (CloudFront, "Use managed policies"): their ids are the same in every account.
mod managed {
    pub(super) const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    /// AllViewerAndCloudFrontHeaders-2022-06: nginx reads how the visitor came from `CloudFront-Forwarded-Proto`.
    pub(super) const ALL_HEADERS: &str = "33f36d7e-f396-46d9-90e0-52428a34d9dc";
    pub(super) const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";
}

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "DistributionCertificate",
        Kind::Matching {
            pattern: "^(arn:[a-z-]+:acm:us-east-1:.+)?$",
            explanation: "the ARN of a certificate of ACM in us-east-1",
        },
        "",
        "ARN of a certificate for Domain in us-east-1: puts CloudFront in front. Empty: visitors come to the load balancer.",
    );
    template.parameter(
        "DistributionFirewall",
        Kind::Matching {
            pattern: "^(arn:[a-z-]+:wafv2:us-east-1:.+)?$",
            explanation: "the ARN of a global web ACL",
        },
        "",
        "ARN of a web ACL for CloudFront, which lives in us-east-1. Empty: none.",
    );
    let given = |name| not(equal(reference(name), ""));
    template.condition(
        DISTRIBUTED,
        all(vec![condition(NAMED), given("DistributionCertificate")]),
    );
    template.condition(FIREWALL, given("DistributionFirewall"));
    template.add("OriginProof", origin_proof());
    template.add("FileCache", file_cache());
    template.add("Distribution", distribution());
}

/// What the header has to be.
pub(super) fn proof() -> Value {
    text("{{resolve:secretsmanager:${OriginProof}:SecretString}}")
}

fn origin_proof() -> Resource {
    let properties = json!({
        "Description": "By which the load balancer knows CloudFront",
        "GenerateSecretString": { "PasswordLength": 48, "ExcludePunctuation": true },
        "KmsKeyId": foundation::key(),
    });
    Resource::new("AWS::SecretsManager::Secret", properties).only_if(DISTRIBUTED)
}

fn file_cache() -> Resource {
    let key = json!({
        "EnableAcceptEncodingGzip": true,
        "EnableAcceptEncodingBrotli": true,
        "CookiesConfig": { "CookieBehavior": "none" },
        "HeadersConfig": { "HeaderBehavior": "none" },
        "QueryStringsConfig": { "QueryStringBehavior": "all" },
    });
    let properties = json!({ "CachePolicyConfig": {
        "Name": text("${AWS::StackName}-files"),
        // Only where nginx says nothing about it.
        "DefaultTTL": 86400,
        "MinTTL": 0,
        "MaxTTL": 31_536_000,
        "ParametersInCacheKeyAndForwardedToOrigin": key,
    } });
    Resource::new("AWS::CloudFront::CachePolicy", properties).only_if(DISTRIBUTED)
}

fn distribution() -> Resource {
    let origin = json!({
        "Id": "balancer",
        "DomainName": attribute("Balancer", "DNSName"),
        "OriginCustomHeaders": [{ "HeaderName": PROOF_HEADER, "HeaderValue": proof() }],
        "CustomOriginConfig": {
            // The visitor's Host header goes with the request, so the certificate has to be for that name, and is.
            "OriginProtocolPolicy": choose(SECURE, "https-only".into(), "http-only".into()),
            "OriginSSLProtocols": ["TLSv1.2"],
            "OriginReadTimeout": 60,
            "OriginKeepaliveTimeout": 50,
        },
    });
    let methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
    let pages = json!({
        "TargetOriginId": "balancer",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": methods,
        "CachePolicyId": managed::CACHING_DISABLED,
        "OriginRequestPolicyId": managed::ALL_HEADERS,
        "ResponseHeadersPolicyId": managed::SECURITY_HEADERS,
        "Compress": true,
    });
    let properties = json!({ "DistributionConfig": {
        "Enabled": true,
        "Comment": reference("AWS::StackName"),
        "Aliases": [reference("Domain")],
        "HttpVersion": "http2and3",
        "IPV6Enabled": true,
        "Origins": [origin],
        "DefaultCacheBehavior": pages,
        "CacheBehaviors": [files("/wp-content/*"), files("/wp-includes/*")],
        "ViewerCertificate": {
            "AcmCertificateArn": reference("DistributionCertificate"),
            "SslSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
        "WebACLId": only_if(FIREWALL, reference("DistributionFirewall")),
    } });
    Resource::new("AWS::CloudFront::Distribution", properties)
        .only_if(DISTRIBUTED)
        .accept(
            "CKV_AWS_86",
            "The load balancer's log has what was not cached, and nginx's has the visitor",
        )
}

fn files(path: &str) -> Value {
    json!({
        "PathPattern": path,
        "TargetOriginId": "balancer",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
        "CachePolicyId": reference("FileCache"),
        "OriginRequestPolicyId": managed::ALL_HEADERS,
        "ResponseHeadersPolicyId": managed::SECURITY_HEADERS,
        "Compress": true,
    })
}
