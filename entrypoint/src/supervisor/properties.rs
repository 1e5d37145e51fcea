//! Properties that hold for every order of events, checked in a small simulated world.
//!
//! The world has two services that obey, ignore or die as chance has it, and a clock. It keeps
//! the books the kernel would keep, and after the random part lets the deadlines run out.

use std::time::Duration;

use proptest::prelude::*;

use super::tests::policies;
use super::*;
use crate::exit_code::{Exit, ExitCode};

const TOTAL: u64 = 25_000;
/// The longest drain delay that leaves time to stop.
const LONGEST_DRAIN: u64 = 21_500;

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
        6 => (0..2_usize).prop_map(Chance::Ready),
        8 => ((0..2_usize), exit).prop_map(|(service, exit)| Chance::Die(service, exit)),
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
    now: u64,
    alive: [bool; 2],
    has_been_ready: bool,
    spawn_fails: bool,
    mortality: Mortality,
    stop_began: Option<u64>,
    exit: Option<(u64, ExitCode)>,
}

impl World {
    fn new(drain: u64, mortality: Mortality) -> Self {
        let budget =
            StopBudget::new(Duration::from_millis(TOTAL), Duration::from_millis(drain)).unwrap();
        let mut world = Self {
            supervisor: Supervisor::new(policies(), budget),
            now: 0,
            alive: [false; 2],
            has_been_ready: false,
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
                assert!(
                    id.0 == 0 || self.has_been_ready,
                    "nginx was started before php-fpm"
                );
                if std::mem::take(&mut self.spawn_fails) {
                    events.push(Event::SpawnFailed(*id, Exit::Code(126)));
                } else {
                    self.alive[id.0] = true;
                }
            }
            Action::Signal(id, _) => assert!(self.alive[id.0], "a signal to nobody"),
            Action::KillGroup(id) => self.kill(id.0, events),
            Action::KillDescendants => {
                for service in [0, 1] {
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
            Action::RefuseConnections | Action::ReleasePort | Action::Say(_) => {}
            Action::Exit(code) => self.exit = Some((self.now, *code)),
        }
    }

    fn kill(&mut self, service: usize, events: &mut Vec<Event>) {
        if self.mortality == Mortality::Mortal && std::mem::take(&mut self.alive[service]) {
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
            match deadline.and_then(|deadline| u64::try_from(deadline.as_millis()).ok()) {
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

    fn happen(&mut self, chance: Chance) {
        match chance {
            Chance::Wait { milliseconds } => self.wait(milliseconds),
            Chance::Ready(service) if self.alive[service] => {
                self.has_been_ready = true;
                self.send(Event::Ready(ServiceId(service)));
            }
            Chance::Die(service, exit) if self.alive[service] => {
                self.alive[service] = false;
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
        drain in prop_oneof![Just(0_u64), 0..=LONGEST_DRAIN],
        immortal in any::<bool>(),
        before in prop::collection::vec(chance(), 0..40),
        after in prop::collection::vec(chance(), 0..10),
    ) {
        let mortality = if immortal { Mortality::Immortal } else { Mortality::Mortal };
        let mut world = World::new(drain, mortality);
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
    }

    #[test]
    fn without_a_stop_signal_only_a_service_ends_the_container_and_never_with_success(
        chances in prop::collection::vec(chance(), 0..80),
    ) {
        let mut world = World::new(0, Mortality::Mortal);
        for chance in chances {
            if !matches!(chance, Chance::Stop) {
                world.happen(chance);
            }
        }
        if let Some((_, code)) = world.exit {
            prop_assert_ne!(code.number(), 0);
        }
    }
}
