//! Endpoints: AWS's own services, reached without leaving the network (Amazon ECS developer guide, "Interface VPC
//! endpoints").
//!
//! There is none for EFS: mounting needs the mount targets, which have addresses in the network, and no call of EFS's API.

use serde_json::json;

use super::zone::in_each;
use crate::expression::{reference, text};
use crate::{Resource, Template};

/// Who is called by every task, by the name of the resource, of the service, and the condition.
const SERVICES: [(&str, &str, &str); 9] = [
    // The image: its manifest, then its layers. These lie in S3.
    ("EcrApiEndpoint", "ecr.api", "Endpoints"),
    ("EcrDkrEndpoint", "ecr.dkr", "Endpoints"),
    ("LogsEndpoint", "logs", "Endpoints"),
    // Settings: references to secrets and parameters.
    ("SecretsEndpoint", "secretsmanager", "Endpoints"),
    ("ParametersEndpoint", "ssm", "Endpoints"),
    // ECS Exec.
    ("ExecEndpoint", "ssmmessages", "Endpoints"),
    ("EcsEndpoint", "ecs", "EcsEndpoints"),
    ("EcsAgentEndpoint", "ecs-agent", "EcsEndpoints"),
    ("EcsTelemetryEndpoint", "ecs-telemetry", "EcsEndpoints"),
];

pub(super) fn add_to(template: &mut Template) {
    storage(template);
    for (id, service, condition) in SERVICES {
        template.add(
            id,
            Resource::new(
                "AWS::EC2::VPCEndpoint",
                json!({
                    "VpcEndpointType": "Interface",
                    "ServiceName": text(&format!("com.amazonaws.${{AWS::Region}}.{service}")),
                    "VpcId": reference("Vpc"),
                    "SubnetIds": in_each("PrivateSubnet"),
                    "SecurityGroupIds": [reference("EndpointSecurityGroup")],
                    "PrivateDnsEnabled": true,
                }),
            )
            .only_if(condition),
        );
    }
}

/// S3 costs nothing to reach this way, so it is always there, for public subnets as well: image layers come from it.
fn storage(template: &mut Template) {
    let mut tables = in_each("PrivateRoutes");
    tables.push(reference("PublicRoutes"));
    template.add(
        "StorageEndpoint",
        Resource::new(
            "AWS::EC2::VPCEndpoint",
            json!({
                "VpcEndpointType": "Gateway",
                "ServiceName": text("com.amazonaws.${AWS::Region}.s3"),
                "VpcId": reference("Vpc"),
                "RouteTableIds": tables,
            }),
        ),
    );
}
