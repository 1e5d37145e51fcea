//! The machine by table, and whatever the order of events.

use std::time::Duration;

use proptest::prelude::*;

use super::machine::{Action, Event, Machine, Notice, Suspended};
use super::options::{Options, Request};
use crate::exit_code::{Exit, ExitCode};
use crate::process::SignalNumber;

const EXITED: Event = Event::Exited(Exit::Code(7));
const CODE: ExitCode = ExitCode::Child(Exit::Code(7));
const KILLED: [Action; 3] = [
    Action::Say(Notice::DescendantsKilled),
    Action::KillDescendants,
    Action::Collect,
];

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn signal(name: &str) -> SignalNumber {
    name.parse().unwrap()
}

fn came(name: &str) -> Event {
    Event::Signal(signal(name))
}

fn machine(options: &[&str]) -> Machine {
    let words = options.iter().chain(&["--", "true"]);
    Machine::new(Request::parse(words.map(Into::into)).unwrap().options)
}

/// The command ends, somebody is left, and all of them are asked to end, once.
fn ended_with_descendants(machine: &mut Machine, seconds: u64) {
    assert_eq!(machine.handle(at(seconds), EXITED), []);
    let asked = machine.handle(at(seconds), Event::ChildrenLeft);
    assert_eq!(asked, [Action::TermDescendants]);
    assert_eq!(machine.handle(at(seconds), Event::ChildrenLeft), []);
}

#[test]
fn every_signal_goes_to_the_command_while_it_runs() {
    let mut machine = machine(&[]);
    for signal in SignalNumber::all() {
        let actions = machine.handle(at(1), Event::Signal(signal));
        assert_eq!(actions.last(), Some(&Action::Forward(signal)));
    }
    assert_eq!(machine.deadline(), None, "an idle init never wakes up");
}

#[test]
fn a_rewritten_signal_arrives_as_another_and_a_dropped_one_does_not() {
    let mut machine = machine(&["--rewrite=TERM:QUIT", "--rewrite=HUP:0"]);
    assert_eq!(
        machine.handle(at(1), came("TERM")),
        [Action::Forward(signal("QUIT"))]
    );
    assert_eq!(machine.handle(at(1), came("HUP")), []);
}

#[test]
fn it_ends_the_instant_nothing_is_left() {
    let mut machine = machine(&[]);
    assert_eq!(machine.handle(at(1), EXITED), []);
    assert_eq!(
        machine.handle(at(1), Event::ChildrenGone),
        [Action::Exit(CODE)]
    );
}

#[test]
fn descendants_get_their_grace_and_are_then_killed_until_the_end() {
    for (options, grace) in [(&[][..], 5), (&["--grace=2"], 2), (&["--grace=0"], 0)] {
        let mut machine = machine(options);
        ended_with_descendants(&mut machine, 1);
        assert_eq!(machine.deadline(), Some(at(1 + grace)));
        assert_eq!(machine.handle(at(1 + grace), Event::Tick), KILLED);
        let again = machine.deadline().unwrap();
        assert_eq!(machine.handle(again, Event::Tick), KILLED[1..], "said once");
        assert_eq!(
            machine.handle(at(2 + grace), Event::Tick),
            [Action::Exit(CODE)]
        );
        assert_eq!(
            machine.handle(at(8), Event::ChildrenGone),
            [],
            "it ends only once"
        );
    }
}

#[test]
fn a_tick_that_comes_far_too_late_kills_before_it_ends() {
    let mut machine = machine(&["--grace=0"]);
    ended_with_descendants(&mut machine, 1);
    assert_eq!(machine.handle(at(30), Event::Tick), KILLED);
    assert_eq!(machine.handle(at(60), Event::Tick), [Action::Exit(CODE)]);
}

#[test]
fn a_stop_signal_after_the_command_has_ended_hurries() {
    let mut machine = machine(&["--rewrite=QUIT:0"]);
    ended_with_descendants(&mut machine, 1);
    assert_eq!(machine.handle(at(1), came("HUP")), []);
    assert_eq!(
        machine.handle(at(1), came("QUIT")),
        [],
        "a dropped signal is dropped"
    );
    assert_eq!(machine.handle(at(1), came("TERM")), KILLED);
    assert_eq!(machine.handle(at(2), Event::Tick), [Action::Exit(CODE)]);
}

#[test]
fn a_command_that_ignores_the_stop_is_killed_when_there_is_a_timeout() {
    let mut machine = machine(&["--stop-timeout=10"]);
    for seconds in [1, 5] {
        assert_eq!(
            machine.handle(at(seconds), came("INT")),
            [Action::Forward(signal("INT"))]
        );
        assert_eq!(machine.deadline(), Some(at(11)), "from the first one on");
    }
    assert_eq!(machine.handle(at(10), Event::Tick), []);
    let killed = machine.handle(at(11), Event::Tick);
    assert_eq!(killed[0], Action::Say(Notice::CommandKilled(at(10))));
    assert_eq!(killed[1..], KILLED[1..]);
    let killed = Event::Exited(Exit::Signal(9));
    assert_eq!(machine.handle(at(11), killed), []);
    assert_eq!(
        machine.handle(at(11), Event::ChildrenGone),
        [Action::Exit(ExitCode::Child(Exit::Signal(9)))]
    );
}

