//! The state machine from the first stop signal to the end.
//!
//! Drain, let no new connection begin, then stop each service gracefully once those that need it are
//! gone, then sweep up what is left. Every phase ends the instant what it waits for is gone; the marks of
//! the stop clock only matter when it is not. Nothing is started any more.

use std::time::Duration;

use super::action::{Action, Notice};
use super::budget::Moment;
use super::machine::{Phase, StopTimes, Supervisor};
use super::service::{Life, Service, ServiceId, ServicePolicy};
use crate::exit_code::{Exit, ExitCode};

/// A process that is forked while its parent is being killed escapes the first round.
const KILL_AGAIN: Duration = Duration::from_millis(50);

/// A handshake that has begun ends within a round trip; this is one across a region and back.
const SETTLE: Duration = Duration::from_millis(20);

/// nginx accepts what waits within a turn of its event loop, unless it is starved.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

impl Supervisor {
    pub(super) fn stop_requested(&mut self, now: Moment) -> Vec<Action> {
        match self.phase {
            Phase::Serving => {
                let times = StopTimes::new(now, self.budget);
                // Where nothing serves yet, or not any more, there is nobody to wait for.
                if !self.budget.drains() || !self.serves() {
                    return self.begin_stopping(now, times);
                }
                self.phase = Phase::Draining(times);
                let delay = times.clock.drained.since(now);
                vec![
                    Action::FailHealthChecks,
                    Action::Say(Notice::Draining { delay }),
                ]
            }
            Phase::Draining(times) | Phase::Refusing { times, .. } | Phase::Stopping(times) => {
                self.hurry(now, times)
            }
            Phase::Hurrying(_) | Phase::Sweeping(_) | Phase::Finished => Vec::new(),
        }
    }

    pub(super) fn begin_stopping(&mut self, now: Moment, times: StopTimes) -> Vec<Action> {
        for service in &mut self.services {
            if !service.life.is_alive() {
                service.life = Life::Ended;
            }
        }
        let mut actions = vec![Action::FailHealthChecks, Action::Say(Notice::Stopping)];
        if self.front().is_some_and(|service| service.life.is_alive()) {
            // A service that stops closes the port, and the kernel then resets whoever is connected
            // but not accepted yet. So first nobody new comes, then everybody is accepted.
            actions.push(Action::RefuseConnections);
            let latest = times.clock.hurry.min(now + LONGEST_LOOK);
            self.phase = Phase::Refusing {
                times,
                look: latest.min(now + SETTLE),
                latest,
            };
            actions.extend(self.tell_to_stop(|policy| !policy.is_front));
        } else {
            actions.extend(self.stop_what_can_be(times));
        }
        actions
    }

    /// The service that visitors are connected to.
    fn front(&self) -> Option<&Service> {
        self.services.iter().find(|s| s.policy.is_front)
    }

