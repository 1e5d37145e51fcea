//! From the first touch of the service to the exit status.

use std::time::Duration;

use thiserror::Error;
use wpimg_rollout::{
    PinnedImage,
    exit_code::DeployExit,
    rollout::{Limits, Outcome, Policy, RollBack, Target, Undo},
};

use crate::{
    cli::PatienceArgs,
    commands::Context,
    error_report::{CommandResult, Failure, Hint},
    exit_status::ExitStatus,
    github,
    interrupts::Interrupts,
    release::{Following, Live, ReleaseError, SiteQuestion, Voice, follow, is_first},
};

/// For a rollback to end, and for the end to be recorded.
const GRACE: Duration = Duration::from_mins(15);

/// For a site that does not answer although its tasks run.
const SITE: Duration = Duration::from_mins(1);

/// What the service is to become.
pub(super) struct Roll {
    /// ARN of the revision.
    pub(super) task_definition: String,
    pub(super) image: PinnedImage,
    pub(super) count: Option<u32>,
    /// Whether the revision was made for this, so that it is of no use if it fails.
    pub(super) is_new: bool,
}

/// A deployment that did not come to the end it should.
#[derive(Debug, Error)]
#[error("{outcome}")]
struct Ended {
    outcome: Outcome,
}

impl Hint for Ended {
    fn hint(&self) -> Option<String> {
        self.outcome.hint().map(str::to_owned)
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Deployment(DeployExit::from(&self.outcome))
    }
}

pub(super) async fn roll(
    live: &Live,
    roll: Roll,
    patience: &PatienceArgs,
    context: &Context,
) -> CommandResult {
    let voice = Voice::new(&context.report, context.settings.format);
    let question = if patience.no_check {
        None
    } else {
        SiteQuestion::of(live, context)?
    };
    // From here on a signal takes back what it interrupts.
    let interrupts = Interrupts::listen();
    let updated = live
        .services()
        .update(live.place(), Some(&roll.task_definition), roll.count)
        .await?;
    let deployment = updated
        .primary()
        .filter(|primary| primary.task_definition == roll.task_definition)
        .map(|primary| primary.id.clone())
        .ok_or_else(|| ReleaseError::NoDeployment {
            service: updated.name.clone(),
        })?;
    let image = roll.image.to_string();
    voice.begun((&deployment, &roll.task_definition, &image))?;
    let following = Following {
        cluster: live.service.cluster.clone(),
        service: live.service.name.clone(),
        deployment: deployment.clone(),
        task_definition: roll.task_definition.clone(),
        count_before: roll.count.map(|_| live.service.counts.desired),
        image_parameter: live.site.environment.image_parameter(),
        log: live.log(),
        question,
    };
    let old_events = live.service.events.iter().map(|event| event.id.clone());
    let (is_new, arn) = (roll.is_new, roll.task_definition.clone());
    let target = Target {
        deployment,
        task_definition: roll.task_definition,
        previous: live.service.task_definition.clone(),
        image: roll.image,
        old_events: old_events.collect(),
    };
    let outcome = follow(
        live,
        following,
        (target, policy(patience)),
        (&voice, interrupts),
    )
    .await?;
    if is_first(live) && was_taken_back(&outcome) {
        stop_first(live, context).await;
    }
    if is_new && matches!(outcome, Outcome::RolledBack { .. }) {
        // No rollback is to go to a revision that has failed. That it stays is no harm to what serves.
        let _ = live.services().deregister(&arn).await;
    }
    let exit = DeployExit::from(&outcome);
    voice.ended(&outcome, exit.code())?;
    if outcome != Outcome::Succeeded {
        return Err(Ended { outcome }.into());
    }
    github::write_outputs(&[("image", &image)], &context.environment)?;
    Ok(ExitStatus::Success)
}

/// Whether somebody has asked for the way back, wherever it has led. What was left as it is, or serves and is only not
/// recorded, or is another one's by now, stays.
fn was_taken_back(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::RolledBack { .. } => true,
        Outcome::Failed { undo, .. }
        | Outcome::TimedOut { undo }
        | Outcome::Interrupted { undo } => match undo {
            Undo::Left => false,
            Undo::Underway | Undo::Done | Undo::Failed { .. } => true,
        },
        Outcome::Succeeded | Outcome::Superseded { .. } | Outcome::CredentialsLost { .. } => false,
    }
}

/// Before the first image there is nothing to go back to but no tasks: ECS would try for ever to run what has none.
async fn stop_first(live: &Live, context: &Context) {
    match live.services().update(live.place(), None, Some(0)).await {
        Ok(_) => context
            .report
            .status("Stopped", "all tasks: no version has served before"),
        Err(error) => {
            let error = Failure::from(error).chain().join(": ");
            context
                .report
                .warning(&format!("the tasks go on being tried: {error}"));
        }
    }
}

fn policy(patience: &PatienceArgs) -> Policy {
    Policy {
        limits: Limits {
            timeout: patience.timeout,
            grace: GRACE,
            site: SITE,
        },
        roll_back: if patience.no_rollback {
            RollBack::Never
        } else {
            RollBack::Automatically
        },
        fail_after: patience.fail_after,
        poll: patience.poll,
    }
}
