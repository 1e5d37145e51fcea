//! What a change costs: an estimate, from list prices of a day.

use std::collections::BTreeMap;

use wpimg_environment::Stack;
use wpimg_plan::{
    cost::{Assumptions, CostChange, Version},
    evaluate::{Inputs, exports, read},
};

use super::{Site, State, Wanted, wanted};
use crate::{error_report::Failure, report::Report};

/// What the stack costs a month now and then. That it cannot be said is a warning: nobody's change hangs on it.
pub(crate) async fn cost(
    stack: Stack,
    site: &Site,
    (state, wanted): (&State, &Wanted),
    report: &Report,
) -> Option<CostChange> {
    match estimated(stack, site, state, wanted).await {
        Ok(change) => Some(change),
        Err(failure) => {
            report.warning(&format!(
                "no estimate of costs: {}",
                failure.chain().join(": ")
            ));
            None
        }
    }
}

async fn estimated(
    stack: Stack,
    site: &Site,
    state: &State,
    wanted: &Wanted,
) -> Result<CostChange, Failure> {
    let inputs = |parameters: &BTreeMap<String, String>, exports| Inputs {
        parameters: parameters.clone(),
        exports,
        region: site.session.region().to_owned(),
        stack: Some(site.stack(stack)),
    };
    let stacks = site.session.stacks();
    let deployed = match state {
        State::Present(found) => Some((
            stacks.template(&found.name).await?,
            inputs(&found.parameters, exported_now(stack, site).await?),
        )),
        State::Absent | State::Failed(_) | State::Stuck(_) | State::Busy(_) => None,
    };
    let then = inputs(&wanted.parameters, exported_then(stack, site)?);
    let deployed = deployed
        .as_ref()
        .map(|(template, inputs)| Version { template, inputs });
    let wanted = Version {
        template: &wanted.template,
        inputs: &then,
    };
    Ok(CostChange::of(deployed, wanted, &Assumptions::default())?)
}

/// What the data stack tells the app stack now.
async fn exported_now(stack: Stack, site: &Site) -> Result<BTreeMap<String, String>, Failure> {
    if stack == Stack::Data {
        return Ok(BTreeMap::new());
    }
    let name = site.stack(Stack::Data);
    let found = site.session.stacks().stack(&name).await?;
    let outputs = found.map(|stack| stack.outputs).unwrap_or_default();
    let exports = outputs
        .into_iter()
        .map(|(output, value)| (format!("{name}-{output}"), value));
    Ok(exports.collect())
}

/// What it is going to tell.
fn exported_then(stack: Stack, site: &Site) -> Result<BTreeMap<String, String>, Failure> {
    if stack == Stack::Data {
        return Ok(BTreeMap::new());
    }
    let data = wanted(Stack::Data, site, None);
    let inputs = Inputs {
        parameters: data.parameters,
        exports: BTreeMap::new(),
        region: site.session.region().to_owned(),
        stack: Some(site.stack(Stack::Data)),
    };
    Ok(exports(&read(&data.template)?, &inputs)?)
}
