//! `wpimg infra status`: how the stacks are.

use serde::Serialize;
use wpimg_aws::stacks::StackStatus;
use wpimg_environment::Stack;

use crate::{
    cli::{Format, SiteArgs},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    infra::Site,
    report::{Tone, json_text},
};

/// `wpimg infra status --format json`.
#[derive(Serialize)]
struct StatusDocument {
    schema: &'static str,
    region: String,
    stacks: Vec<StackDocument>,
}

#[derive(Serialize)]
struct StackDocument {
    name: String,
    /// CloudFormation's word, or `ABSENT`.
    status: String,
    reason: Option<String>,
    protected: bool,
    resources: usize,
    /// Those that are not as they should be.
    failed: Vec<FailedDocument>,
}

#[derive(Serialize)]
struct FailedDocument {
    logical_id: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    reason: Option<String>,
}

const ABSENT: &str = "ABSENT";

pub(crate) async fn status(arguments: SiteArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments, context).await?;
    let mut stacks = Vec::new();
    for stack in Stack::ALL {
        stacks.push(look(stack, &site).await?);
    }
    let report = &context.report;
    if context.settings.format == Format::Json {
        report.data(&json_text(&StatusDocument {
            schema: "wpimg/infra-status/1",
            region: site.session.region().to_owned(),
            stacks,
        }))?;
        return Ok(ExitStatus::Success);
    }
    for stack in &stacks {
        let status = StackStatus::new(&stack.status);
        let tone = if status.is_good() {
            Tone::Good
        } else if status.is_in_progress() || stack.status == ABSENT {
            Tone::Notable
        } else {
            Tone::Bad
        };
        let word = report.toned(tone, &stack.status);
        let protected = if stack.protected { ", protected" } else { "" };
        let reason = stack.reason.as_deref().unwrap_or_default();
        report.data(&format!(
            "{}  {word}  {} resources{protected}  {reason}",
            stack.name, stack.resources
        ))?;
        for failed in &stack.failed {
            let FailedDocument {
                logical_id, kind, ..
            } = failed;
            let status = report.toned(Tone::Bad, &failed.status);
            let reason = failed.reason.as_deref().unwrap_or_default();
            report.data(&format!("  {logical_id} ({kind})  {status}  {reason}"))?;
        }
    }
    Ok(ExitStatus::Success)
}

async fn look(stack: Stack, site: &Site) -> Result<StackDocument, crate::error_report::Failure> {
    let name = site.stack(stack);
    let stacks = site.session.stacks();
    let Some(found) = stacks.stack(&name).await? else {
        return Ok(StackDocument {
            name,
            status: ABSENT.to_owned(),
            reason: None,
            protected: false,
            resources: 0,
            failed: Vec::new(),
        });
    };
    let resources = stacks.resources(&name).await?;
    let failed = resources
        .iter()
        .filter(|resource| resource.status.ends_with("_FAILED"));
    Ok(StackDocument {
        name,
        status: found.status.to_string(),
        reason: found.reason,
        protected: found.is_protected,
        resources: resources.len(),
        failed: failed
            .map(|resource| FailedDocument {
                logical_id: resource.logical_id.clone(),
                kind: resource.kind.clone(),
                status: resource.status.clone(),
                reason: resource.reason.clone(),
            })
            .collect(),
    })
}
