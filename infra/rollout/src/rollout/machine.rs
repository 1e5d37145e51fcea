//! The state machine: what an observation changes.
//!
//! The site is in `site`, the way back in `rollback`, and what keeps the rollout from seeing anything in `failure`.

use std::{mem, time::Duration};

use super::{
    action::Action,
    event::Event,
    notice::{Notice, Trigger},
    observation::{Observation, ServiceDeployment, find, primary},
    outcome::{Outcome, Reason, Undo},
    pace::Pace,
    rollback::{By, Rollback},
    site::Question,
    target::{Policy, Target},
    told::Told,
    verdict::{Certainty, Verdict, judge},
};

/// What a doubtful look has shown must be shown for this long: a guess at how long ECS takes to agree with itself, and to begin a
/// rollback.
const SETTLE: Duration = Duration::from_secs(10);

/// How long answers from before our deployment are put up with.
const APPEAR: Duration = Duration::from_secs(30);

/// Follows one deployment.
#[derive(Debug)]
pub struct Rollout {
    pub(super) target: Target,
    pub(super) policy: Policy,
    pub(super) phase: Phase,
    pub(super) pace: Pace,
    pub(super) question: Question,
    /// The last that was seen of ECS's record of the deployment.
    pub(super) record: Option<ServiceDeployment>,
    /// What the last look has shown, if it is not to be believed yet.
    pub(super) doubt: Option<Doubt>,
    /// Whether any answer had our deployment in it.
    pub(super) has_been_seen: bool,
    /// Whether the last look has shown another deployment in the place of ours.
    pub(super) is_over_ours: bool,
    pub(super) is_interrupted: bool,
    told: Told,
}

/// Where the rollout is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// ECS has something to do.
    Watching,
    /// ECS is done, the site is asked.
    Checking {
        failing_since: Option<Duration>,
    },
    RollingBack(Rollback),
    /// The deployment has succeeded, its image is being recorded.
    Recording {
        until: Duration,
    },
    Finished,
}

/// A verdict that is not believed yet.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub(super) verdict: Verdict,
    since: Duration,
}

impl Rollout {
    /// Begins to follow a deployment at its very beginning; what it returns must be performed, as with [`Self::handle`].
    #[must_use]
    pub fn begin(target: Target, policy: Policy) -> (Self, Vec<Action>) {
        let mut pace = Pace::new(policy.poll);
        let after = pace.after_answer();
        let told = Told::new(&target.deployment, target.old_events.iter().cloned());
        let rollout = Self {
            target,
            policy,
            phase: Phase::Watching,
            pace,
            question: Question::None,
            record: None,
            doubt: None,
            has_been_seen: false,
            is_over_ours: false,
            is_interrupted: false,
            told,
        };
        (rollout, vec![Action::Poll { after }])
    }

    /// Takes in one event, with the time since the beginning; what it returns must be performed, in order.
    #[must_use]
    pub fn handle(&mut self, elapsed: Duration, event: Event) -> Vec<Action> {
        match event {
            Event::Observed(observation) => self.observed(elapsed, &observation),
            Event::Throttled => self.throttled(),
            Event::Unanswered { reason } => self.unanswered(reason),
            Event::Denied { permission } => self.denied(permission),
            Event::ServiceGone => self.service_gone(),
            Event::CredentialsLost => self.credentials_lost(),
            Event::SiteAnswered => self.site_answered(elapsed),
            Event::SiteFailed { reason } => self.site_failed(elapsed, reason),
            Event::RollbackAccepted { deployment } => self.rollback_accepted(deployment),
            Event::RollbackRefused { reason } => self.rollback_refused(reason),
            Event::Recorded => self.recorded(),
            Event::RecordFailed { reason } => self.record_failed(reason),
            Event::Interrupted => self.interrupted(elapsed),
            Event::Tick => self.tick(elapsed),
        }
    }