#[test]
fn what_a_stopped_command_leaves_behind_must_end_within_the_same_timeout() {
    let mut machine = machine(&["--stop-timeout=3", "--grace=60"]);
    assert_eq!(machine.handle(at(1), came("TERM")).len(), 1);
    ended_with_descendants(&mut machine, 2);
    assert_eq!(machine.deadline(), Some(at(4)));
}

#[test]
fn only_a_stop_signal_that_is_not_dropped_starts_the_timeout() {
    let mut machine = machine(&["--stop-timeout=3", "--rewrite=TERM:0", "--rewrite=INT:USR1"]);
    for name in ["HUP", "TERM", "USR1"] {
        let _ = machine.handle(at(1), came(name));
        assert_eq!(machine.deadline(), None, "{name}");
    }
    assert_eq!(
        machine.handle(at(2), came("INT")),
        [Action::Forward(signal("USR1"))]
    );
    assert_eq!(machine.deadline(), Some(at(5)));
}

#[test]
fn a_job_that_the_terminal_suspends_suspends_us() {
    let mut machine = machine(&[]);
    for name in ["TSTP", "TTIN", "TTOU"] {
        assert_eq!(
            machine.handle(at(1), Event::Stopped(signal(name))),
            [Action::Suspend(signal(name), Suspended::ByTerminal)]
        );
    }
    assert_eq!(machine.handle(at(1), Event::Stopped(signal("STOP"))), []);
}

#[test]
fn a_suspension_that_we_were_asked_for_is_told_apart_until_the_command_goes_on() {
    let mut machine = machine(&[]);
    let stopped = Event::Stopped(signal("TSTP"));
    let suspended = |by| [Action::Suspend(signal("TSTP"), by)];
    assert_eq!(
        machine.handle(at(1), came("TSTP")),
        [Action::Forward(signal("TSTP"))]
    );
    assert_eq!(
        machine.handle(at(1), stopped),
        suspended(Suspended::OnRequest)
    );
    assert_eq!(
        machine.handle(at(1), stopped),
        suspended(Suspended::ByTerminal)
    );
    let _ = machine.handle(at(1), came("TTIN"));
    let continued = [
        Action::HandTerminalOver,
        Action::Forward(SignalNumber::CONT),
    ];
    assert_eq!(machine.handle(at(2), came("CONT")), continued);
    assert_eq!(
        machine.handle(at(2), stopped),
        suspended(Suspended::ByTerminal)
    );
}

fn events() -> impl Strategy<Value = Event> {
    let signal = || (1..=64).prop_filter_map("a signal", SignalNumber::new);
    prop_oneof![
        4 => signal().prop_map(Event::Signal),
        2 => signal().prop_map(Event::Stopped),
        1 => (0_u8..3).prop_map(|code| Event::Exited(Exit::Code(code))),
        1 => Just(Event::ChildrenGone),
        2 => Just(Event::ChildrenLeft),
        3 => Just(Event::Wake),
        5 => Just(Event::Tick),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    let timeout = prop::option::of(0_u64..20);
    (0_u64..20, timeout).prop_map(|(grace, timeout)| Options {
        grace: Duration::from_secs(grace),
        stop_timeout: timeout.map(Duration::from_secs),
        ..Options::default()
    })
}

proptest! {
    #[test]
    fn whatever_happens_it_ends_once_and_only_after_the_command(
        options in options(),
        events in prop::collection::vec((0_u64..3000, events()), 0..60),
    ) {
        let grace = options.grace;
        let mut machine = Machine::new(options);
        let mut now = Duration::ZERO;
        let mut ended = None;
        let mut finished = false;
        for (milliseconds, event) in events {
            now += Duration::from_millis(milliseconds);
            let actions = machine.handle(now, event);
            if let Event::Exited(_) = event {
                ended.get_or_insert(now);
            }
            for action in actions {
                match action {
                    Action::Exit(_) => {
                        prop_assert!(!finished && ended.is_some());
                        finished = true;
                    }
                    Action::Forward(_) | Action::Suspend(..) | Action::HandTerminalOver => {
                        prop_assert!(ended.is_none(), "a stranger may have its pid");
                    }
                    Action::TermDescendants => prop_assert!(ended.is_some()),
                    Action::KillDescendants | Action::Collect | Action::Say(_) => {}
                }
            }
            prop_assert!(!finished || machine.deadline().is_none());
        }
        // With nothing but the passing of time it comes to its end within the grace.
        if let Some(ended) = ended && !finished {
            let limit = ended.max(now) + grace + Duration::from_secs(1);
            while let Some(deadline) = machine.deadline() {
                now = now.max(deadline);
                prop_assert!(now <= limit);
                let actions = machine.handle(now, Event::Tick);
                prop_assert!(!actions.is_empty(), "an idle tick would spin");
            }
        }
    }
}
