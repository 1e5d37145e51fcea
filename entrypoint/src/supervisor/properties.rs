//! Properties that hold for every order of events, checked in a small simulated world.
//!
//! The world has two to four services that obey, ignore or die as chance has it, essential or not and
//! after one another as chance has it too, and a clock. It keeps the books the kernel would keep, and
//! after the random part lets the deadlines run out.

use std::time::Duration;

use nix::sys::signal::Signal;
use proptest::prelude::*;

use super::tests::{policies, worker};
use super::*;
use crate::exit_code::{Exit, ExitCode};

const TOTAL: u64 = 25_000;
/// The longest drain delay that leaves time to stop.
const LONGEST_DRAIN: u64 = 21_500;

/// nginx, php-fpm and two workers.
const MOST: usize = 4;

/// Whether a worker is essential, and which of those before it it comes after.
type Worker = (bool, [bool; MOST]);

fn workers() -> impl Strategy<Value = Vec<Worker>> {
    prop::collection::vec(any::<Worker>(), 0..=MOST - 2)
}

/// What is essential comes after nothing that is not, as services.toml has it.
fn all_policies(workers: &[Worker]) -> Vec<ServicePolicy> {
    let mut all = Vec::from(policies());
    for (essential, after) in workers {
        let importance = if *essential {
            Importance::Essential
        } else {
            Importance::Optional
        };
        let is_allowed = |other: &ServicePolicy| !essential || other.is_essential();
        let after: Vec<ServiceId> = (0..all.len())
            .filter(|index| after[*index] && is_allowed(&all[*index]))
            .map(ServiceId)
            .collect();
        all.push(worker(importance, &after));
    }
    all
}

#[derive(Clone, Copy, Debug)]
enum Chance {
    Wait { milliseconds: u64 },
    Ready(usize),
    Die(usize, Exit),
    Stop,
    Reload,
    Reopen,
    NextSpawnFails,
}

fn chance() -> impl Strategy<Value = Chance> {
    let exit = prop_oneof![
        Just(Exit::Code(0)),
        (1..=255_u8).prop_map(Exit::Code),
        (1..=31_u8).prop_map(Exit::Signal)
    ];
    prop_oneof![
        6 => (0..40_000_u64).prop_map(|milliseconds| Chance::Wait { milliseconds }),
        6 => (0..500_u64).prop_map(|milliseconds| Chance::Wait { milliseconds }),
        8 => (0..MOST).prop_map(Chance::Ready),
        8 => ((0..MOST), exit).prop_map(|(service, exit)| Chance::Die(service, exit)),
        1 => Just(Chance::Stop),
        1 => Just(Chance::Reload),
        1 => Just(Chance::Reopen),
        1 => Just(Chance::NextSpawnFails),
    ]
}

/// How the services take a KILL; the kernel itself may be stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mortality {
    Mortal,
    Immortal,
}

struct World {
    supervisor: Supervisor,
    policies: Vec<ServicePolicy>,
    now: u64,
    alive: Vec<bool>,
    ready: Vec<bool>,
    has_been_ready: Vec<bool>,
    /// Asked to stop by a signal of its own.
    told: Vec<bool>,
    is_hurried: bool,
    /// An essential service ended before it was told to.
    has_lost_one: bool,
    spawn_fails: bool,
    mortality: Mortality,
    stop_began: Option<u64>,
    exit: Option<(u64, ExitCode)>,
}

impl World {
    fn new(workers: &[Worker], drain: u64, mortality: Mortality) -> Self {
        let policies = all_policies(workers);
        let count = policies.len();
        let budget =
            StopBudget::new(Duration::from_millis(TOTAL), Duration::from_millis(drain)).unwrap();
        let mut world = Self {
            supervisor: Supervisor::new(policies.clone(), budget, 7),
            policies,
            now: 0,
            alive: vec![false; count],
            ready: vec![false; count],
            has_been_ready: vec![false; count],
            told: vec![false; count],
            is_hurried: false,
            has_lost_one: false,
            spawn_fails: false,
            mortality,
            stop_began: None,
            exit: None,
        };
        world.send(Event::Begin);
        world
    }

