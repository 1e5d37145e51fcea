//! The state machine while everything serves: start, readiness, failure, restart, reload.
//!
//! What happens after the first stop signal is in `stopping`.

use super::action::{Action, Notice};
use super::budget::{Moment, StopBudget, StopClock};
use super::event::Event;
use super::restart::{RestartHistory, Verdict};
use super::service::{Life, START_TIMEOUT, Service, ServiceId, ServicePolicy};
use crate::exit_code::{Exit, ExitCode};

/// Decides what to do with a fixed list of services.
#[derive(Debug)]
pub(crate) struct Supervisor {
    pub(super) services: Vec<Service>,
    pub(super) budget: StopBudget,
    pub(super) phase: Phase,
    /// The code the container will end with, as far as is known.
    pub(super) code: ExitCode,
}

/// What the whole container is doing. A phase never goes back to one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// Health checks fail, everything still serves.
    Draining(StopTimes),
    /// No new connection begins; those that wait at the port are being accepted.
    Refusing {
        times: StopTimes,
        /// When to look again whether anybody waits.
        look: Moment,
        /// When to stop looking.
        latest: Moment,
    },
    /// The services are stopped gracefully, one by one; `current` is the one waited for.
    Stopping {
        times: StopTimes,
        current: ServiceId,
    },
    /// All services have been sent TERM.
    Hurrying(StopTimes),
    /// The services are gone; their descendants and adopted orphans are waited for.
    Sweeping(StopTimes),
    Finished,
}

/// When a stop began, and its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StopTimes {
    pub(super) began: Moment,
    pub(super) clock: StopClock,
    /// How often everything that is left has been killed.
    pub(super) kills: u32,
}

impl StopTimes {
    pub(super) fn new(began: Moment, budget: StopBudget) -> Self {
        Self {
            began,
            clock: budget.start(began),
            kills: 0,
        }
    }
}

impl Supervisor {
    /// `policies` in the order in which to start the services.
    pub(crate) fn new(
        policies: impl IntoIterator<Item = ServicePolicy>,
        budget: StopBudget,
    ) -> Self {
        let service = |policy| Service {
            policy,
            life: Life::Waiting,
            history: RestartHistory::default(),
        };
        Self {
            services: policies.into_iter().map(service).collect(),
            budget,
            phase: Phase::Serving,
            code: ExitCode::Success,
        }
    }

    /// Takes in one event; what it returns must be performed, in order.
    #[must_use]
    pub(crate) fn handle(&mut self, now: Moment, event: Event) -> Vec<Action> {
        match event {
            Event::Begin => self.start_when_waiting(now, ServiceId(0)),
            Event::Ready(id) => self.ready(now, id),
            Event::Exited(id, exit) | Event::SpawnFailed(id, exit) if self.is_serving() => {
                self.failed(now, id, exit)
            }
            Event::Exited(id, exit) | Event::SpawnFailed(id, exit) => {
                self.ended_while_stopping(now, id, exit)
            }
            Event::ConnectionsAccepted => self.connections_accepted(),
            Event::ChildrenGone => self.children_gone(now),
            Event::StopRequested => self.stop_requested(now),
            Event::ReloadRequested => self.reload(),
            Event::ReopenRequested => self.reopen_logs(),
            Event::Tick if self.is_serving() => self.serving_tick(now),
            Event::Tick => self.stopping_tick(now),
        }
    }

    /// When to send the next [`Event::Tick`], at the latest.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        match self.phase {
            Phase::Serving => self.services.iter().filter_map(|s| s.life.deadline()).min(),
            Phase::Draining(times) => Some(times.clock.drained),
            Phase::Refusing { look, .. } => Some(look),
            Phase::Stopping { times, .. } => Some(times.clock.hurry),
            Phase::Hurrying(times) | Phase::Sweeping(times) => Some(times.clock.kill),
            Phase::Finished => None,
        }
    }

    fn is_serving(&self) -> bool {
        self.phase == Phase::Serving
    }

    fn start_when_waiting(&mut self, now: Moment, id: ServiceId) -> Vec<Action> {
        match self.services.get_mut(id.0) {
            Some(service) if service.life == Life::Waiting => {
                service.life = Life::Starting { since: now };
                vec![Action::Spawn(id)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn ready(&mut self, now: Moment, id: ServiceId) -> Vec<Action> {
        let service = &mut self.services[id.0];
        let Life::Starting { since } = service.life else {
            return Vec::new();
        };
        service.life = Life::Running;
        let notice = Notice::Ready {
            name: service.policy.name,
            after: now.since(since),
        };
        let mut actions = vec![Action::Say(notice)];
        if self.is_serving() {
            actions.extend(self.start_when_waiting(now, ServiceId(id.0 + 1)));
        }
        actions
    }

    fn failed(&mut self, now: Moment, id: ServiceId, exit: Exit) -> Vec<Action> {
        let service = &mut self.services[id.0];
        let name = service.policy.name;
        let mut actions = vec![Action::KillGroup(id)];
        match service.history.record_failure(now) {
            Verdict::RetryAfter(retry) => {
                service.life = Life::BackingOff { until: now + retry };
                actions.push(Action::Say(Notice::Died { name, exit, retry }));
            }
            Verdict::GiveUp { failures } => {
                service.life = Life::Ended;
                actions.push(Action::Say(Notice::GaveUp {
                    name,
                    exit,
                    failures,
                }));
                self.code = match exit {
                    Exit::Code(0) => ExitCode::ServiceEnded,
                    Exit::Code(_) | Exit::Signal(_) => ExitCode::Child(exit),
                };
                // No drain delay: half of the site is gone, so there is nothing worth keeping up.
                actions.extend(self.begin_stopping(now, StopTimes::new(now, self.budget)));
            }
        }
        actions
    }

    fn serving_tick(&mut self, now: Moment) -> Vec<Action> {
        let mut actions = Vec::new();
        for (index, service) in self.services.iter_mut().enumerate() {
            let id = ServiceId(index);
            match service.life {
                Life::BackingOff { until } if until <= now => {
                    service.life = Life::Starting { since: now };
                    actions.push(Action::Spawn(id));
                }
                Life::Starting { since } if since + START_TIMEOUT <= now => {
                    service.life = Life::TimedOut;
                    let name = service.policy.name;
                    let notice = Notice::StartTimedOut {
                        name,
                        after: START_TIMEOUT,
                    };
                    actions.push(Action::Say(notice));
                    actions.push(Action::KillGroup(id));
                }
                Life::Waiting
                | Life::Starting { .. }
                | Life::Running
                | Life::TimedOut
                | Life::BackingOff { .. }
                | Life::Ended => {}
            }
        }
        actions
    }

    fn reload(&self) -> Vec<Action> {
        if !self.is_serving() {
            return Vec::new();
        }
        let mut actions = vec![Action::Say(Notice::Reloading)];
        actions.extend(self.signal_running(|policy| policy.reload));
        actions
    }

    fn reopen_logs(&self) -> Vec<Action> {
        self.signal_running(|policy| policy.reopen_logs)
    }

    fn signal_running(
        &self,
        signal: impl Fn(&ServicePolicy) -> nix::sys::signal::Signal,
    ) -> Vec<Action> {
        let running = self
            .services
            .iter()
            .enumerate()
            .filter(|(_, s)| s.life == Life::Running);
        running
            .map(|(index, s)| Action::Signal(ServiceId(index), signal(&s.policy)))
            .collect()
    }
}
