//! The facts that could make a release fail, before anything is touched.

use std::collections::BTreeMap;

use wpimg_aws::{AwsError, cause::Cause};
use wpimg_environment::Stack;
use wpimg_rollout::verify::{Facts, Found as Fact, Needs, Role};

use super::{Found, Live};
use crate::error_report::Failure;

/// Asks for all that `needs` names. What may not be asked is unknown, which stops no release.
pub(crate) async fn facts(live: &Live, needs: &Needs, image: &Found) -> Result<Facts, Failure> {
    let (cluster, service) = live.place();
    let services = live.services();
    let (app, data, record, groups) = tokio::join!(
        made_by(live, Stack::App),
        made_by(live, Stack::Data),
        services.last_record(cluster, service),
        groups(live, needs),
    );
    let roles = needs
        .roles
        .iter()
        .filter_map(|role| Some((role.clone(), role_fact(role, app.as_ref()?)?)));
    let subnets = live
        .service
        .network
        .iter()
        .flat_map(|network| &network.subnets);
    let subnets =
        subnets.filter_map(|subnet| Some((subnet.clone(), subnet_fact(subnet, data.as_ref()?)?)));
    Ok(Facts {
        images: BTreeMap::from([(image.pinned.to_string(), image.facts())]),
        roles: roles.collect(),
        secrets: BTreeMap::new(),
        log_groups: groups,
        subnets: subnets.collect(),
        deployments: live.service.deployments.clone(),
        // Where there is no such API, the deployments have to do.
        service_deployment: record.ok().flatten(),
    })
}

/// What a stack has made and not deleted, by physical id; nothing where it may not be asked.
async fn made_by(live: &Live, stack: Stack) -> Option<Vec<String>> {
    let name = live.site.stack(stack);
    let resources = live.session().stacks().resources(&name).await.ok()?;
    let there = resources
        .into_iter()
        .filter(|resource| !resource.status.starts_with("DELETE"));
    Some(there.filter_map(|resource| resource.physical_id).collect())
}

/// A role of the stack is there and trusts ECS, as the template says. Of others nothing is known.
fn role_fact(role: &Role, made: &[String]) -> Option<Fact> {
    let name = role.arn.rsplit('/').next()?;
    made.iter().any(|id| id == name).then_some(Fact::Usable)
}

fn subnet_fact(subnet: &str, made: &[String]) -> Option<Fact> {
    made.iter().any(|id| id == subnet).then_some(Fact::Usable)
}

async fn groups(live: &Live, needs: &Needs) -> BTreeMap<String, Fact> {
    let logs = live.session().logs();
    let mut facts = BTreeMap::new();
    for group in &needs.log_groups {
        let fact = match logs.has_group(group).await {
            Ok(true) => Fact::Usable,
            Ok(false) => Fact::Missing,
            Err(AwsError { action, cause, .. }) => Fact::Unknown {
                reason: match cause {
                    Cause::Denied(_) => format!("`{action}` is not permitted"),
                    cause => cause.to_string(),
                },
            },
        };
        facts.insert(group.clone(), fact);
    }
    facts
}
