//! `wpimg status`: the service on one screen.

use serde::Serialize;
use wpimg_rollout::rollout::{DeploymentStatus, RolloutState};

use crate::{
    cli::{Format, StatusArgs},
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    release::{CONTAINER, Live},
    report::{Tone, json_text},
};

/// How many of the service's events are shown.
const EVENTS: usize = 5;

/// `wpimg status --format json`.
#[derive(Serialize)]
struct StatusDocument {
    schema: &'static str,
    site: String,
    region: String,
    address: Option<String>,
    service: String,
    status: String,
    capacity: String,
    desired: u32,
    running: u32,
    pending: u32,
    revision: String,
    image: Option<String>,
    commit: Option<String>,
    deployments: Vec<DeploymentDocument>,
    tasks: Vec<TaskDocument>,
    targets: Vec<TargetDocument>,
    events: Vec<String>,
}

#[derive(Serialize)]
struct DeploymentDocument {
    id: String,
    /// `PRIMARY` is the one that the service is to become.
    status: &'static str,
    rollout: Option<&'static str>,
    reason: Option<String>,
    revision: String,
    desired: u32,
    running: u32,
    pending: u32,
    failed: u32,
}

#[derive(Serialize)]
struct TaskDocument {
    id: String,
    status: String,
    health: String,
    revision: String,
    /// Seconds since 1970.
    started: Option<i64>,
}

#[derive(Serialize)]
struct TargetDocument {
    target: String,
    state: String,
    reason: Option<String>,
}

pub(crate) async fn status(arguments: StatusArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let document = look(&live).await?;
    match context.settings.format {
        Format::Json => context.report.data(&json_text(&document))?,
        Format::Text => show(&document, context)?,
    }
    Ok(ExitStatus::Success)
}

async fn look(live: &Live) -> Result<StatusDocument, Failure> {
    let service = &live.service;
    let (cluster, name) = live.place();
    let tasks = live.services().tasks(cluster, name).await?;
    let mut targets = Vec::new();
    for group in &service.target_groups {
        targets.extend(live.session().balancers().health(group).await?);
    }
    let container = live
        .task_definition
        .containers()
        .find(|container| container.name() == CONTAINER);
    let commit = live
        .task_definition
        .tags()
        .find(|(key, _)| *key == "wpimg:commit");
    Ok(StatusDocument {
        schema: "wpimg/status/1",
        site: live.site.name().to_owned(),
        region: live.session().region().to_owned(),
        address: live.output("Address").ok(),
        service: service.name.clone(),
        status: service.status.clone(),
        capacity: service.capacity.clone(),
        desired: service.counts.desired,
        running: service.counts.running,
        pending: service.counts.pending,
        revision: short(&service.task_definition),
        image: container.map(|container| container.image().to_owned()),
        commit: commit.map(|(_, commit)| commit.to_owned()),
        deployments: service
            .deployments
            .iter()
            .map(|deployment| DeploymentDocument {
                id: deployment.id.clone(),
                status: deployment.status.word(),
                rollout: deployment.rollout.map(RolloutState::word),
                reason: deployment.reason.clone(),
                revision: short(&deployment.task_definition),
                desired: deployment.counts.desired,
                running: deployment.counts.running,
                pending: deployment.counts.pending,
                failed: deployment.failed,
            })
            .collect(),
        tasks: tasks
            .iter()
            .map(|task| TaskDocument {
                id: task.id().to_owned(),
                status: task.status.clone(),
                health: task.health.clone(),
                revision: short(&task.task_definition),
                started: task.started,
            })
            .collect(),
        targets: targets
            .into_iter()
            .map(|health| TargetDocument {
                target: health.target,
                state: health.state,
                reason: health.reason,
            })
            .collect(),
        events: service
            .events
            .iter()
            .take(EVENTS)
            .map(|event| event.message.clone())
            .collect(),
    })
}

fn show(document: &StatusDocument, context: &Context) -> Result<(), Failure> {
    let report = &context.report;
    let line = |label: &str, text: &str| report.data(&format!("{label:<11} {text}"));
    let StatusDocument {
        site,
        region,
        running,
        desired,
        pending,
        ..
    } = document;
    let tone = if running >= desired && *desired > 0 {
        Tone::Good
    } else {
        Tone::Notable
    };
    line("Site", &format!("{site} in {region}"))?;
    if let Some(address) = &document.address {
        line("Address", address)?;
    }
    let counts = report.toned(tone, &format!("{running} of {desired} tasks run"));
    line(
        "Service",
        &format!(
            "{}  {counts}, {pending} pending  {}",
            document.status, document.capacity
        ),
    )?;
    if let Some(image) = &document.image {
        line("Image", image)?;
    }
    if let Some(commit) = &document.commit {
        line("Commit", commit)?;
    }
    for deployment in &document.deployments {
        let state = deployment.rollout.unwrap_or(deployment.status);
        let tone = match (deployment.rollout, deployment.status) {
            (Some("COMPLETED"), _) => Tone::Good,
            (Some("FAILED"), _) => Tone::Bad,
            (_, status) if status == DeploymentStatus::Primary.word() => Tone::Notable,
            _ => Tone::Quiet,
        };
        let reason = deployment.reason.as_deref().unwrap_or_default();
        let text = format!(
            "{} {}  {}  {} of {} run, {} failed  {reason}",
            deployment.status,
            report.toned(tone, state),
            deployment.revision,
            deployment.running,
            deployment.desired,
            deployment.failed,
        );
        line("Deployment", text.trim_end())?;
    }
    for task in &document.tasks {
        let text = format!(
            "{}  {}  {}  {}",
            task.id, task.status, task.health, task.revision
        );
        line("Task", &text)?;
    }
    for target in &document.targets {
        let tone = match target.state.as_str() {
            "healthy" => Tone::Good,
            "unhealthy" => Tone::Bad,
            _ => Tone::Notable,
        };
        let reason = target.reason.as_deref().unwrap_or_default();
        let text = format!(
            "{}  {}  {reason}",
            target.target,
            report.toned(tone, &target.state)
        );
        line("Target", text.trim_end())?;
    }
    for event in &document.events {
        line("Event", event)?;
    }
    Ok(())
}

fn short(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}
