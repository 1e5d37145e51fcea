//! A service to roll out in tests: what a look at it shows, and what is done about it in a few words.

use std::{num::NonZeroU32, time::Duration};

use super::*;

/// The deployment that is followed, and what it brings.
pub(super) const OURS: &str = "ecs-svc/ours";
pub(super) const NEW: &str = "shop:8";
/// What served before.
pub(super) const OLD: &str = "ecs-svc/old";
pub(super) const PREVIOUS: &str = "shop:7";
/// The deployment that brings `PREVIOUS` back.
pub(super) const BACK: &str = "ecs-svc/back";
/// Somebody else's.
pub(super) const OTHER: &str = "ecs-svc/other";
pub(super) const FOREIGN: &str = "shop:9";

pub(super) const TIMEOUT: u64 = 600;
pub(super) const GRACE: u64 = 300;
pub(super) const SITE: u64 = 20;

pub(super) fn target() -> Target {
    let image = format!("shop@sha256:{}", "5".repeat(64));
    Target {
        deployment: OURS.into(),
        task_definition: NEW.into(),
        previous: PREVIOUS.into(),
        image: image.parse().unwrap(),
        old_events: vec!["old event".into()],
    }
}

pub(super) fn policy() -> Policy {
    Policy {
        limits: Limits {
            timeout: Duration::from_secs(TIMEOUT),
            grace: Duration::from_secs(GRACE),
            site: Duration::from_secs(SITE),
        },
        roll_back: RollBack::Automatically,
        fail_after: NonZeroU32::new(3),
        poll: Duration::from_secs(2),
    }
}

pub(super) fn no_rollback() -> Policy {
    Policy {
        roll_back: RollBack::Never,
        ..policy()
    }
}

pub(super) fn deployment(
    id: &str,
    task_definition: &str,
    status: DeploymentStatus,
    rollout: RolloutState,
) -> Deployment {
    Deployment {
        id: id.into(),
        status,
        rollout: Some(rollout),
        reason: Some(format!("{} is {}", id, rollout.word())),
        task_definition: task_definition.into(),
        counts: Counts::default(),
        failed: 0,
    }
}

pub(super) fn primary(id: &str, task_definition: &str, rollout: RolloutState) -> Deployment {
    deployment(id, task_definition, DeploymentStatus::Primary, rollout)
}

pub(super) fn active(id: &str, task_definition: &str, rollout: RolloutState) -> Deployment {
    deployment(id, task_definition, DeploymentStatus::Active, rollout)
}

pub(super) fn look(deployments: impl Into<Vec<Deployment>>) -> Observation {
    Observation {
        deployments: deployments.into(),
        ..Observation::default()
    }
}

/// Ours has begun, the old one still serves.
pub(super) fn rolling() -> Observation {
    look([
        primary(OURS, NEW, RolloutState::InProgress),
        active(OLD, PREVIOUS, RolloutState::Completed),
    ])
}

/// Ours is all there is.
pub(super) fn complete() -> Observation {
    look([primary(OURS, NEW, RolloutState::Completed)])
}

/// Ours has failed, and is still the latest.
pub(super) fn failed() -> Observation {
    look([
        primary(OURS, NEW, RolloutState::Failed),
        active(OLD, PREVIOUS, RolloutState::Completed),
    ])
}

/// The circuit breaker brings the previous version back.
pub(super) fn going_back() -> Observation {
    look([
        primary(BACK, PREVIOUS, RolloutState::InProgress),
        active(OURS, NEW, RolloutState::Failed),
    ])
}

/// The service is stable again, without us.
pub(super) fn back() -> Observation {
    look([primary(BACK, PREVIOUS, RolloutState::Completed)])
}

/// An answer from before ours began.
pub(super) fn stale() -> Observation {
    look([primary(OLD, PREVIOUS, RolloutState::Completed)])
}

/// Somebody else deploys something else.
pub(super) fn replaced() -> Observation {
    look([
        primary(OTHER, FOREIGN, RolloutState::InProgress),
        active(OURS, NEW, RolloutState::InProgress),
    ])
}

pub(super) fn record(status: ServiceDeploymentStatus) -> ServiceDeployment {
    ServiceDeployment {
        arn: "arn:record".into(),
        status,
        reason: Some(format!("record is {}", status.word())),
    }
}

/// The same look, with ECS's record.
pub(super) fn recorded(observation: Observation, status: ServiceDeploymentStatus) -> Observation {
    Observation {
        service_deployment: Some(record(status)),
        ..observation
    }
}

/// A task of ours that ended by itself.
pub(super) fn stopped_task(id: &str) -> StoppedTask {
    StoppedTask {
        id: id.into(),
        started_by: OURS.into(),
        code: Some(StopCode::EssentialContainerExited),
        reason: Some("Essential container in task exited".into()),
        containers: vec![StoppedContainer {
            name: "wordpress".into(),
            exit_code: Some(78),
            reason: None,
        }],
    }
}

pub(super) fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn site_failed() -> Event {
    Event::SiteFailed {
        reason: "502".into(),
    }
}

pub(super) fn accepted(deployment: &str) -> Event {
    Event::RollbackAccepted {
        deployment: Some(deployment.into()),
    }
}

pub(super) fn refused() -> Event {
    Event::RollbackRefused {
        reason: "too late".into(),
    }
}

/// What is done, without what is said.
pub(super) fn brief(actions: &[Action]) -> String {
    let words = actions.iter().filter_map(|action| {
        Some(match action {
            Action::Say(_) => return None,
            Action::Poll { .. } => "poll".to_owned(),
            Action::FetchLogs(task) => format!("logs({})", task.id),
            Action::CheckSite { .. } => "site".to_owned(),
            Action::StopDeployment { service_deployment } => format!("stop({service_deployment})"),
            Action::UpdateService { task_definition } => format!("update({task_definition})"),
            Action::RecordImage(_) => "record".to_owned(),
            Action::Finish(outcome) => format!("END {}", end(outcome)),
        })
    });
    words.collect::<Vec<_>>().join(" ")
}

fn end(outcome: &Outcome) -> String {
    let undone = |undo: &Undo| match undo {
        Undo::Left => "left",
        Undo::Underway => "underway",
        Undo::Done => "done",
        Undo::Failed { .. } => "undo failed",
    };
    match outcome {
        Outcome::Succeeded => "succeeded".into(),
        Outcome::RolledBack { reason } => format!("rolled back: {reason}"),
        Outcome::Failed { reason, undo } => format!("failed, {}: {reason}", undone(undo)),
        Outcome::TimedOut { undo } => format!("timed out, {}", undone(undo)),
        Outcome::Interrupted { undo } => format!("interrupted, {}", undone(undo)),
        Outcome::Superseded { by } => format!("superseded by {by}"),
        Outcome::CredentialsLost { undo } => format!("no credentials, {}", undone(undo)),
    }
}

/// Follows a script: at this second that happens, and this is done.
#[track_caller]
pub(super) fn check(policy: Policy, script: &[(u64, Event, &str)]) {
    let (mut rollout, first) = Rollout::begin(target(), policy);
    assert_eq!(brief(&first), "poll");
    for (seconds, event, expected) in script {
        let actions = rollout.handle(at(*seconds), event.clone());
        assert_eq!(brief(&actions), *expected, "at {seconds} s, {event:?}");
    }
}
