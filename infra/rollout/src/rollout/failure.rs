//! Looks that show nothing, and what ends the rollout from outside of it.

use std::time::Duration;

use super::{
    action::Action,
    machine::{Phase, Rollout},
    notice::{Notice, Trigger},
    outcome::{Outcome, Reason, Undo},
};

impl Rollout {
    pub(super) fn throttled(&mut self) -> Vec<Action> {
        self.look_again(|next| Notice::Throttled { next })
    }

    /// A network that is gone comes back, or the time-out ends it.
    pub(super) fn unanswered(&mut self, reason: String) -> Vec<Action> {
        self.look_again(|next| Notice::Unanswered { reason, next })
    }

    fn look_again(&mut self, notice: impl FnOnce(Duration) -> Notice) -> Vec<Action> {
        match self.phase {
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) => {
                let after = self.pace.after_refusal();
                vec![Action::Say(notice(after)), Action::Poll { after }]
            }
            Phase::Recording { .. } | Phase::Finished => Vec::new(),
        }
    }

    /// What cannot be seen is not rolled back either: it may be doing well.
    pub(super) fn denied(&mut self, permission: String) -> Vec<Action> {
        match self.phase {
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) => {
                let (reason, undo) = (Reason::Denied { permission }, self.undo_so_far());
                self.finish(Outcome::Failed { reason, undo })
            }
            Phase::Recording { .. } | Phase::Finished => Vec::new(),
        }
    }

    pub(super) fn service_gone(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) => {
                let (reason, undo) = (Reason::ServiceGone, Undo::Left);
                self.finish(Outcome::Failed { reason, undo })
            }
            Phase::Recording { .. } | Phase::Finished => Vec::new(),
        }
    }

    pub(super) fn credentials_lost(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Watching
            | Phase::Checking { .. }
            | Phase::RollingBack(_)
            | Phase::Recording { .. } => {
                let undo = self.undo_so_far();
                self.finish(Outcome::CredentialsLost { undo })
            }
            Phase::Finished => Vec::new(),
        }
    }

    /// The first time it takes the deployment back, the second time it ends the waiting.
    pub(super) fn interrupted(&mut self, elapsed: Duration) -> Vec<Action> {
        let is_second = std::mem::replace(&mut self.is_interrupted, true);
        match self.phase {
            Phase::Finished => Vec::new(),
            Phase::Watching | Phase::Checking { .. } if !is_second => {
                self.roll_back(elapsed, Trigger::Interrupted)
            }
            Phase::RollingBack(_) if !is_second => vec![Action::Say(Notice::StillRollingBack)],
            Phase::Recording { .. } if !is_second => vec![Action::Say(Notice::StillRecording)],
            Phase::Watching
            | Phase::Checking { .. }
            | Phase::RollingBack(_)
            | Phase::Recording { .. } => {
                let undo = self.undo_so_far();
                self.finish(Outcome::Interrupted { undo })
            }
        }
    }

    pub(super) fn recorded(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Recording { .. } => self.finish(Outcome::Succeeded),
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) | Phase::Finished => {
                Vec::new()
            }
        }
    }

    pub(super) fn record_failed(&mut self, reason: String) -> Vec<Action> {
        match self.phase {
            Phase::Recording { .. } => {
                let (reason, undo) = (Reason::NotRecorded { reason }, Undo::Left);
                self.finish(Outcome::Failed { reason, undo })
            }
            Phase::Watching | Phase::Checking { .. } | Phase::RollingBack(_) | Phase::Finished => {
                Vec::new()
            }
        }
    }

    pub(super) fn tick(&mut self, elapsed: Duration) -> Vec<Action> {
        if self.deadline().is_none_or(|deadline| elapsed < deadline) {
            return Vec::new();
        }
        match &self.phase {
            Phase::Watching | Phase::Checking { .. } => self.roll_back(elapsed, Trigger::TimedOut),
            Phase::RollingBack(rollback) => {
                let outcome = rollback.trigger.clone().outcome(Undo::Underway);
                self.finish(outcome)
            }
            Phase::Recording { .. } => {
                let reason = "it was not answered in time".to_owned();
                self.record_failed(reason)
            }
            Phase::Finished => Vec::new(),
        }
    }

    fn undo_so_far(&self) -> Undo {
        match self.phase {
            Phase::RollingBack(_) => Undo::Underway,
            Phase::Watching
            | Phase::Checking { .. }
            | Phase::Recording { .. }
            | Phase::Finished => Undo::Left,
        }
    }
}
