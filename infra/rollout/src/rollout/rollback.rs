//! The way back: how it is asked for, and when it has been gone.

use std::time::Duration;

use super::{
    action::Action,
    machine::{Phase, Rollout},
    notice::{Notice, Trigger},
    observation::{Deployment, Observation, ServiceDeployment, is_settled, primary},
    outcome::{Outcome, Undo},
    status::{RolloutState, ServiceDeploymentStatus},
    target::{RollBack, Target},
    verdict::Verdict,
};

/// A rollback that is waited for.
#[derive(Clone, Debug)]
pub(super) struct Rollback {
    pub(super) trigger: Trigger,
    pub(super) by: By,
    /// When to stop waiting for it.
    pub(super) until: Duration,
}

/// Who rolls back, and so what its end looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// ECS on its own account, or somebody through it.
    Ecs,
    /// ECS, because it was asked to take back what it was doing.
    Stop,
    /// A deployment of the previous task definition, once it is known which one.
    Update { deployment: Option<String> },
}

/// How a rollback stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Underway,
    Back,
    Failed { reason: String },
    Replaced { by: String },
}

impl Rollout {
    /// Takes the deployment back, if that is wanted and ours to do.
    pub(super) fn roll_back(&mut self, elapsed: Duration, trigger: Trigger) -> Vec<Action> {
        // There is no time left to look again. What went over ours must not be gone over by us.
        match self.doubt.take().map(|doubt| doubt.verdict) {
            Some(Verdict::Replaced { by }) => return self.finish(Outcome::Superseded { by }),
            Some(Verdict::RollingBack { reason }) if self.has_been_seen => {
                self.wait_for(elapsed, trigger, By::Ecs);
                return vec![Action::Say(Notice::EcsRollsBack { reason })];
            }
            // Before ours was ever seen, an answer from before it began looks like a rollback.
            Some(
                Verdict::RollingBack { .. }
                | Verdict::RolledBack { .. }
                | Verdict::RollbackFailed { .. }
                | Verdict::Failed { .. }
                | Verdict::Stopped { .. }
                | Verdict::Complete
                | Verdict::Underway,
            )
            | None => {}
        }
        match self.policy.roll_back {
            RollBack::Never => return self.finish(trigger.outcome(Undo::Left)),
            RollBack::Automatically => {}
        }
        let mut actions = vec![Action::Say(Notice::RollingBack {
            trigger: trigger.clone(),
        })];
        let (by, request) = match &self.record {
            Some(record) if record.status.can_be_rolled_back() => {
                let service_deployment = record.arn.clone();
                (By::Stop, Action::StopDeployment { service_deployment })
            }
            Some(_) | None => (By::Update { deployment: None }, self.update_to_previous()),
        };
        self.wait_for(elapsed, trigger, by);
        actions.push(request);
        actions
    }

    pub(super) fn wait_for(&mut self, elapsed: Duration, trigger: Trigger, by: By) {
        self.phase = Phase::RollingBack(Rollback {
            trigger,
            by,
            until: elapsed.saturating_add(self.policy.limits.grace),
        });
    }

    fn update_to_previous(&self) -> Action {
        Action::UpdateService {
            task_definition: self.target.previous.clone(),
        }
    }

    pub(super) fn rollback_accepted(&mut self, deployment: Option<String>) -> Vec<Action> {
        match &mut self.phase {
            Phase::RollingBack(Rollback {
                by: By::Update { deployment: known },
                ..
            }) => {
                *known = deployment;
            }
            Phase::RollingBack(Rollback {
                by: By::Ecs | By::Stop,
                ..
            })
            | Phase::Watching
            | Phase::Checking { .. }
            | Phase::Recording { .. }
            | Phase::Finished => {}
        }
        Vec::new()
    }

    pub(super) fn rollback_refused(&mut self, reason: String) -> Vec<Action> {
        let Phase::RollingBack(rollback) = &mut self.phase else {
            return Vec::new();
        };
        match &rollback.by {
            By::Ecs => Vec::new(),
            By::Stop => {
                let mut actions = vec![Action::Say(Notice::StopRefused { reason })];
                if self.is_over_ours {
                    // It has been stopped by what came over it, or is being taken back already.
                    rollback.by = By::Ecs;
                } else {
                    rollback.by = By::Update { deployment: None };
                    actions.push(self.update_to_previous());
                }
                actions
            }
            By::Update { .. } => {
                let outcome = rollback.trigger.clone().outcome(Undo::Failed { reason });
                self.finish(outcome)
            }
        }
    }

    pub(super) fn judge_rollback(&mut self, observation: &Observation) -> Vec<Action> {
        let Phase::RollingBack(rollback) = &self.phase else {
            return Vec::new();
        };
        let way = way_back(
            &self.target,
            &rollback.by,
            &observation.deployments,
            self.record.as_ref(),
        );
        let trigger = rollback.trigger.clone();
        match way {
            Way::Underway => Vec::new(),
            Way::Back => self.finish(trigger.outcome(Undo::Done)),
            Way::Failed { reason } => self.finish(trigger.outcome(Undo::Failed { reason })),
            Way::Replaced { by } => self.finish(Outcome::Superseded { by }),
        }
    }
}

pub(super) fn way_back(
    target: &Target,
    by: &By,
    deployments: &[Deployment],
    record: Option<&ServiceDeployment>,
) -> Way {
    use ServiceDeploymentStatus as Status;

    let primary = primary(deployments);
    match by {
        By::Ecs | By::Stop => match record {
            Some(record) => match record.status {
                Status::RollbackRequested | Status::RollbackInProgress => Way::Underway,
                Status::RollbackSuccessful => Way::Back,
                Status::RollbackFailed => failed(record.reason.as_ref()),
                // Somebody's next deployment has stopped the rollback too.
                Status::Stopped => match primary {
                    Some(other)
                        if other.id != target.deployment
                            && other.task_definition != target.previous =>
                    {
                        Way::Replaced {
                            by: other.id.clone(),
                        }
                    }
                    Some(_) | None => by_primary(target, primary, deployments),
                },
                Status::Pending
                | Status::InProgress
                | Status::StopRequested
                | Status::Successful => by_primary(target, primary, deployments),
            },
            None => by_primary(target, primary, deployments),
        },
        By::Update { deployment: None } => Way::Underway,
        By::Update {
            deployment: Some(id),
        } => match primary {
            Some(primary) if primary.id == *id => by_primary(target, Some(primary), deployments),
            // An answer from before the update, or from before our deployment.
            Some(primary)
                if primary.id == target.deployment
                    || primary.task_definition == target.previous =>
            {
                Way::Underway
            }
            Some(other) => Way::Replaced {
                by: other.id.clone(),
            },
            None => Way::Underway,
        },
    }
}

fn by_primary(target: &Target, primary: Option<&Deployment>, deployments: &[Deployment]) -> Way {
    match primary {
        Some(primary) if primary.id != target.deployment => {
            if is_settled(primary, deployments) {
                Way::Back
            } else if primary.rollout == Some(RolloutState::Failed) {
                failed(primary.reason.as_ref())
            } else {
                Way::Underway
            }
        }
        Some(_) | None => Way::Underway,
    }
}

fn failed(reason: Option<&String>) -> Way {
    let reason = reason
        .cloned()
        .unwrap_or_else(|| "ECS gives no reason".to_owned());
    Way::Failed { reason }
}
