//! What an observation means for the deployment that is followed.
//!
//! ECS's own record of the deployment is believed first. Without it the deployments of the service have to do, and they can be
//! read in two ways: an answer may be older than the one before it (ECS API reference, "eventual consistency"), and a rollback
//! looks like somebody's deployment of the previous version.

use super::{
    observation::{Deployment, ServiceDeployment, find, is_settled, primary},
    status::{RolloutState, ServiceDeploymentStatus},
    target::Target,
};

/// How a deployment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Underway,
    /// All that ECS has to do is done; the site has not been asked yet.
    Complete,
    /// ECS brings the previous version back.
    RollingBack {
        reason: String,
    },
    RolledBack {
        reason: String,
    },
    RollbackFailed {
        reason: String,
    },
    /// ECS has given up, and leaves everything as it is.
    Failed {
        reason: String,
    },
    /// Somebody has stopped it, and left everything as it is.
    Stopped {
        reason: String,
    },
    /// Another deployment is primary.
    Replaced {
        by: String,
    },
}

/// Whether one look is enough to believe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Certain,
    /// A look at the wrong moment shows the same.
    Doubtful,
}

/// `record` is the last that was seen of ECS's record.
pub(super) fn judge(
    target: &Target,
    deployments: &[Deployment],
    record: Option<&ServiceDeployment>,
) -> (Verdict, Certainty) {
    use ServiceDeploymentStatus as Status;

    let Some(record) = record else {
        return by_deployments(target, deployments, None);
    };
    let reason = || reason(record.reason.as_ref(), target, deployments);
    let verdict = match record.status {
        Status::RollbackRequested | Status::RollbackInProgress => {
            Verdict::RollingBack { reason: reason() }
        }
        Status::RollbackSuccessful => Verdict::RolledBack { reason: reason() },
        Status::RollbackFailed => Verdict::RollbackFailed { reason: reason() },
        Status::Stopped => return stopped(target, deployments, reason()),
        Status::Pending | Status::InProgress | Status::StopRequested | Status::Successful => {
            return by_deployments(target, deployments, Some(record.status));
        }
    };
    (verdict, Certainty::Certain)
}

/// A deployment is stopped when another one begins, when somebody stops it, or when it fails and is to be left as it is.
fn stopped(target: &Target, deployments: &[Deployment], reason: String) -> (Verdict, Certainty) {
    match primary(deployments) {
        Some(other) if other.id != target.deployment => {
            let by = other.id.clone();
            (Verdict::Replaced { by }, Certainty::Certain)
        }
        // The one that has replaced it may not be in this answer yet.
        Some(ours) if ours.rollout == Some(RolloutState::Failed) => {
            (Verdict::Failed { reason }, Certainty::Doubtful)
        }
        Some(_) | None => (Verdict::Stopped { reason }, Certainty::Doubtful),
    }
}

fn by_deployments(
    target: &Target,
    deployments: &[Deployment],
    status: Option<ServiceDeploymentStatus>,
) -> (Verdict, Certainty) {
    let ours = find(deployments, &target.deployment);
    let has_failed = ours.is_some_and(|ours| ours.rollout == Some(RolloutState::Failed));
    let reason = || reason(None, target, deployments);
    let Some(primary) = primary(deployments) else {
        return (Verdict::Underway, Certainty::Certain);
    };
    if primary.id == target.deployment {
        return if has_failed {
            // The circuit breaker says so a moment before its rollback is there to be seen.
            (Verdict::Failed { reason: reason() }, Certainty::Doubtful)
        } else if is_settled(primary, deployments) && may_be_over(status) {
            (Verdict::Complete, Certainty::Certain)
        } else {
            (Verdict::Underway, Certainty::Certain)
        };
    }
    if has_failed {
        return (
            Verdict::RollingBack { reason: reason() },
            Certainty::Certain,
        );
    }
    // Where there is a record, a rollback would be in it.
    let is_previous = status.is_none()
        && primary.task_definition == target.previous
        && target.previous != target.task_definition;
    let verdict = if is_previous {
        Verdict::RollingBack {
            reason: "the previous version was brought back meanwhile".to_owned(),
        }
    } else {
        Verdict::Replaced {
            by: primary.id.clone(),
        }
    };
    (verdict, Certainty::Doubtful)
}

/// A deployment that bakes looks complete, and is still to be judged by its alarms.
fn may_be_over(status: Option<ServiceDeploymentStatus>) -> bool {
    match status {
        None | Some(ServiceDeploymentStatus::Successful) => true,
        Some(
            ServiceDeploymentStatus::Pending
            | ServiceDeploymentStatus::InProgress
            | ServiceDeploymentStatus::Stopped
            | ServiceDeploymentStatus::StopRequested
            | ServiceDeploymentStatus::RollbackRequested
            | ServiceDeploymentStatus::RollbackInProgress
            | ServiceDeploymentStatus::RollbackSuccessful
            | ServiceDeploymentStatus::RollbackFailed,
        ) => false,
    }
}

fn reason(record: Option<&String>, target: &Target, deployments: &[Deployment]) -> String {
    let ours = find(deployments, &target.deployment).and_then(|ours| ours.reason.as_ref());
    let reason = record.or(ours).filter(|reason| !reason.is_empty());
    reason
        .cloned()
        .unwrap_or_else(|| "ECS gives no reason".to_owned())
}
