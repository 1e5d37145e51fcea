//! The network: a public and a private subnet in each zone, and the way in.

use serde_json::{Value, json};

use super::zone::{ZONES, Zone};
use crate::expression::{reference, text};
use crate::{Resource, Template};

/// Bits of an address that count within a subnet. 256 addresses are enough for two hundred tasks in each zone, and six
/// such subnets fit into the smallest network that `Cidr` takes.
const SUBNET_BITS: u32 = 8;

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "Vpc",
        Resource::new(
            "AWS::EC2::VPC",
            json!({
                "CidrBlock": reference("Cidr"),
                // Private names of endpoints, file systems and databases need both.
                "EnableDnsHostnames": true,
                "EnableDnsSupport": true,
                "Tags": name("${AWS::StackName}"),
            }),
        ),
    );
    template.add(
        "InternetGateway",
        Resource::new(
            "AWS::EC2::InternetGateway",
            json!({ "Tags": name("${AWS::StackName}") }),
        ),
    );
    template.add(
        "InternetGatewayAttachment",
        Resource::new(
            "AWS::EC2::VPCGatewayAttachment",
            json!({ "VpcId": reference("Vpc"), "InternetGatewayId": reference("InternetGateway") }),
        ),
    );
    template.add("PublicRoutes", route_table("public"));
    template.add(
        "PublicDefaultRoute",
        Resource::new(
            "AWS::EC2::Route",
            json!({
                "RouteTableId": reference("PublicRoutes"),
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": reference("InternetGateway"),
            }),
        )
        .after("InternetGatewayAttachment"),
    );
    for zone in ZONES {
        let public = zone.id("PublicSubnet");
        template.add(
            zone.id("PublicSubnetRoutes"),
            association(zone, &public, "PublicRoutes"),
        );
        // A third zone takes blocks of its own at the end of each half, so that it moves nobody.
        template.add(public, subnet(zone, "public", zone.index()));
        let private = zone.index() + ZONES.len();
        template.add(zone.id("PrivateSubnet"), subnet(zone, "private", private));
    }
}

/// A route table without routes but the network's own.
pub(super) fn route_table(purpose: &str) -> Resource {
    Resource::new(
        "AWS::EC2::RouteTable",
        json!({
            "VpcId": reference("Vpc"),
            "Tags": name(&format!("${{AWS::StackName}}-{purpose}")),
        }),
    )
}

/// Makes a zone's subnet use a route table.
pub(super) fn association(zone: Zone, subnet: &str, routes: &str) -> Resource {
    zone.resource(
        "AWS::EC2::SubnetRouteTableAssociation",
        json!({ "SubnetId": reference(subnet), "RouteTableId": reference(routes) }),
    )
}

/// Subnets give nobody a public address by themselves: who needs one asks for it.
fn subnet(zone: Zone, purpose: &str, block: usize) -> Resource {
    let blocks = ZONES.len() * 2;
    zone.resource(
        "AWS::EC2::Subnet",
        json!({
            "VpcId": reference("Vpc"),
            "AvailabilityZone": zone.name(),
            "CidrBlock": {
                "Fn::Select": [block, { "Fn::Cidr": [reference("Cidr"), blocks, SUBNET_BITS] }]
            },
            "MapPublicIpOnLaunch": false,
            "Tags": name(&zone.id(&format!("${{AWS::StackName}}-{purpose}-"))),
        }),
    )
}

fn name(pattern: &str) -> Value {
    json!([{ "Key": "Name", "Value": text(pattern) }])
}
