//! The last condition: that the site answers.

use std::time::Duration;

use super::{
    action::Action,
    machine::{Phase, Rollout},
    notice::{Notice, Trigger},
    outcome::Reason,
};

/// From one question to the next while the site fails.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Where the one question about the site is that may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    None,
    Open,
    /// Open, but asked before something came in between: its answer is about a time that does not count.
    Outdated,
}

impl Rollout {
    /// ECS has done all it had to.
    pub(super) fn complete(&mut self) -> Vec<Action> {
        if let Phase::Checking { .. } = self.phase {
            return Vec::new();
        }
        self.phase = Phase::Checking {
            failing_since: None,
        };
        let mut actions = vec![Action::Say(Notice::CheckingSite)];
        actions.extend(self.ask_site(Duration::ZERO));
        actions
    }

    /// The deployment is not complete any more, or an answer from before it was has come late.
    pub(super) fn incomplete(&mut self) {
        if let Phase::Checking { .. } = self.phase {
            self.phase = Phase::Watching;
        }
        if self.question == Question::Open {
            self.question = Question::Outdated;
        }
    }

    fn ask_site(&mut self, after: Duration) -> Option<Action> {
        match self.question {
            Question::None => {
                self.question = Question::Open;
                Some(Action::CheckSite { after })
            }
            Question::Open | Question::Outdated => None,
        }
    }

    pub(super) fn site_answered(&mut self, elapsed: Duration) -> Vec<Action> {
        let question = std::mem::replace(&mut self.question, Question::None);
        match self.phase {
            Phase::Checking { .. } => match question {
                Question::Open => {
                    // The verdict stands: what comes now is another story.
                    let until = elapsed.saturating_add(self.policy.limits.grace);
                    self.phase = Phase::Recording { until };
                    vec![Action::RecordImage(self.target.image.clone())]
                }
                Question::Outdated | Question::None => {
                    self.ask_site(Duration::ZERO).into_iter().collect()
                }
            },
            Phase::Watching | Phase::RollingBack(_) | Phase::Recording { .. } | Phase::Finished => {
                Vec::new()
            }
        }
    }

    pub(super) fn site_failed(&mut self, elapsed: Duration, reason: String) -> Vec<Action> {
        let question = std::mem::replace(&mut self.question, Question::None);
        match self.phase {
            Phase::Checking { failing_since } => {
                if question == Question::Outdated {
                    return self.ask_site(Duration::ZERO).into_iter().collect();
                }
                let since = failing_since.unwrap_or(elapsed);
                if elapsed.saturating_sub(since) >= self.policy.limits.site {
                    let failure = Trigger::Failure(Reason::Site { reason });
                    return self.roll_back(elapsed, failure);
                }
                self.phase = Phase::Checking {
                    failing_since: Some(since),
                };
                let retry = ASK_AGAIN;
                let mut actions = vec![Action::Say(Notice::SiteFailed { reason, retry })];
                actions.extend(self.ask_site(retry));
                actions
            }
            Phase::Watching | Phase::RollingBack(_) | Phase::Recording { .. } | Phase::Finished => {
                Vec::new()
            }
        }
    }
}
