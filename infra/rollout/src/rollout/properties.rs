//! Properties that hold for every order of events.
//!
//! The world answers what it is asked, and nothing else, but with anything: the looks need not make sense one after another.
//! It keeps books of its own about what was asked, and reads the looks by itself.

use std::time::Duration;

use proptest::{option, prelude::*};

use super::{
    chances::{Chance, any_policy, chance},
    scene::*,
    *,
};

#[derive(Debug)]
struct World {
    rollout: Rollout,
    policy: Policy,
    now: Duration,
    /// When the look is due that was asked for.
    look_at: Option<Duration>,
    site_is_asked: bool,
    rollback_is_open: bool,
    stops: u32,
    updates: u32,
    is_refused: bool,
    record_is_asked: bool,
    interrupts: u32,
    last_look: Observation,
    last_record: Option<ServiceDeploymentStatus>,
    has_been_seen: bool,
    outcome: Option<Outcome>,
}

impl World {
    fn new(policy: Policy) -> Self {
        let (rollout, actions) = Rollout::begin(target(), policy);
        let mut world = Self {
            rollout,
            policy,
            now: Duration::ZERO,
            look_at: None,
            site_is_asked: false,
            rollback_is_open: false,
            stops: 0,
            updates: 0,
            is_refused: false,
            record_is_asked: false,
            interrupts: 0,
            last_look: look([]),
            last_record: None,
            has_been_seen: false,
            outcome: None,
        };
        world.perform(&Event::Tick, actions);
        world
    }

    fn send(&mut self, event: &Event) {
        let was_finished = self.outcome.is_some();
        let actions = self.rollout.handle(self.now, event.clone());
        assert!(
            !was_finished || actions.is_empty(),
            "{actions:?} after the end"
        );
        self.perform(event, actions);
        let looks = self.outcome.is_none() && !self.record_is_asked;
        assert!(!looks || self.look_at.is_some(), "nobody looks any more");
        assert!(
            self.interrupts < 2 || self.outcome.is_some(),
            "two interrupts were not enough"
        );
    }

    fn perform(&mut self, event: &Event, actions: Vec<Action>) {
        for action in actions {
            assert!(self.outcome.is_none(), "{action:?} after the end");
            match action {
                Action::Say(_) | Action::FetchLogs(_) => {}
                Action::Poll { after } => {
                    assert!(self.look_at.is_none(), "two looks at once");
                    assert!(after >= Duration::from_secs(1), "{after:?} is too fast");
                    assert!(after <= Duration::from_secs(30), "{after:?} is too slow");
                    self.look_at = Some(self.now + after);
                }
                Action::CheckSite { .. } => {
                    assert!(!self.site_is_asked, "two questions at once");
                    self.site_is_asked = true;
                }
                Action::StopDeployment { .. } => {
                    self.ask_for_rollback();
                    self.stops += 1;
                    assert_eq!(
                        (self.stops, self.updates),
                        (1, 0),
                        "asked for rollback twice"
                    );
                }
                Action::UpdateService { task_definition } => {
                    self.ask_for_rollback();
                    self.updates += 1;
                    assert_eq!(task_definition, PREVIOUS);
                    assert!(self.updates == 1, "asked for rollback twice");
                    assert!(
                        self.stops == 0 || self.is_refused,
                        "asked for rollback twice"
                    );
                    let primary = self
                        .last_look
                        .deployments
                        .iter()
                        .find(|d| d.status == DeploymentStatus::Primary);
                    let is_foreign = primary.is_some_and(|d| d.id != OURS) && self.has_been_seen;
                    assert!(
                        !is_foreign,
                        "rolled somebody else back: {:?}",
                        self.last_look
                    );
                }
                Action::RecordImage(_) => {
                    assert!(self.is_design_19(), "success after {:?}", self.last_look);
                    assert_eq!(*event, Event::SiteAnswered);
                    self.record_is_asked = true;
                }
                Action::Finish(outcome) => {
                    self.check_outcome(event, &outcome);
                    self.outcome = Some(outcome);
                }
            }
        }
    }

    fn ask_for_rollback(&mut self) {
        assert_eq!(self.policy.roll_back, RollBack::Automatically);
        assert!(!self.record_is_asked, "rolled back what has succeeded");
        self.rollback_is_open = true;
    }

    /// What is there, without what has failed and has nothing running any more.
    fn deployments(&self) -> Vec<&Deployment> {
        let is_left = |deployment: &&Deployment| {
            let Counts {
                pending, running, ..
            } = deployment.counts;
            deployment.rollout != Some(RolloutState::Failed) || pending + running > 0
        };
        self.last_look.deployments.iter().filter(is_left).collect()
    }

    /// Ours is primary, completed and all there is, and ECS's record does not say otherwise.
    fn is_design_19(&self) -> bool {
        let deployments = self.deployments();
        deployments.len() == 1
            && deployments[0].id == OURS
            && deployments[0].status == DeploymentStatus::Primary
            && deployments[0].rollout == Some(RolloutState::Completed)
            && matches!(
                self.last_record,
                None | Some(ServiceDeploymentStatus::Successful)
            )
    }

    /// Something else than ours is all there is, or the record says that it is back.
    fn is_back(&self) -> bool {
        let deployments = self.deployments();
        self.last_record == Some(ServiceDeploymentStatus::RollbackSuccessful)
            || deployments.len() == 1
                && deployments[0].id != OURS
                && deployments[0].status == DeploymentStatus::Primary
                && deployments[0].rollout == Some(RolloutState::Completed)
    }