    pub(super) fn connections_accepted(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Refusing { times, .. } => self.stop_what_can_be(times),
            Phase::Serving
            | Phase::Draining(_)
            | Phase::Stopping(_)
            | Phase::Hurrying(_)
            | Phase::Sweeping(_)
            | Phase::Finished => Vec::new(),
        }
    }

    /// Stops every service that nobody needs any more, or sweeps when there is none left.
    fn stop_what_can_be(&mut self, times: StopTimes) -> Vec<Action> {
        if !self.services.iter().any(|service| service.life.is_alive()) {
            return self.sweep(times);
        }
        self.phase = Phase::Stopping(times);
        let mut actions = self.tell_to_stop(|_| true);
        if !actions.is_empty() {
            actions.push(Action::ReleasePort);
        }
        actions
    }

    /// Signals those of these services that nobody needs any more and that have not been told yet.
    fn tell_to_stop(&mut self, among: impl Fn(&ServicePolicy) -> bool) -> Vec<Action> {
        let mut actions = Vec::new();
        for index in 0..self.services.len() {
            let id = ServiceId(index);
            let is_needed =
                |other: &Service| other.life.is_alive() && other.policy.after.contains(&id);
            if self.services.iter().any(is_needed) {
                continue;
            }
            let service = &mut self.services[index];
            match service.life {
                Life::Starting { .. } | Life::Running { .. } if among(&service.policy) => {
                    service.life = Life::Stopping;
                    actions.push(Action::Signal(id, service.policy.graceful_stop));
                }
                // Killed already, its exit is on the way.
                Life::TimedOut
                | Life::Starting { .. }
                | Life::Running { .. }
                | Life::Waiting
                | Life::BackingOff { .. }
                | Life::Stopping
                | Life::Ended => {}
            }
        }
        actions
    }

    fn hurry(&mut self, now: Moment, times: StopTimes) -> Vec<Action> {
        let times = StopTimes {
            clock: times.clock.hurried(now),
            ..times
        };
        let alive = self
            .services
            .iter()
            .enumerate()
            .filter(|(_, s)| s.life.is_alive());
        let (left, signals): (Vec<_>, Vec<_>) = alive
            .map(|(index, service)| {
                let policy = &service.policy;
                (
                    policy.name,
                    Action::Signal(ServiceId(index), policy.fast_stop),
                )
            })
            .unzip();
        if signals.is_empty() {
            return self.sweep(times);
        }
        self.phase = Phase::Hurrying(times);
        let mut actions = vec![Action::Say(Notice::Hurrying { left })];
        actions.extend(signals);
        actions.push(Action::ReleasePort);
        actions
    }

    fn sweep(&mut self, times: StopTimes) -> Vec<Action> {
        self.phase = Phase::Sweeping(times);
        vec![Action::TermDescendants, Action::CountChildren]
    }

    pub(super) fn ended_while_stopping(
        &mut self,
        now: Moment,
        id: ServiceId,
        exit: Exit,
    ) -> Vec<Action> {
        let service = &mut self.services[id.0];
        let life = std::mem::replace(&mut service.life, Life::Ended);
        let (name, is_front) = (service.policy.name, service.policy.is_front);
        let is_essential = service.is_essential();
        let mut actions = Vec::new();
        let expected = match self.phase {
            Phase::Draining(_) | Phase::Refusing { .. } | Phase::Stopping(_) => match life {
                Life::Stopping => service.policy.obeys_with(exit),
                Life::TimedOut => true,
                Life::Waiting
                | Life::Starting { .. }
                | Life::Running { .. }
                | Life::BackingOff { .. }
                | Life::Ended => false,
            },
            Phase::Hurrying(_) | Phase::Sweeping(_) => true,
            Phase::Serving | Phase::Finished => false,
        };
        if !expected {
            actions.push(Action::Say(Notice::DiedWhileStopping { name, exit }));
            if is_essential {
                self.end_with(ExitCode::of_service(exit));
            }
        }
        match self.phase {
            // Without this service there is nothing left to drain.
            Phase::Draining(times) if is_essential => {
                actions.extend(self.begin_stopping(now, times));
            }
            Phase::Refusing { times, .. } if is_front => {
                actions.extend(self.stop_what_can_be(times));
            }
            Phase::Refusing { .. } => actions.extend(self.tell_to_stop(|policy| !policy.is_front)),
            // Its orphaned workers, if any, may still be answering: the sweep takes care of them.
            Phase::Stopping(times) => {
                if is_front && times.clock.cut <= now {
                    self.end_with(ExitCode::BudgetSpent);
                    let after = now.since(times.began);
                    actions.push(Action::Say(Notice::CutShort { name, after }));
                }
                actions.extend(self.stop_what_can_be(times));
            }
            Phase::Hurrying(times) if !self.services.iter().any(|s| s.life.is_alive()) => {
                actions.extend(self.sweep(times));
            }
            Phase::Serving
            | Phase::Draining(_)
            | Phase::Hurrying(_)
            | Phase::Sweeping(_)
            | Phase::Finished => {}
        }
        actions
    }

    pub(super) fn stopping_tick(&mut self, now: Moment) -> Vec<Action> {
        match self.phase {
            Phase::Draining(times) if times.clock.drained <= now => self.begin_stopping(now, times),
            Phase::Refusing { times, latest, .. } if latest <= now => self.stop_what_can_be(times),
            Phase::Refusing {
                times,
                look,
                latest,
            } if look <= now => {
                let look = latest.min(now + LOOK_AGAIN);
                self.phase = Phase::Refusing {
                    times,
                    look,
                    latest,
                };
                vec![Action::CountConnections]
            }
            Phase::Stopping(times) if times.clock.hurry <= now => {
                // What is being served now will not be answered.
                self.end_with(ExitCode::BudgetSpent);
                self.hurry(now, times)
            }
            Phase::Hurrying(times) | Phase::Sweeping(times) if times.clock.end <= now => {
                // A clock that comes late spares nobody: who is not PID 1 leaves what it has not killed.
                let mut actions = match times.kills {
                    0 => self.kill(times),
                    _ => Vec::new(),
                };
                actions.push(Action::Say(Notice::LeftBehind));
                self.end_with(ExitCode::BudgetSpent);
                actions.extend(self.finish());
                actions
            }
            Phase::Hurrying(times) if times.clock.kill <= now => {
                self.phase = Phase::Hurrying(killed_once_more(times, now));
                self.kill(times)
            }
            Phase::Sweeping(times) if times.clock.kill <= now => {
                self.phase = Phase::Sweeping(killed_once_more(times, now));
                self.kill(times)
            }
            Phase::Serving
            | Phase::Draining(_)
            | Phase::Refusing { .. }
            | Phase::Stopping(_)
            | Phase::Hurrying(_)
            | Phase::Sweeping(_)
            | Phase::Finished => Vec::new(),
        }
    }

    fn kill(&mut self, times: StopTimes) -> Vec<Action> {
        self.end_with(ExitCode::BudgetSpent);
        let mut actions = Vec::new();
        if times.kills == 0 {
            actions.push(Action::Say(Notice::Killing));
        }
        let alive = self
            .services
            .iter()
            .enumerate()
            .filter(|(_, s)| s.life.is_alive());
        actions.extend(alive.map(|(index, _)| Action::KillGroup(ServiceId(index))));
        actions.extend([Action::KillDescendants, Action::CountChildren]);
        actions
    }

    /// What came first matters most to the reader, and keeps its code.
    fn end_with(&mut self, code: ExitCode) {
        if self.code == ExitCode::Success {
            self.code = code;
        }
    }

    pub(super) fn children_gone(&mut self, now: Moment) -> Vec<Action> {
        match self.phase {
            Phase::Sweeping(times) => {
                let after = now.since(times.began);
                let mut actions = vec![Action::Say(Notice::Stopped { after })];
                actions.extend(self.finish());
                actions
            }
            Phase::Serving
            | Phase::Draining(_)
            | Phase::Refusing { .. }
            | Phase::Stopping(_)
            | Phase::Hurrying(_)
            | Phase::Finished => Vec::new(),
        }
    }

    fn finish(&mut self) -> Vec<Action> {
        self.phase = Phase::Finished;
        vec![Action::Exit(self.code)]
    }
}

/// The kill mark moves on in small steps until the end of the budget.
fn killed_once_more(times: StopTimes, now: Moment) -> StopTimes {
    let mut clock = times.clock;
    clock.kill = clock.end.min(now + KILL_AGAIN);
    StopTimes {
        clock,
        kills: times.kills.saturating_add(1),
        ..times
    }
}
