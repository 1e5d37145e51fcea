//! How many tasks a service runs, and where.

use serde_json::Value;

use crate::{
    cost::ledger::{Ledger, number},
    evaluate::{Stack, function, items, text},
};

/// Tasks, on average, by where they run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tasks {
    pub(super) fargate: f64,
    pub(super) spot: f64,
    /// On instances of the stack.
    pub(super) instances: f64,
}

/// The number of tasks of a service: what it asks for, within what scaling keeps. `None` where the template leaves it open.
pub(super) fn count(ledger: &Ledger<'_>, logical_id: &str, properties: &Value) -> Option<f64> {
    let asked = number(&properties["DesiredCount"]);
    if asked == Some(0.0) {
        return asked;
    }
    let (least, most) = match scaling(ledger.stack, logical_id) {
        None => (None, None),
        Some(target) => (
            number(&target["MinCapacity"]),
            number(&target["MaxCapacity"]),
        ),
    };
    let tasks = match (asked, least) {
        (Some(asked), Some(least)) => asked.max(least),
        (Some(tasks), None) | (None, Some(tasks)) => tasks,
        (None, None) => return None,
    };
    Some(most.map_or(tasks, |most| tasks.min(most)))
}

/// What scales this service: a target whose id has the service's name in it.
fn scaling<'a>(stack: &'a Stack, logical_id: &str) -> Option<&'a Value> {
    let name = format!("${{{logical_id}.Name}}");
    let targets = stack.resources.values();
    targets
        .filter(|resource| resource.kind == "AWS::ApplicationAutoScaling::ScalableTarget")
        .map(|resource| &resource.properties)
        .find(|properties| match function(&properties["ResourceId"]) {
            Some(("Fn::Sub", pattern)) => {
                let pattern = pattern.get(0).unwrap_or(pattern);
                pattern
                    .as_str()
                    .is_some_and(|pattern| pattern.contains(&name))
            }
            Some(_) | None => false,
        })
}

/// Shares tasks out as the service's strategy says: each provider has its base first, and the rest goes by weight (Amazon ECS
/// API reference, "CapacityProviderStrategyItem"). Fractions of a task are right on average.
pub(super) fn shared_out(count: f64, properties: &Value) -> Option<Tasks> {
    let mut tasks = Tasks {
        fargate: 0.0,
        spot: 0.0,
        instances: 0.0,
    };
    let strategy = &properties["CapacityProviderStrategy"];
    if strategy.is_null() {
        return by_launch_type(count, properties);
    }
    let strategy = items(strategy)?;
    let field = |provider: &Value, name: &str| match &provider[name] {
        Value::Null => Some(0.0),
        known => number(known),
    };
    let mut rest = count;
    for provider in strategy {
        let base = field(provider, "Base")?.min(rest);
        *place(&mut tasks, provider) += base;
        rest -= base;
    }
    let weights: Option<Vec<f64>> = strategy
        .iter()
        .map(|provider| field(provider, "Weight"))
        .collect();
    let weights = weights?;
    let all: f64 = weights.iter().sum();
    if rest > 0.0 && all <= 0.0 {
        return None;
    }
    for (provider, weight) in strategy.iter().zip(weights) {
        if weight > 0.0 {
            *place(&mut tasks, provider) += rest * weight / all;
        }
    }
    Some(tasks)
}

fn by_launch_type(count: f64, properties: &Value) -> Option<Tasks> {
    let (fargate, instances) = match text(&properties["LaunchType"])?.as_str() {
        "FARGATE" => (count, 0.0),
        "EC2" => (0.0, count),
        _ => return None,
    };
    Some(Tasks {
        fargate,
        spot: 0.0,
        instances,
    })
}

fn place<'a>(tasks: &'a mut Tasks, provider: &Value) -> &'a mut f64 {
    match provider["CapacityProvider"].as_str() {
        Some("FARGATE") => &mut tasks.fargate,
        Some("FARGATE_SPOT") => &mut tasks.spot,
        // A provider of the stack is a reference.
        Some(_) | None => &mut tasks.instances,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tasks_are_shared_out_by_base_and_weight() {
        let own = json!({ "CapacityProvider": { "Ref": "InstanceProvider" }, "Weight": 1 });
        let fargate = json!({ "CapacityProvider": "FARGATE", "Base": 1, "Weight": 1 });
        let spot = json!({ "CapacityProvider": "FARGATE_SPOT", "Weight": "3" });
        let tasks = |fargate, spot, instances| {
            Some(Tasks {
                fargate,
                spot,
                instances,
            })
        };
        let strategy = |list: &[&Value]| json!({ "CapacityProviderStrategy": list });
        for (count, properties, expected) in [
            (2.0, strategy(&[&fargate]), tasks(2.0, 0.0, 0.0)),
            (2.0, strategy(&[&fargate, &spot]), tasks(1.25, 0.75, 0.0)),
            (5.0, strategy(&[&fargate, &spot]), tasks(2.0, 3.0, 0.0)),
            (1.0, strategy(&[&fargate, &spot]), tasks(1.0, 0.0, 0.0)),
            (0.0, strategy(&[&fargate, &spot]), tasks(0.0, 0.0, 0.0)),
            (3.0, strategy(&[&own]), tasks(0.0, 0.0, 3.0)),
            (
                3.0,
                json!({ "LaunchType": "FARGATE" }),
                tasks(3.0, 0.0, 0.0),
            ),
            (3.0, json!({ "LaunchType": "EC2" }), tasks(0.0, 0.0, 3.0)),
            (3.0, json!({}), None),
            (3.0, strategy(&[]), None),
            (
                3.0,
                json!({ "CapacityProviderStrategy": { "Ref": "X" } }),
                None,
            ),
            (
                3.0,
                strategy(&[&json!({ "CapacityProvider": "FARGATE", "Base": { "Ref": "X" } })]),
                None,
            ),
        ] {
            assert_eq!(
                shared_out(count, &properties),
                expected,
                "{count} {properties}"
            );
        }
    }
}
