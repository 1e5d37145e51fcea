//! The records of the site's name.

use serde_json::json;

use super::certificate::ZONED;
use super::distribution::{DISTRIBUTED, HOSTED_ZONE};
use crate::expression::{attribute, choose, reference};
use crate::{Resource, Template};

pub(super) fn add(template: &mut Template) {
    for (id, kind) in [("AddressRecord", "A"), ("AddressRecord6", "AAAA")] {
        let target = json!({
            "DNSName": choose(
                DISTRIBUTED,
                attribute("Distribution", "DomainName"),
                attribute("Balancer", "DNSName"),
            ),
            "HostedZoneId": choose(
                DISTRIBUTED,
                HOSTED_ZONE.into(),
                attribute("Balancer", "CanonicalHostedZoneID"),
            ),
            // ECS looks after the tasks, and there is no second place to send visitors to.
            "EvaluateTargetHealth": false,
        });
        let properties = json!({
            "HostedZoneId": reference("HostedZone"),
            "Name": reference("Domain"),
            "Type": kind,
            "AliasTarget": target,
        });
        template.add(
            id,
            Resource::new("AWS::Route53::RecordSet", properties).only_if(ZONED),
        );
    }
}
