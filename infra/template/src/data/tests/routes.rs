//! Which way things go: routes, endpoints, subnets.

use std::collections::BTreeSet;

use serde_json::Value;

use super::chosen;

/// Every default route: whose, and over what.
fn default_routes(stack: &Value) -> BTreeSet<String> {
    let resources = stack["Resources"].as_object().unwrap().values();
    let routes = resources.filter(|resource| resource["Type"] == "AWS::EC2::Route");
    routes
        .map(|route| {
            let route = &route["Properties"];
            assert_eq!(route["DestinationCidrBlock"], "0.0.0.0/0");
            let gateways = ["GatewayId", "NatGatewayId"];
            let gateway = gateways
                .iter()
                .find_map(|name| route[*name]["Ref"].as_str());
            let table = route["RouteTableId"]["Ref"].as_str().unwrap();
            format!("{table} {}", gateway.unwrap())
        })
        .collect()
}

#[test]
fn private_subnets_have_the_way_out_that_was_chosen() {
    const PUBLIC: &str = "PublicRoutes InternetGateway";
    for (egress, zones, expected) in [
        ("endpoints", "2", &[PUBLIC][..]),
        ("public", "3", &[PUBLIC]),
        (
            "nat",
            "2",
            &[
                "PrivateRoutes1 NatGateway1",
                "PrivateRoutes2 NatGateway1",
                PUBLIC,
            ],
        ),
        (
            "nat",
            "3",
            &[
                "PrivateRoutes1 NatGateway1",
                "PrivateRoutes2 NatGateway1",
                "PrivateRoutes3 NatGateway1",
                PUBLIC,
            ],
        ),
        (
            "nat-per-az",
            "2",
            &[
                "PrivateRoutes1 NatGateway1",
                "PrivateRoutes2 NatGateway2",
                PUBLIC,
            ],
        ),
        (
            "nat-per-az",
            "3",
            &[
                "PrivateRoutes1 NatGateway1",
                "PrivateRoutes2 NatGateway2",
                "PrivateRoutes3 NatGateway3",
                PUBLIC,
            ],
        ),
    ] {
        let stack = chosen(&[("Egress", egress), ("Zones", zones)]);
        let found: Vec<String> = default_routes(&stack).into_iter().collect();
        assert_eq!(found, expected, "{egress} {zones}");
        // An address costs while no gateway has it.
        let resources = stack["Resources"].as_object().unwrap().keys();
        let count = |what: &str| resources.clone().filter(|id| id.starts_with(what)).count();
        assert_eq!(count("NatGateway"), count("NatAddress"), "{egress} {zones}");
    }
}

/// Every endpoint's service, without what all have in common.
fn endpoints(stack: &Value) -> Vec<String> {
    let resources = stack["Resources"].as_object().unwrap().values();
    let endpoints = resources.filter(|resource| resource["Type"] == "AWS::EC2::VPCEndpoint");
    let mut services: Vec<String> = endpoints
        .map(|endpoint| {
            let name = endpoint["Properties"]["ServiceName"]["Fn::Sub"]
                .as_str()
                .unwrap();
            let service = name.strip_prefix("com.amazonaws.${AWS::Region}.").unwrap();
            service.to_owned()
        })
        .collect();
    services.sort();
    services
}

#[test]
fn without_another_way_out_there_is_an_endpoint_for_all_that_a_task_calls() {
    const CALLED: [&str; 7] = [
        "ecr.api",
        "ecr.dkr",
        "logs",
        "s3",
        "secretsmanager",
        "ssm",
        "ssmmessages",
    ];
    for (choices, more) in [
        (&[][..], &["ecs", "ecs-agent", "ecs-telemetry"][..]),
        (&[("EcsEndpoints", "false")], &[]),
    ] {
        let mut expected = [&CALLED[..], more].concat();
        expected.sort_unstable();
        let stack = chosen(&[choices, &[("Egress", "endpoints")]].concat());
        assert_eq!(endpoints(&stack), expected, "{choices:?}");
    }
    for egress in ["nat", "nat-per-az", "public"] {
        let stack = chosen(&[("Egress", egress)]);
        assert_eq!(endpoints(&stack), ["s3"], "{egress}");
    }
}

/// Which of the network's blocks each subnet has, and in which zone.
fn subnets(stack: &Value) -> Vec<String> {
    let resources = stack["Resources"].as_object().unwrap().iter();
    let subnets = resources.filter(|(_, resource)| resource["Type"] == "AWS::EC2::Subnet");
    subnets
        .map(|(id, subnet)| {
            let subnet = &subnet["Properties"];
            assert_eq!(subnet["MapPublicIpOnLaunch"], false, "{id}");
            let block = &subnet["CidrBlock"]["Fn::Select"][0];
            let zone = &subnet["AvailabilityZone"]["Fn::Select"][0];
            format!("{id}: block {block} in zone {zone}")
        })
        .collect()
}

#[test]
fn a_third_zone_moves_no_subnet() {
    let three = [
        "PrivateSubnet1: block 3 in zone 0",
        "PrivateSubnet2: block 4 in zone 1",
        "PrivateSubnet3: block 5 in zone 2",
        "PublicSubnet1: block 0 in zone 0",
        "PublicSubnet2: block 1 in zone 1",
        "PublicSubnet3: block 2 in zone 2",
    ];
    let two: Vec<&str> = three
        .into_iter()
        .filter(|subnet| !subnet.contains("zone 2"))
        .collect();
    assert_eq!(subnets(&chosen(&[("Zones", "3")])), three);
    assert_eq!(subnets(&chosen(&[("Zones", "2")])), two);
}
