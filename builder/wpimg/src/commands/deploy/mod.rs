//! `wpimg deploy`, `wpimg rollback` and `wpimg abort`.

mod abort;
mod request;
mod roll;
mod rollback;

pub(crate) use abort::abort;
pub(crate) use rollback::rollback;

use wpimg_registry::{Reference, Registry};
use wpimg_rollout::{
    task_definition::difference,
    verify::{Needs, Problem, verify},
};

use crate::{
    cli::{DeployArgs, PatienceArgs},
    commands::{Context, build},
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    registries,
    release::{self, CONTAINER, Live, LogPlace, ReleaseError, Voice},
};

pub(crate) async fn deploy(arguments: DeployArgs, context: &Context) -> CommandResult {
    let mut live = Live::open(&arguments.site, context).await?;
    let report = &context.report;
    let voice = Voice::new(report, context.settings.format);
    refuse_unfinished(&live)?;
    let repository = live.output("Repository")?;
    let profile = live.site.environment.profile();
    let registry = registries::open_as(&context.environment, profile)?;
    let name = match &arguments.image {
        Some(name) => name.clone(),
        None => {
            let digest = build(&live, &arguments, (&repository, &registry), context).await?;
            // Somebody else may have deployed while this was building.
            live = Live::open(&arguments.site, context).await?;
            digest
        }
    };
    let image = release::find(&name, &repository, &registry).await?;
    let commit = arguments
        .commit
        .as_ref()
        .or(context.environment.commit.as_ref());
    let settings = request::settings(&arguments)?;
    let next = live
        .task_definition
        .with_image(CONTAINER, &image.pinned)
        .and_then(|next| next.with_settings(&settings))
        .map_err(ReleaseError::from)?
        .with_origin(&image.pinned, commit.map(String::as_str));
    let needs = Needs::of(&next);
    let facts = Box::pin(release::facts(&live, &needs, &image)).await?;
    let verdict = verify(&needs, &facts);
    let changes = difference(&live.task_definition, &next);
    voice.changes(&changes)?;
    for unchecked in &verdict.unchecked {
        report.detail(&unchecked.to_string());
    }
    if !verdict.is_clear() {
        return Err(ReleaseError::Refused {
            problems: verdict.problems.iter().map(ToString::to_string).collect(),
            remedies: verdict.problems.iter().map(Problem::remedy).collect(),
        }
        .into());
    }
    if arguments.plan {
        return Ok(if changes.is_empty() {
            ExitStatus::Success
        } else {
            ExitStatus::Different
        });
    }
    confirm(&live, &arguments.patience, context).await?;
    let services = live.services();
    let registered = services.register(&next).await?;
    let arn = registered.arn().unwrap_or_default().to_owned();
    if arguments.set_up_database || release::is_first(&live) {
        release::set_up(&live, &arn, LogPlace::of(&next, CONTAINER), context).await?;
    }
    let count = request::count(&live, arguments.count);
    roll::roll(
        &live,
        roll::Roll {
            task_definition: arn,
            image: image.pinned,
            count,
            is_new: true,
        },
        &arguments.patience,
        context,
    )
    .await
}

/// A stack that CloudFormation is at work on, or could not bring back, changes the service by itself.
fn refuse_unfinished(live: &Live) -> Result<(), ReleaseError> {
    let status = &live.stack.status;
    if !status.is_in_progress() && !status.is_stuck() {
        return Ok(());
    }
    Err(ReleaseError::Refused {
        problems: vec![format!("stack `{}` is in {status}", live.stack.name)],
        remedies: vec![
            "`wpimg infra apply` waits for it, or mends it; then deploy again".to_owned(),
        ],
    })
}

/// Builds for what the tasks run on, and pushes.
async fn build(
    live: &Live,
    arguments: &DeployArgs,
    (repository, registry): (&str, &Registry),
    context: &Context,
) -> Result<String, Failure> {
    let (os, architecture) = live.task_definition.platform();
    let platform = format!("{os}/{architecture}");
    let reference: Reference = repository.parse()?;
    let to = (reference.repository(), registry);
    build::for_release(arguments.site.recipe.clone(), platform, to, context).await
}

/// Asks at a terminal. Elsewhere nobody is asked: what is done can be taken back.
async fn confirm(
    live: &Live,
    patience: &PatienceArgs,
    context: &Context,
) -> Result<(), ReleaseError> {
    if patience.yes {
        return Ok(());
    }
    let question = format!(
        "Deploy to `{}` in {}?",
        live.site.name(),
        live.session().region()
    );
    match context.report.confirm(&question).await {
        Some(true) | None => Ok(()),
        Some(false) => Err(ReleaseError::Declined),
    }
}