    /// When to send the next [`Event::Tick`], at the latest, counted from the beginning.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Watching | Phase::Checking { .. } => Some(self.policy.limits.timeout),
            Phase::RollingBack(rollback) => Some(rollback.until),
            Phase::Recording { until } => Some(*until),
            Phase::Finished => None,
        }
    }

    fn observed(&mut self, elapsed: Duration, observation: &Observation) -> Vec<Action> {
        let mut actions = match self.phase {
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) => {
                self.told.news(observation)
            }
            Phase::Recording { .. } | Phase::Finished => return Vec::new(),
        };
        self.take_note(observation);
        match self.phase {
            Phase::Watching | Phase::Checking { .. } => {
                let verdict = self.believed(elapsed, observation);
                actions.extend(self.act(elapsed, verdict, observation));
            }
            Phase::RollingBack(_) => actions.extend(self.judge_rollback(observation)),
            Phase::Recording { .. } | Phase::Finished => {}
        }
        match self.phase {
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) => {
                let after = self.pace.after_answer();
                actions.push(Action::Poll { after });
            }
            Phase::Recording { .. } | Phase::Finished => {}
        }
        actions
    }

    fn take_note(&mut self, observation: &Observation) {
        let deployments = &observation.deployments;
        self.has_been_seen |= find(deployments, &self.target.deployment).is_some();
        let primary = primary(deployments);
        self.is_over_ours = self.has_been_seen
            && primary.is_some_and(|primary| primary.id != self.target.deployment);
        if let Some(record) = &observation.service_deployment {
            self.record = Some(record.clone());
        }
    }

    /// What the look means; nothing yet where it has to be seen again.
    fn believed(&mut self, elapsed: Duration, observation: &Observation) -> Verdict {
        let (verdict, certainty) =
            judge(&self.target, &observation.deployments, self.record.as_ref());
        let doubt = self.doubt.take();
        match certainty {
            Certainty::Certain => verdict,
            Certainty::Doubtful => {
                let since = match doubt {
                    Some(doubt) if is_same(&doubt.verdict, &verdict) => doubt.since,
                    Some(_) | None => elapsed,
                };
                let patience = if self.has_been_seen { SETTLE } else { APPEAR };
                if elapsed.saturating_sub(since) >= patience {
                    return verdict;
                }
                self.doubt = Some(Doubt { verdict, since });
                Verdict::Underway
            }
        }
    }

    fn act(
        &mut self,
        elapsed: Duration,
        verdict: Verdict,
        observation: &Observation,
    ) -> Vec<Action> {
        match verdict {
            Verdict::Complete => self.complete(),
            Verdict::Underway => {
                self.incomplete();
                let failed = self.told.failed_tasks();
                match self.policy.fail_after {
                    Some(limit) if failed >= limit.get() => {
                        let reason = Reason::FailedTasks { failed };
                        self.roll_back(elapsed, Trigger::Failure(reason))
                    }
                    Some(_) | None => Vec::new(),
                }
            }
            Verdict::RollingBack { reason } => {
                let mut actions = vec![Action::Say(Notice::EcsRollsBack {
                    reason: reason.clone(),
                })];
                let failure = Trigger::Failure(Reason::Deployment { reason });
                self.wait_for(elapsed, failure, By::Ecs);
                actions.extend(self.judge_rollback(observation));
                actions
            }
            Verdict::RolledBack { reason } => {
                let reason = Reason::Deployment { reason };
                self.finish(Outcome::RolledBack { reason })
            }
            Verdict::RollbackFailed { reason } => {
                let undo = Undo::Failed {
                    reason: reason.clone(),
                };
                let reason = Reason::Deployment { reason };
                self.finish(Outcome::Failed { reason, undo })
            }
            Verdict::Failed { reason } => {
                let reason = Reason::Deployment { reason };
                self.roll_back(elapsed, Trigger::Failure(reason))
            }
            // Whoever has stopped it without a rollback has had a reason.
            Verdict::Stopped { reason } => {
                let reason = Reason::Stopped { reason };
                self.finish(Outcome::Failed {
                    reason,
                    undo: Undo::Left,
                })
            }
            Verdict::Replaced { by } => self.finish(Outcome::Superseded { by }),
        }
    }

    pub(super) fn finish(&mut self, outcome: Outcome) -> Vec<Action> {
        self.phase = Phase::Finished;
        vec![Action::Finish(outcome)]
    }
}

/// Whether it is the same verdict; the reason may have come in between.
fn is_same(one: &Verdict, other: &Verdict) -> bool {
    mem::discriminant(one) == mem::discriminant(other)
}
