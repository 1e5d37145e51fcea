//! `wpimg revisions`: what the site can go back to.

use serde::Serialize;

use crate::{
    cli::{Format, RevisionsArgs},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    release::{CONTAINER, Live},
    report::{Tone, json_text, units::count},
};

/// How many are listed: each is a question to ECS.
const SHOWN: usize = 20;

/// `wpimg revisions --format json`.
#[derive(Serialize)]
struct RevisionsDocument {
    schema: &'static str,
    revisions: Vec<RevisionDocument>,
}

#[derive(Serialize)]
struct RevisionDocument {
    revision: String,
    arn: String,
    running: bool,
    image: Option<String>,
    commit: Option<String>,
}

pub(crate) async fn revisions(arguments: RevisionsArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let services = live.services();
    let mut all = services.revisions(live.task_definition.family()).await?;
    // What tasks still run stays too, and what CloudFormation would go back to.
    let made = live.session().stacks().resources(&live.stack.name).await?;
    let deployments = live.service.deployments.iter();
    let used: Vec<&str> = deployments
        .map(|deployment| deployment.task_definition.as_str())
        .chain(made.iter().filter_map(|made| made.physical_id.as_deref()))
        .collect();
    if let Some(keep) = arguments.keep {
        let old = all.split_off(keep.get().min(all.len()));
        let (kept, old): (Vec<_>, Vec<_>) = old
            .into_iter()
            .partition(|arn| used.contains(&arn.as_str()) || *arn == live.service.task_definition);
        for arn in &old {
            services.deregister(arn).await?;
        }
        all.extend(kept);
        let message = count(old.len(), "revision");
        context.report.status("Took back", &message);
    }
    let mut documents = Vec::new();
    for arn in all.iter().take(SHOWN) {
        let definition = services.task_definition(arn).await?;
        let container = definition
            .containers()
            .find(|container| container.name() == CONTAINER);
        let commit = definition.tags().find(|(key, _)| *key == "wpimg:commit");
        documents.push(RevisionDocument {
            revision: arn.rsplit(':').next().unwrap_or_default().to_owned(),
            arn: arn.clone(),
            running: *arn == live.service.task_definition,
            image: container.map(|container| container.image().to_owned()),
            commit: commit.map(|(_, commit)| commit.to_owned()),
        });
    }
    let report = &context.report;
    if context.settings.format == Format::Json {
        report.data(&json_text(&RevisionsDocument {
            schema: "wpimg/revisions/1",
            revisions: documents,
        }))?;
        return Ok(ExitStatus::Success);
    }
    for document in &documents {
        let image = document.image.as_deref().unwrap_or_default();
        let commit = document.commit.as_deref().unwrap_or_default();
        let number = format!("{:>5}", document.revision);
        let (number, mark) = if document.running {
            (report.toned(Tone::Good, &number), "runs")
        } else {
            (number, "    ")
        };
        report.data(format!("{number}  {mark}  {image}  {commit}").trim_end())?;
    }
    Ok(ExitStatus::Success)
}
