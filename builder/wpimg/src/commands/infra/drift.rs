//! `wpimg infra drift`: what somebody has changed behind the stacks' back.

use serde::Serialize;
use wpimg_aws::stacks::Drift;
use wpimg_environment::Stack;

use crate::{
    cli::{Format, SiteArgs},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    infra::Site,
    report::{Tone, json_text},
};

/// One stack of `wpimg infra drift --format json`, a line each.
#[derive(Serialize)]
struct DriftDocument<'a> {
    schema: &'static str,
    stack: &'a str,
    incomplete: Option<&'a str>,
    resources: Vec<DriftedDocument<'a>>,
}

#[derive(Serialize)]
struct DriftedDocument<'a> {
    logical_id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    status: &'a str,
    differences: Vec<DifferenceDocument<'a>>,
}

#[derive(Serialize)]
struct DifferenceDocument<'a> {
    path: &'a str,
    expected: &'a str,
    actual: &'a str,
}

pub(crate) async fn drift(arguments: SiteArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments, context).await?;
    let stacks = site.session.stacks();
    let (mut is_drifted, mut is_incomplete) = (false, false);
    for stack in Stack::ALL {
        let name = site.stack(stack);
        if stacks.stack(&name).await?.is_none() {
            return Err(site.no_stack(stack).into());
        }
        context
            .report
            .status("Comparing", &format!("`{name}` with what is there"));
        let drift = without_deployments(stacks.drift(&name).await?);
        is_drifted |= !drift.drifted.is_empty();
        is_incomplete |= drift.incomplete.is_some();
        show(&name, &drift, context)?;
    }
    Ok(if is_drifted {
        ExitStatus::Different
    } else if is_incomplete {
        ExitStatus::Failure
    } else {
        ExitStatus::Success
    })
}

/// What deployments and scaling change about the service is their business.
fn without_deployments(mut drift: Drift) -> Drift {
    for resource in &mut drift.drifted {
        if resource.kind == "AWS::ECS::Service" {
            let theirs = ["/TaskDefinition", "/DesiredCount"];
            resource
                .differences
                .retain(|(path, _, _)| !theirs.contains(&path.as_str()));
        }
    }
    drift
        .drifted
        .retain(|resource| resource.status == "DELETED" || !resource.differences.is_empty());
    drift
}

fn show(name: &str, drift: &Drift, context: &Context) -> Result<(), crate::error_report::Failure> {
    let report = &context.report;
    if context.settings.format == Format::Json {
        report.data(&json_text(&document(name, drift)))?;
        return Ok(());
    }
    if let Some(reason) = &drift.incomplete {
        report.warning(&format!("some of `{name}` was not looked at: {reason}"));
    }
    if drift.drifted.is_empty() && drift.incomplete.is_none() {
        report.data(&format!("{name}: as it was made"))?;
    }
    for resource in &drift.drifted {
        let status = report.toned(Tone::Notable, &resource.status);
        let (id, kind) = (&resource.logical_id, &resource.kind);
        report.data(&format!("{name}: {id} ({kind})  {status}"))?;
        for (path, expected, actual) in &resource.differences {
            report.data(&format!("  {path} should be `{expected}`, is `{actual}`"))?;
        }
    }
    Ok(())
}

fn document<'a>(stack: &'a str, drift: &'a Drift) -> DriftDocument<'a> {
    let resources = drift.drifted.iter().map(|resource| DriftedDocument {
        logical_id: &resource.logical_id,
        kind: &resource.kind,
        status: &resource.status,
        differences: resource
            .differences
            .iter()
            .map(|(path, expected, actual)| DifferenceDocument {
                path,
                expected,
                actual,
            })
            .collect(),
    });
    DriftDocument {
        schema: "wpimg/infra-drift/1",
        stack,
        incomplete: drift.incomplete.as_deref(),
        resources: resources.collect(),
    }
}
