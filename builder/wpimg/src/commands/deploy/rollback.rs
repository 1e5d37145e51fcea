//! `wpimg rollback`: an earlier revision serves again.

use wpimg_rollout::task_definition::{TaskDefinition, difference};

use super::{confirm, refuse_unfinished, roll};
use crate::{
    cli::RollbackArgs,
    commands::Context,
    error_report::{CommandResult, Failure},
    infra::NO_IMAGE,
    release::{CONTAINER, Live, ReleaseError, Voice},
};

pub(crate) async fn rollback(arguments: RollbackArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    refuse_unfinished(&live)?;
    let next = revision(&live, arguments.to.as_deref()).await?;
    let image = image(&next).parse().map_err(ReleaseError::from)?;
    let changes = difference(&live.task_definition, &next);
    Voice::new(&context.report, context.settings.format).changes(&changes)?;
    confirm(&live, &arguments.patience, context).await?;
    let to = roll::Roll {
        task_definition: next.arn().unwrap_or_default().to_owned(),
        image,
        count: None,
        is_new: false,
    };
    roll::roll(&live, to, &arguments.patience, context).await
}

/// The revision of that number, or the newest one that is older than what runs and brings another image. Revisions that
/// failed are not there any more: `wpimg deploy` takes them back.
async fn revision(live: &Live, asked: Option<&str>) -> Result<TaskDefinition, Failure> {
    let family = live.task_definition.family();
    let running = live.service.task_definition.as_str();
    let services = live.services();
    let all = services.revisions(family).await?;
    if let Some(asked) = asked {
        let bare = asked.strip_prefix(family).unwrap_or(asked);
        let bare = bare.strip_prefix(':').unwrap_or(bare);
        let found = all.iter().find(|arn| number(arn) == Some(bare));
        let found = found.ok_or_else(|| ReleaseError::NoRevision {
            family: family.to_owned(),
            revision: asked.to_owned(),
            known: all
                .iter()
                .filter_map(|arn| Some(number(arn)?.to_owned()))
                .collect(),
        })?;
        if found == running {
            return Err(ReleaseError::RunsAlready {
                revision: bare.to_owned(),
            }
            .into());
        }
        return Ok(services.task_definition(found).await?);
    }
    let runs = image(&live.task_definition);
    for arn in all.iter().skip_while(|arn| *arn != running).skip(1) {
        let older = services.task_definition(arn).await?;
        let brings = image(&older);
        if brings != runs && brings != NO_IMAGE {
            return Ok(older);
        }
    }
    Err(ReleaseError::NothingBefore {
        running: running.rsplit('/').next().unwrap_or(running).to_owned(),
    }
    .into())
}

fn image(definition: &TaskDefinition) -> &str {
    let mut containers = definition.containers();
    let container = containers.find(|container| container.name() == CONTAINER);
    container.map_or("", |container| container.image())
}

fn number(arn: &str) -> Option<&str> {
    arn.rsplit_once(':').map(|(_, number)| number)
}
