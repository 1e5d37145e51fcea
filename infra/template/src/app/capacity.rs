//! Where tasks run: Fargate, Fargate with most tasks on Spot, or instances of our own.

use serde_json::{Value, json};

use crate::expression::{choose, equal, reference};
use crate::{Kind, Resource, Template};

/// Holds where part of the tasks may be taken back at two minutes' notice.
pub(super) const SPOT: &str = "IsSpot";

/// Holds where tasks run on instances of our own.
pub(super) const INSTANCES: &str = "IsInstances";

/// What the service has to wait for.
pub(super) const PROVIDERS: &str = "CapacityProviders";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Capacity",
        Kind::OneOf(&["fargate", "fargate-spot", "ec2"]),
        "fargate",
        "Where tasks run: on Fargate, there with three of four on Spot, or on instances of your own, which need private subnets with a way out.",
    );
    template.condition(SPOT, equal(reference("Capacity"), "fargate-spot"));
    template.condition(INSTANCES, equal(reference("Capacity"), "ec2"));
    let providers = choose(
        INSTANCES,
        json!([reference("InstanceProvider")]),
        json!(["FARGATE", "FARGATE_SPOT"]),
    );
    let properties = json!({
        "Cluster": reference("Cluster"),
        "CapacityProviders": providers,
        "DefaultCapacityProviderStrategy": strategy(),
    });
    template.add(
        PROVIDERS,
        Resource::new("AWS::ECS::ClusterCapacityProviderAssociations", properties),
    );
}

/// How tasks are shared out among the providers.
pub(super) fn strategy() -> Value {
    let instances = json!([{ "CapacityProvider": reference("InstanceProvider"), "Weight": 1 }]);
    // The first task never depends on what Spot has left.
    let spot = json!([
        { "CapacityProvider": "FARGATE", "Base": 1, "Weight": 1 },
        { "CapacityProvider": "FARGATE_SPOT", "Weight": 3 },
    ]);
    let fargate = json!([{ "CapacityProvider": "FARGATE", "Base": 1, "Weight": 1 }]);
    choose(INSTANCES, instances, choose(SPOT, spot, fargate))
}
