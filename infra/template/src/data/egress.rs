//! The way out of the private subnets: none, one NAT gateway, or one in each zone.
//!
//! Each zone has a route table of its own whatever is chosen, so that a later change moves a route and no subnet.

use serde_json::json;

use super::network::{association, route_table};
use super::zone::{ZONES, Zone};
use crate::expression::{attribute, choose, reference};
use crate::{Resource, Template};

pub(super) fn add_to(template: &mut Template) {
    for zone in ZONES {
        let mut routes = route_table(&zone.id("private-"));
        if zone.is_optional() {
            routes = routes.only_if("ThreeZones");
        }
        template.add(zone.id("PrivateRoutes"), routes);
        let private = zone.id("PrivateSubnet");
        template.add(
            zone.id("PrivateSubnetRoutes"),
            association(zone, &private, &zone.id("PrivateRoutes")),
        );
        gateway(template, zone);
        default_route(template, zone);
    }
}

/// The first zone's gateway is there with `nat` too, and serves all zones then.
fn gateway(template: &mut Template, zone: Zone) {
    let condition = match (zone.index(), zone.is_optional()) {
        (0, _) => "Nat",
        (_, false) => "NatPerZone",
        (_, true) => "NatPerThirdZone",
    };
    let address = zone.id("NatAddress");
    template.add(
        zone.id("NatGateway"),
        Resource::new(
            "AWS::EC2::NatGateway",
            json!({
                "SubnetId": zone.own("PublicSubnet"),
                "AllocationId": attribute(&address, "AllocationId"),
            }),
        )
        .only_if(condition)
        .after("PublicDefaultRoute"),
    );
    template.add(
        address,
        Resource::new("AWS::EC2::EIP", json!({ "Domain": "vpc" }))
            .only_if(condition)
            .after("InternetGatewayAttachment"),
    );
}

fn default_route(template: &mut Template, zone: Zone) {
    let first = ZONES[0].own("NatGateway");
    let gateway = if zone.index() == 0 {
        first
    } else {
        choose("NatPerZone", zone.own("NatGateway"), first)
    };
    let condition = if zone.is_optional() {
        "NatForThirdZone"
    } else {
        "Nat"
    };
    template.add(
        zone.id("PrivateDefaultRoute"),
        Resource::new(
            "AWS::EC2::Route",
            json!({
                "RouteTableId": reference(&zone.id("PrivateRoutes")),
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": gateway,
            }),
        )
        .only_if(condition),
    );
}
