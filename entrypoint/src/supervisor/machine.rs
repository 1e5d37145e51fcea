//! The state machine while everything serves: start, readiness, failure, restart, reload.
//!
//! What happens after the first stop signal is in `stopping`.

use nix::sys::signal::Signal;

use super::action::{Action, Notice};
use super::budget::{Moment, StopBudget, StopClock};
use super::event::Event;
use super::restart::Verdict;
use super::service::{Importance, Life, Service, ServiceId, ServicePolicy, ServiceState};
use crate::dice::Dice;
use crate::exit_code::{Exit, ExitCode};

/// Decides what to do with a fixed list of services.
#[derive(Debug)]
pub(crate) struct Supervisor {
    pub(super) services: Vec<Service>,
    pub(super) budget: StopBudget,
    pub(super) phase: Phase,
    /// The code the container will end with, as far as is known.
    pub(super) code: ExitCode,
    /// Spreads the restarts.
    dice: Dice,
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
    /// The services are stopped gracefully, each once those that need it are gone.
    Stopping(StopTimes),
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
    /// `policies` in an order in which each stands behind those it is started after. Two supervisors with the
    /// same `seed` decide alike.
    pub(crate) fn new(
        policies: impl IntoIterator<Item = ServicePolicy>,
        budget: StopBudget,
        seed: u64,
    ) -> Self {
        Self {
            services: policies.into_iter().map(Service::new).collect(),
            budget,
            phase: Phase::Serving,
            code: ExitCode::Success,
            dice: Dice::new(seed),
        }
    }

    /// Takes in one event; what it returns must be performed, in order.
    #[must_use]
    pub(crate) fn handle(&mut self, now: Moment, event: Event) -> Vec<Action> {
        match event {
            Event::Begin => self.start_what_can_be(now),
            Event::Abandoned(code) => self.abandoned(now, code),
            Event::Ready(id) => self.ready(now, id),
            Event::Exited(id, exit) | Event::SpawnFailed(id, exit) => self.ended(now, id, exit),
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
            Phase::Serving => self.services.iter().filter_map(Service::deadline).min(),
            Phase::Draining(times) => Some(times.clock.drained),
            Phase::Refusing { look, .. } => Some(look),
            Phase::Stopping(times) => Some(times.clock.hurry),
            Phase::Hurrying(times) | Phase::Sweeping(times) => Some(times.clock.kill),
            Phase::Finished => None,
        }
    }

    /// Whether nobody has asked for a stop, and nothing has made one necessary.
    pub(crate) fn is_serving(&self) -> bool {
        self.phase == Phase::Serving
    }

    /// Whether health checks fail already although everything still serves.
    pub(crate) fn is_draining(&self) -> bool {
        matches!(self.phase, Phase::Draining(_))
    }

    /// What can be told about each service, in the order of the list.
    pub(crate) fn states(&self) -> impl Iterator<Item = ServiceState> {
        self.services.iter().map(|service| ServiceState {
            name: service.policy.name,
            is_essential: service.is_essential(),
            life: service.life,
            restarts: service.restarts,
            last_exit: service.last_exit,
        })
    }

    fn start_what_can_be(&mut self, now: Moment) -> Vec<Action> {
        // A stop may have come before the settings were written.
        if !self.is_serving() {
            return Vec::new();
        }
        let mut actions = Vec::new();
        for index in 0..self.services.len() {
            let service = &self.services[index];
            let mut needed = service.policy.after.iter();
            let can_be = service.life == Life::Waiting
                && needed.all(|id| self.services[id.0].life.is_ready());
            if can_be {
                self.services[index].life = Life::Starting { since: now };
                actions.push(Action::Spawn(ServiceId(index)));
            }
        }
        actions
    }

    fn ready(&mut self, now: Moment, id: ServiceId) -> Vec<Action> {
        let service = &mut self.services[id.0];
        let Life::Starting { since } = service.life else {
            return Vec::new();
        };
        service.life = Life::Running { since: now };
        service.has_been_ready = true;
        let is_essential = service.is_essential();
        let notice = Notice::Ready {
            name: service.policy.name,
            after: now.since(since),
        };
        let mut actions = vec![Action::Say(notice)];
        if self.is_serving() {
            actions.extend(self.start_what_can_be(now));
            if is_essential && self.serves() {
                actions.push(Action::AnnounceServices);
            }
        }
        actions
    }

    /// Whether everything visitors need is ready.
    pub(crate) fn serves(&self) -> bool {
        let mut essential = self.services.iter().filter(|s| s.is_essential());
        essential.all(|service| service.life.is_ready())
    }

    /// No drain delay, as with a service that cannot be kept alive.
    fn abandoned(&mut self, now: Moment, code: ExitCode) -> Vec<Action> {
        if !self.is_serving() {
            return Vec::new();
        }
        self.code = code;
        self.begin_stopping(now, StopTimes::new(now, self.budget))
    }

    fn ended(&mut self, now: Moment, id: ServiceId, exit: Exit) -> Vec<Action> {
        self.services[id.0].last_exit = Some((exit, now));
        if self.is_serving() {
            self.failed(now, id, exit)
        } else {
            self.ended_while_stopping(now, id, exit)
        }
    }

    fn failed(&mut self, now: Moment, id: ServiceId, exit: Exit) -> Vec<Action> {
        let service = &mut self.services[id.0];
        let policy = &service.policy;
        let name = policy.name;
        if !service.has_been_ready && policy.misconfigured == Some(exit) {
            service.life = Life::Ended;
            let mut actions = vec![
                Action::KillGroup(id),
                Action::Say(Notice::Misconfigured { name }),
            ];
            actions.extend(self.abandoned(now, ExitCode::Configuration));
            return actions;
        }
        let limit = match policy.importance {
            Importance::Essential => Some(policy.restart.limit),
            Importance::Optional => None,
        };
        let ready_since = service.life.ready_since();
        let verdict = service.history.record_failure(
            now,
            ready_since,
            &policy.restart,
            limit,
            &mut self.dice,
        );
        let mut actions = vec![Action::KillGroup(id)];
        match verdict {
            Verdict::RetryAfter(retry) => {
                service.life = Life::BackingOff { until: now + retry };
                actions.push(Action::Say(Notice::Died { name, exit, retry }));
            }
            Verdict::TooMany { failures } => {
                service.life = Life::Ended;
                actions.push(Action::Say(Notice::GaveUp {
                    name,
                    exit,
                    failures,
                }));
                self.code = ExitCode::of_service(exit);
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
            let after = service.policy.start_timeout;
            match service.life {
                Life::BackingOff { until } if until <= now => {
                    service.life = Life::Starting { since: now };
                    service.restarts = service.restarts.saturating_add(1);
                    actions.push(Action::Spawn(id));
                }
                Life::Starting { since } if since + after <= now => {
                    service.life = Life::TimedOut;
                    let name = service.policy.name;
                    actions.push(Action::Say(Notice::StartTimedOut { name, after }));
                    actions.push(Action::KillGroup(id));
                }
                Life::Waiting
                | Life::Starting { .. }
                | Life::Running { .. }
                | Life::TimedOut
                | Life::BackingOff { .. }
                | Life::Stopping
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

    fn signal_running(&self, signal: impl Fn(&ServicePolicy) -> Option<Signal>) -> Vec<Action> {
        let running = self
            .services
            .iter()
            .enumerate()
            .filter(|(_, s)| s.life.is_ready());
        running
            .filter_map(|(index, s)| Some(Action::Signal(ServiceId(index), signal(&s.policy)?)))
            .collect()
    }
}