    fn check_outcome(&self, event: &Event, outcome: &Outcome) {
        let undo = match outcome {
            Outcome::Succeeded => {
                assert!(
                    self.record_is_asked && *event == Event::Recorded,
                    "success by {event:?}"
                );
                return;
            }
            Outcome::RolledBack { .. } => &Undo::Done,
            Outcome::Superseded { by } => {
                assert_ne!(by, OURS);
                return;
            }
            Outcome::Failed { undo, .. }
            | Outcome::TimedOut { undo }
            | Outcome::Interrupted { undo }
            | Outcome::CredentialsLost { undo } => undo,
        };
        match undo {
            Undo::Left => {
                let is_asked = self.stops + self.updates > 0;
                assert!(!is_asked || *event == Event::ServiceGone, "{outcome:?}");
            }
            Undo::Done => assert!(self.is_back(), "{outcome:?} after {:?}", self.last_look),
            Undo::Underway | Undo::Failed { .. } => {}
        }
        if let Outcome::TimedOut { .. } = outcome {
            assert!(self.now >= self.policy.limits.timeout);
        }
        if let Outcome::Interrupted { .. } = outcome {
            assert!(self.interrupts > 0);
        }
    }

    /// Lets time pass, with a tick at each moment the rollout asked for.
    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..10 {
            match self.rollout.deadline() {
                Some(deadline) if deadline <= end => {
                    self.now = self.now.max(deadline);
                    self.send(&Event::Tick);
                }
                Some(_) | None => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!("it asks for ticks that change nothing");
    }

    /// Answers the look that was asked for, when it is due.
    fn answer_look(&mut self, event: &Event) {
        let Some(due) = self.look_at else { return };
        self.wait(due.saturating_sub(self.now));
        self.look_at = None;
        if let (Event::Observed(look), None) = (event, &self.outcome) {
            self.last_look = look.clone();
            self.has_been_seen |= look.deployments.iter().any(|d| d.id == OURS);
            let record = look.service_deployment.as_ref().map(|record| record.status);
            self.last_record = record.or(self.last_record);
        }
        self.send(event);
    }

    fn happen(&mut self, chance: Chance) {
        match chance {
            Chance::Wait { milliseconds } => self.wait(Duration::from_millis(milliseconds)),
            Chance::Look(look) => self.answer_look(&Event::Observed(look)),
            Chance::Throttled => self.answer_look(&Event::Throttled),
            Chance::Unanswered => self.answer_look(&Event::Unanswered {
                reason: "reset".into(),
            }),
            Chance::Denied => self.answer_look(&Event::Denied {
                permission: "ecs:DescribeServices".into(),
            }),
            Chance::ServiceGone => self.answer_look(&Event::ServiceGone),
            Chance::SiteAnswers if std::mem::take(&mut self.site_is_asked) => {
                self.send(&Event::SiteAnswered);
            }
            Chance::SiteFails if std::mem::take(&mut self.site_is_asked) => {
                self.send(&site_failed());
            }
            Chance::RollbackAccepted if std::mem::take(&mut self.rollback_is_open) => {
                let deployment = (self.updates > 0).then(|| BACK.to_owned());
                self.send(&Event::RollbackAccepted { deployment });
            }
            Chance::RollbackRefused if std::mem::take(&mut self.rollback_is_open) => {
                self.is_refused = true;
                self.send(&refused());
            }
            Chance::Recorded if self.record_is_asked => self.send(&Event::Recorded),
            Chance::RecordFails if self.record_is_asked => self.send(&Event::RecordFailed {
                reason: "denied".into(),
            }),
            Chance::SiteAnswers
            | Chance::SiteFails
            | Chance::RollbackAccepted
            | Chance::RollbackRefused
            | Chance::Recorded
            | Chance::RecordFails => {}
            Chance::Interrupt => {
                self.interrupts += 1;
                self.send(&Event::Interrupted);
            }
            Chance::CredentialsLost => self.send(&Event::CredentialsLost),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_happens_it_ends_in_time_and_tells_the_truth(
        policy in any_policy(),
        chances in prop::collection::vec(chance(), 0..60),
        last in option::of(prop_oneof![
            Just(Chance::Denied),
            Just(Chance::ServiceGone),
            Just(Chance::CredentialsLost),
        ]),
    ) {
        let mut world = World::new(policy);
        for chance in chances.into_iter().chain(last) {
            world.happen(chance);
        }
        let limits = policy.limits;
        let latest = limits.timeout + limits.grace;
        world.wait(latest.saturating_sub(world.now));
        prop_assert!(world.outcome.is_some(), "not over after {:?}: {:?}", latest, world.rollout);
    }

    #[test]
    fn a_deployment_that_goes_well_succeeds(
        chances in prop::collection::vec(prop_oneof![
            Just(Chance::Look(rolling())),
            Just(Chance::Look(stale())),
            Just(Chance::Throttled),
            Just(Chance::Unanswered),
        ], 0..8),
    ) {
        let mut world = World::new(Policy { roll_back: RollBack::Never, ..policy() });
        world.happen(Chance::Look(rolling()));
        for chance in chances {
            world.happen(chance);
        }
        world.happen(Chance::Look(rolling()));
        world.happen(Chance::Look(complete()));
        world.happen(Chance::SiteAnswers);
        world.happen(Chance::Recorded);
        // Old answers for ten seconds on end are a rollback, for all anybody can tell.
        let is_doubted = matches!(world.outcome, Some(Outcome::RolledBack { .. }));
        prop_assert!(is_doubted || world.outcome == Some(Outcome::Succeeded), "{:?}", world.outcome);
    }
}