    fn send(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if self.exit.is_some() {
                return;
            }
            let now = Moment::since_start(Duration::from_millis(self.now));
            for action in self.supervisor.handle(now, event) {
                assert!(self.exit.is_none(), "an action after the exit: {action:?}");
                self.perform(&action, &mut events);
            }
        }
    }

    fn perform(&mut self, action: &Action, events: &mut Vec<Event>) {
        match action {
            Action::Spawn(id) => {
                assert!(
                    self.stop_began.is_none(),
                    "a service was started after the stop began"
                );
                assert!(!self.alive[id.0], "a service was started twice");
                let mut needed = self.policies[id.0].after.iter();
                assert!(
                    needed.all(|needed| self.has_been_ready[needed.0]),
                    "a service was started before one it needs"
                );
                if std::mem::take(&mut self.spawn_fails) {
                    events.push(Event::SpawnFailed(*id, Exit::Code(126)));
                } else {
                    self.alive[id.0] = true;
                }
            }
            Action::Signal(id, signal) => self.signal(*id, *signal),
            Action::KillGroup(id) => self.kill(id.0, events),
            Action::KillDescendants => {
                for service in 0..self.alive.len() {
                    self.kill(service, events);
                }
            }
            Action::CountChildren => self.count_children(events),
            Action::FailHealthChecks => self.stop_began = self.stop_began.or(Some(self.now)),
            Action::TermDescendants => {
                assert!(
                    !self.alive.contains(&true),
                    "swept while a service was alive"
                );
            }
            // The port is always empty here; that it need not be is in `tests`.
            Action::CountConnections => events.insert(0, Event::ConnectionsAccepted),
            Action::AnnounceServices => {
                let mut all = self.policies.iter().zip(&self.ready);
                assert!(
                    all.all(|(policy, ready)| *ready || !policy.is_essential()),
                    "announced before everything essential was ready"
                );
            }
            Action::RefuseConnections | Action::ReleasePort | Action::Say(_) => {}
            Action::Exit(code) => self.exit = Some((self.now, *code)),
        }
    }

    fn signal(&mut self, id: ServiceId, signal: Signal) {
        assert!(self.alive[id.0], "a signal to nobody");
        let policy = &self.policies[id.0];
        if self.stop_began.is_none() || signal != policy.graceful_stop {
            // One that hurries TERMs everything: nobody is waited for any more.
            self.is_hurried |= self.stop_began.is_some() && signal == policy.fast_stop;
            return;
        }
        if policy.graceful_stop != policy.fast_stop {
            let mut others = self.policies.iter().zip(&self.alive);
            assert!(
                self.is_hurried
                    || others.all(|(other, alive)| !alive || !other.after.contains(&id)),
                "told to stop while another needed it"
            );
        }
        self.told[id.0] = true;
    }

    /// The service is gone, by itself or killed.
    fn bury(&mut self, service: usize) -> bool {
        let was_ready = std::mem::take(&mut self.ready[service]);
        let is_lost = self.stop_began.is_some()
            && !self.is_hurried
            && was_ready
            && self.policies[service].is_essential()
            && !self.told[service];
        self.has_lost_one |= is_lost;
        std::mem::take(&mut self.alive[service])
    }

    fn kill(&mut self, service: usize, events: &mut Vec<Event>) {
        if self.mortality == Mortality::Mortal && self.bury(service) {
            events.insert(0, Event::Exited(ServiceId(service), Exit::Signal(9)));
        }
    }

    fn count_children(&self, events: &mut Vec<Event>) {
        if !self.alive.contains(&true) {
            events.insert(0, Event::ChildrenGone);
        }
    }

    /// Lets time pass, with a tick at each moment the supervisor asked for.
    fn wait(&mut self, milliseconds: u64) {
        let end = self.now + milliseconds;
        for _ in 0..10_000 {
            let start = Moment::since_start(Duration::ZERO);
            let deadline = self
                .supervisor
                .deadline()
                .map(|deadline| deadline.since(start));
            match deadline
                .and_then(|deadline| u64::try_from(deadline.as_micros().div_ceil(1000)).ok())
            {
                Some(deadline) if deadline <= end && self.exit.is_none() => {
                    self.now = self.now.max(deadline);
                    self.send(Event::Tick);
                }
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!("the supervisor spins: it asks for ticks that change nothing");
    }

    fn is_alive(&self, service: usize) -> bool {
        self.alive.get(service).copied().unwrap_or_default()
    }

    fn happen(&mut self, chance: Chance) {
        match chance {
            Chance::Wait { milliseconds } => self.wait(milliseconds),
            Chance::Ready(service) if self.is_alive(service) => {
                let states = self.supervisor.states();
                // One that was not ready in time is being killed.
                let is_starting = states
                    .map(|state| matches!(state.life, Life::Starting { .. }))
                    .nth(service);
                if is_starting == Some(true) {
                    self.has_been_ready[service] = true;
                    self.ready[service] = true;
                }
                self.send(Event::Ready(ServiceId(service)));
            }
            Chance::Die(service, exit) if self.is_alive(service) => {
                self.bury(service);
                self.send(Event::Exited(ServiceId(service), exit));
                if !self.alive.contains(&true) {
                    self.send(Event::ChildrenGone);
                }
            }
            Chance::Ready(_) | Chance::Die(..) => {}
            Chance::Stop => {
                self.stop_began = self.stop_began.or(Some(self.now));
                self.send(Event::StopRequested);
            }
            Chance::Reload => self.send(Event::ReloadRequested),
            Chance::Reopen => self.send(Event::ReopenRequested),
            Chance::NextSpawnFails => self.spawn_fails = true,
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_a_stop_ends_within_its_budget_and_loses_no_child(
        workers in workers(),
        drain in prop_oneof![Just(0_u64), 0..=LONGEST_DRAIN],
        immortal in any::<bool>(),
        before in prop::collection::vec(chance(), 0..40),
        after in prop::collection::vec(chance(), 0..10),
    ) {
        let mortality = if immortal { Mortality::Immortal } else { Mortality::Mortal };
        let mut world = World::new(&workers, drain, mortality);
        for chance in before {
            world.happen(chance);
        }
        world.happen(Chance::Stop);
        for chance in after {
            world.happen(chance);
        }
        world.wait(2 * TOTAL);

        let Some((ended, code)) = world.exit else {
            panic!("it never ended");
        };
        let took = ended - world.stop_began.unwrap();
        prop_assert!(took <= TOTAL, "the stop took {} ms", took);
        if world.alive.contains(&true) {
            prop_assert_eq!(mortality, Mortality::Immortal, "a child was left behind");
            prop_assert_ne!(code, ExitCode::Success);
        }
        if world.has_lost_one {
            prop_assert_ne!(code, ExitCode::Success, "a service that was lost is not in the code");
        }
    }

    #[test]
    fn without_a_stop_signal_only_a_service_ends_the_container_and_never_with_success(
        workers in workers(),
        chances in prop::collection::vec(chance(), 0..80),
    ) {
        let mut world = World::new(&workers, 0, Mortality::Mortal);
        for chance in chances {
            if !matches!(chance, Chance::Stop) {
                world.happen(chance);
            }
        }
        if let Some((_, code)) = world.exit {
            prop_assert_ne!(code.number(), 0);
        }
    }
    #[test]
    fn what_nobody_needs_never_ends_the_container(
        essential in any::<bool>(),
        exits in prop::collection::vec((0..2000_u64, 0..=255_u8), 10..60),
    ) {
        let mut world = World::new(&[(essential, [false; MOST])], 0, Mortality::Mortal);
        for service in 0..3 {
            world.happen(Chance::Ready(service));
        }
        for (milliseconds, code) in exits {
            world.happen(Chance::Die(2, Exit::Code(code)));
            world.happen(Chance::Wait { milliseconds });
        }
        if essential {
            let stopped = !world.supervisor.is_serving();
            prop_assert!(stopped, "it was started for ever although it never became ready");
        } else {
            prop_assert!(world.exit.is_none() && world.supervisor.is_serving());
            let longest_delay = 66;
            for _ in 0..=longest_delay {
                if world.alive[2] {
                    break;
                }
                world.wait(1000);
            }
            prop_assert!(world.alive[2], "it was not started again");
        }
    }
}
