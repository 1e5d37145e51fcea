//! The rules for services of the site's own, and for wrong configurations, as tables.

use std::time::Duration;

use super::tests::{
    NGINX, PHP, WORKER, at, check, deeds, policies, serving, serving_with, supervisor, worker,
};
use super::*;
use crate::exit_code::{Exit, ExitCode};

#[test]
fn a_worker_that_keeps_dying_never_ends_the_container_and_is_tried_ever_more_rarely() {
    let mut supervisor = serving_with(worker(Importance::Optional, &[]), 25, 0);
    let mut now = 1000;
    let mut pause = 0;
    for _ in 0..20 {
        let dead = Event::Exited(WORKER, Exit::Code(1));
        assert_eq!(
            deeds(&mut supervisor, now, dead),
            [Action::KillGroup(WORKER)]
        );
        let retry = supervisor.deadline().unwrap();
        pause = retry.since(at(now)).as_millis();
        now += u64::try_from(pause).unwrap() + 1;
        assert_eq!(
            deeds(&mut supervisor, now, Event::Tick),
            [Action::Spawn(WORKER)]
        );
    }
    assert!((54_000..=66_000).contains(&pause), "{pause}");
    assert!(supervisor.is_serving());
    let state = supervisor.states().nth(2).unwrap();
    assert_eq!(state.restarts, 20);
    assert_eq!(state.last_exit.map(|(exit, _)| exit), Some(Exit::Code(1)));
}

#[test]
fn visitors_come_without_waiting_for_a_worker_that_nobody_needs() {
    let worker = worker(Importance::Optional, &[PHP]);
    let budget = StopBudget::new(Duration::from_secs(25), Duration::ZERO);
    let policies = policies().into_iter().chain([worker]);
    check(
        &mut Supervisor::new(policies, budget.unwrap(), 1),
        &[
            (0, Event::Begin, &[Action::Spawn(PHP)]),
            (
                50,
                Event::Ready(PHP),
                &[Action::Spawn(NGINX), Action::Spawn(WORKER)],
            ),
            (100, Event::Ready(NGINX), &[Action::AnnounceServices]),
            (200, Event::Ready(WORKER), &[]),
        ],
    );
}

#[test]
fn an_essential_worker_is_waited_for_and_ends_the_container_with_its_code() {
    let mut supervisor = serving_with(worker(Importance::Essential, &[]), 25, 0);
    let mut now = 1000;
    for _ in 0..4 {
        let dead = Event::Exited(WORKER, Exit::Code(9));
        assert_eq!(deeds(&mut supervisor, now, dead).len(), 1);
        now += 1000;
        assert_eq!(deeds(&mut supervisor, now, Event::Tick).len(), 1);
        let ready = [Action::AnnounceServices];
        assert_eq!(deeds(&mut supervisor, now, Event::Ready(WORKER)), ready);
    }
    let dead = Event::Exited(WORKER, Exit::Code(9));
    assert!(deeds(&mut supervisor, now, dead).contains(&Action::RefuseConnections));
    assert!(!supervisor.is_serving());
}

#[test]
fn a_service_without_a_signal_for_reload_is_left_alone() {
    let mut supervisor = serving_with(worker(Importance::Optional, &[]), 25, 0);
    assert_eq!(
        deeds(&mut supervisor, 1000, Event::ReloadRequested).len(),
        2
    );
    assert_eq!(
        deeds(&mut supervisor, 1000, Event::ReopenRequested).len(),
        2
    );
}

#[test]
fn a_service_that_refuses_its_configuration_is_not_started_again() {
    check(
        &mut supervisor(25, 5),
        &[
            (0, Event::Begin, &[Action::Spawn(PHP)]),
            (
                20,
                Event::Exited(PHP, Exit::Code(78)),
                &[
                    Action::KillGroup(PHP),
                    Action::FailHealthChecks,
                    Action::TermDescendants,
                    Action::CountChildren,
                ],
            ),
            (
                20,
                Event::ChildrenGone,
                &[Action::Exit(ExitCode::Configuration)],
            ),
        ],
    );
}

#[test]
fn one_that_was_ready_may_end_with_that_code_and_is_started_again() {
    let mut supervisor = serving(25, 0);
    let dead = Event::Exited(PHP, Exit::Code(78));
    assert_eq!(deeds(&mut supervisor, 1000, dead), [Action::KillGroup(PHP)]);
    let again = [Action::Spawn(PHP)];
    assert_eq!(deeds(&mut supervisor, 2000, Event::Tick), again);
    assert_eq!(deeds(&mut supervisor, 2010, dead), [Action::KillGroup(PHP)]);
    assert!(supervisor.is_serving());
}

#[test]
fn a_worker_that_dies_while_draining_changes_neither_the_drain_nor_the_exit_code() {
    let mut supervisor = serving_with(worker(Importance::Optional, &[]), 25, 5);
    check(
        &mut supervisor,
        &[
            (1000, Event::StopRequested, &[Action::FailHealthChecks]),
            (2000, Event::Exited(WORKER, Exit::Code(1)), &[]),
            (
                6000,
                Event::Tick,
                &[Action::FailHealthChecks, Action::RefuseConnections],
            ),
        ],
    );
}
