//! Where the load balancer writes down each request.

use serde_json::{Value, json};

use super::list::after;
use crate::expression::{attribute, choose, equal, reference, text};
use crate::{Kept, Kind, Resource, Template};

const POLICY: &str = "AccessLogPolicy";

const OWN: &str = "HasOwnAccessLog";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "AccessLogBucket",
        Kind::Text,
        "",
        "Bucket for the load balancer's log, which it may write to already. Empty: one is made.",
    );
    template.condition(OWN, equal(reference("AccessLogBucket"), ""));

    let properties = json!({
        // The one encryption that load balancers can write with.
        "BucketEncryption": { "ServerSideEncryptionConfiguration": [
            { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } },
        ] },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true,
            "BlockPublicPolicy": true,
            "IgnorePublicAcls": true,
            "RestrictPublicBuckets": true,
        },
        "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] },
        "LifecycleConfiguration": { "Rules": [{
            "Id": "expire",
            "Status": "Enabled",
            "ExpirationInDays": 90,
            "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 1 },
        }] },
    });
    template.add(
        "AccessLog",
        Resource::new("AWS::S3::Bucket", properties)
            .only_if(OWN)
            // A bucket with something in it cannot be deleted: the stack's deletion would fail there.
            .kept(Kept::Always)
            .accept("CKV_AWS_18", "It is the log")
            .accept("CKV_AWS_21", "Nobody writes to the same log twice"),
    );

    let write = json!({
        "Effect": "Allow",
        "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
        "Action": "s3:PutObject",
        "Resource": text("${AccessLog.Arn}/AWSLogs/${AWS::AccountId}/*"),
    });
    let encrypted = json!({
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [attribute("AccessLog", "Arn"), text("${AccessLog.Arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    });
    let properties = json!({
        "Bucket": reference("AccessLog"),
        "PolicyDocument": { "Version": "2012-10-17", "Statement": [write, encrypted] },
    });
    template.add(
        POLICY,
        Resource::new("AWS::S3::BucketPolicy", properties).only_if(OWN),
    );
}

/// The name of the bucket, once the load balancer may write into it: it tries as soon as it is made.
pub(super) fn bucket() -> Value {
    let own = after(POLICY, &reference("AccessLog"));
    choose(OWN, own, reference("AccessLogBucket"))
}
