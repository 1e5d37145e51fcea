//! Who may talk to whom, read from the rules of a template's security groups.

use std::collections::BTreeSet;

use serde_json::Value;

use super::condition::Condition;
use crate::{Resource, Template};

/// Every address there is.
const EVERY_ADDRESS: &str = "0.0.0.0/0";

/// A connection that a rule at one of its ends allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Connection {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) port: u64,
    pub(super) when: Condition,
}

/// The connections of a template, each once.
pub(super) fn all(template: &Template) -> BTreeSet<Connection> {
    let resources = template.resources.values();
    resources
        .flat_map(|resource| match resource.kind {
            "AWS::EC2::SecurityGroupIngress" => allowed(
                template,
                resource,
                &["SourceSecurityGroupId", "SourcePrefixListId", "CidrIp"],
                &["GroupId"],
            ),
            "AWS::EC2::SecurityGroupEgress" => allowed(
                template,
                resource,
                &["GroupId"],
                &[
                    "DestinationSecurityGroupId",
                    "DestinationPrefixListId",
                    "CidrIp",
                ],
            ),
            _ => Vec::new(),
        })
        .collect()
}

/// What a rule allows. Its ends may depend on what is chosen, and then it is one rule of several.
fn allowed(template: &Template, rule: &Resource, from: &[&str], to: &[&str]) -> Vec<Connection> {
    let ends = |names: &[&str]| -> Vec<(Condition, String)> {
        let values = names.iter().map(|name| &rule.properties[*name]);
        let each = values.flat_map(|value| alternatives(template, value));
        each.filter_map(|(when, value)| Some((when, end(value)?)))
            .collect()
    };
    let always = Condition::named(template, rule.condition);
    let mut connections = Vec::new();
    for (from_when, from) in ends(from) {
        for (to_when, to) in ends(to) {
            connections.push(Connection {
                from: from.clone(),
                to,
                port: rule.properties["FromPort"].as_u64().unwrap_or_default(),
                when: Condition::all([always.clone(), from_when.clone(), to_when]),
            });
        }
    }
    connections
}

/// Every value that a property can have, with what has to be chosen for it.
fn alternatives<'a>(template: &Template, value: &'a Value) -> Vec<(Condition, &'a Value)> {
    let Some(choice) = value.get("Fn::If") else {
        return vec![(Condition::always(), value)];
    };
    let holds = Condition::named(template, choice[0].as_str());
    let sides = [
        (holds.clone(), &choice[1]),
        (holds.opposite(template), &choice[2]),
    ];
    let each = sides.into_iter().flat_map(|(when, side)| {
        let inner = alternatives(template, side).into_iter();
        inner.map(move |(inner, value)| (Condition::all([when.clone(), inner]), value))
    });
    each.collect()
}

/// What an end is called, if there is one.
fn end(value: &Value) -> Option<String> {
    if value == EVERY_ADDRESS {
        return Some("the internet".to_owned());
    }
    let name = value["Ref"]
        .as_str()
        .filter(|name| *name != "AWS::NoValue")?;
    Some(match name.strip_suffix("SecurityGroup") {
        Some(group) => group.to_owned(),
        None => format!("`{name}`"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::expression::{choose, equal, only_if, reference};

    #[test]
    fn an_end_that_is_chosen_makes_a_connection_for_each_choice() {
        let mut template = Template::default();
        template.condition("Listed", equal(reference("List"), "yes"));
        let rule = Resource::new(
            "AWS::EC2::SecurityGroupIngress",
            json!({
                "GroupId": reference("SiteSecurityGroup"),
                "FromPort": 443,
                "CidrIp": choose("Listed", reference("AWS::NoValue"), EVERY_ADDRESS.into()),
                "SourcePrefixListId": only_if("Listed", reference("Prefixes")),
            }),
        );
        template.add("Rule", rule);
        let found: Vec<String> = all(&template)
            .into_iter()
            .map(|one| format!("{} -> {} {}: {}", one.from, one.to, one.port, one.when))
            .collect();
        assert_eq!(
            found,
            [
                "`Prefixes` -> Site 443: `List` is `yes`",
                "the internet -> Site 443: `List` is not `yes`",
            ]
        );
    }

    #[test]
    fn every_rule_of_the_data_stack_is_a_connection() {
        let template = crate::data::template();
        let connections = all(&template);
        let rules = template.resources.values().filter(|resource| {
            resource.kind.starts_with("AWS::EC2::SecurityGroup")
                && !resource.properties["GroupId"].is_null()
        });
        for rule in rules {
            let group = end(&rule.properties["GroupId"]).unwrap();
            let port = rule.properties["FromPort"].as_u64().unwrap();
            assert!(
                connections
                    .iter()
                    .any(|one| { (one.from == group || one.to == group) && one.port == port }),
                "{:?}",
                rule.properties
            );
        }
        // Two rules make one connection between groups.
        let between = |from: &str, to: &str| {
            let found = connections
                .iter()
                .filter(|one| one.from == from && one.to == to);
            found.count()
        };
        assert_eq!(between("Balancer", "Service"), 1);
        assert_eq!(between("Service", "Database"), 1);
        assert_eq!(between("Balancer", "Database"), 0);
    }
}
