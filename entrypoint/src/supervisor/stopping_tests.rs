//! The rules of a stop as tables: what happened, and what the supervisor wants done.

use nix::sys::signal::Signal;

use super::tests::{
    NGINX, PHP, WORKER, at, check, deeds, serving, serving_with, supervisor, worker,
};
use super::*;
use crate::exit_code::{Exit, ExitCode};

/// A stop requested at this moment, and nobody waiting at the port: nginx has been sent QUIT when
/// this returns, `SETTLED` later.
fn stop(supervisor: &mut Supervisor, milliseconds: u64) {
    check(
        supervisor,
        &[
            (
                milliseconds,
                Event::StopRequested,
                &[Action::FailHealthChecks, Action::RefuseConnections],
            ),
            (
                milliseconds + SETTLED,
                Event::Tick,
                &[Action::CountConnections],
            ),
            (
                milliseconds + SETTLED,
                Event::ConnectionsAccepted,
                &[Action::Signal(NGINX, Signal::SIGQUIT), Action::ReleasePort],
            ),
        ],
    );
}

const SETTLED: u64 = 20;

#[test]
fn php_outlives_nginx_so_that_no_request_is_lost() {
    let mut supervisor = serving(25, 0);
    stop(&mut supervisor, 1000);
    check(
        &mut supervisor,
        &[
            (
                1500,
                Event::Exited(NGINX, Exit::Code(0)),
                &[Action::Signal(PHP, Signal::SIGQUIT), Action::ReleasePort],
            ),
            (
                1600,
                Event::Exited(PHP, Exit::Code(0)),
                &[Action::TermDescendants, Action::CountChildren],
            ),
            (
                1600,
                Event::ChildrenGone,
                &[Action::Exit(ExitCode::Success)],
            ),
        ],
    );
}

#[test]
fn nginx_stops_only_once_everybody_at_the_port_is_accepted() {
    let mut supervisor = serving(25, 0);
    let refused = [Action::FailHealthChecks, Action::RefuseConnections];
    assert_eq!(deeds(&mut supervisor, 1000, Event::StopRequested), refused);
    assert_eq!(deeds(&mut supervisor, 1010, Event::Tick), []);
    let quit = [Action::Signal(NGINX, Signal::SIGQUIT), Action::ReleasePort];
    for now in [1020, 1022, 1500] {
        let counted = [Action::CountConnections];
        assert_eq!(deeds(&mut supervisor, now, Event::Tick), counted);
    }
    assert_eq!(
        deeds(&mut supervisor, 2000, Event::Tick),
        quit,
        "but not for ever"
    );
}

#[test]
fn an_nginx_that_dies_while_the_port_empties_does_not_hold_up_the_stop() {
    let mut supervisor = serving(25, 0);
    assert_eq!(deeds(&mut supervisor, 1000, Event::StopRequested).len(), 2);
    assert_eq!(
        deeds(&mut supervisor, 1001, Event::Exited(NGINX, Exit::Signal(9))),
        [Action::Signal(PHP, Signal::SIGQUIT), Action::ReleasePort]
    );
    assert_eq!(
        deeds(&mut supervisor, 1002, Event::ConnectionsAccepted),
        [],
        "an answer that comes late changes nothing"
    );
}

#[test]
fn requests_that_nginx_cut_are_in_the_exit_code() {
    let mut supervisor = serving(10, 0);
    stop(&mut supervisor, 0);
    let cut = 9 * (10_000 - 2500) / 10;
    assert_eq!(
        deeds(&mut supervisor, cut, Event::Exited(NGINX, Exit::Code(0))).len(),
        2
    );
    assert_eq!(
        deeds(&mut supervisor, cut, Event::Exited(PHP, Exit::Code(0))).len(),
        2
    );
    let exit = [Action::Exit(ExitCode::BudgetSpent)];
    assert_eq!(deeds(&mut supervisor, cut, Event::ChildrenGone), exit);
}

#[test]
fn health_checks_fail_before_anything_stops() {
    let mut supervisor = serving(25, 5);
    check(
        &mut supervisor,
        &[(1000, Event::StopRequested, &[Action::FailHealthChecks])],
    );
    assert_eq!(supervisor.deadline(), Some(at(6000)));
    check(
        &mut supervisor,
        &[
            (5999, Event::Tick, &[]),
            (
                6000,
                Event::Tick,
                &[Action::FailHealthChecks, Action::RefuseConnections],
            ),
        ],
    );
}

#[test]
fn a_second_stop_signal_hurries_and_a_third_changes_nothing() {
    check(
        &mut serving(25, 5),
        &[
            (1000, Event::StopRequested, &[Action::FailHealthChecks]),
            (
                2000,
                Event::StopRequested,
                &[
                    Action::Signal(PHP, Signal::SIGTERM),
                    Action::Signal(NGINX, Signal::SIGTERM),
                    Action::ReleasePort,
                ],
            ),
            (2100, Event::StopRequested, &[]),
            (2200, Event::Exited(PHP, Exit::Code(0)), &[]),
            (
                2300,
                Event::Exited(NGINX, Exit::Code(0)),
                &[Action::TermDescendants, Action::CountChildren],
            ),
            (
                2300,
                Event::ChildrenGone,
                &[Action::Exit(ExitCode::Success)],
            ),
        ],
    );
}

#[test]
fn what_ignores_every_signal_is_killed_within_the_budget_and_the_exit_code_says_so() {
    let mut supervisor = serving(10, 0);
    stop(&mut supervisor, 1000);
    assert_eq!(
        supervisor.deadline(),
        Some(at(8500)),
        "a fifth is kept back for TERM and KILL"
    );
    let termed = [
        Action::Signal(PHP, Signal::SIGTERM),
        Action::Signal(NGINX, Signal::SIGTERM),
        Action::ReleasePort,
    ];
    assert_eq!(deeds(&mut supervisor, 8500, Event::Tick), termed);
    assert_eq!(supervisor.deadline(), Some(at(10_500)));
    let killed = [
        Action::KillGroup(PHP),
        Action::KillGroup(NGINX),
        Action::KillDescendants,
        Action::CountChildren,
    ];
    assert_eq!(deeds(&mut supervisor, 10_500, Event::Tick), killed);
    assert_eq!(
        deeds(&mut supervisor, 10_510, Event::Exited(PHP, Exit::Signal(9))),
        []
    );
    assert_eq!(
        deeds(
            &mut supervisor,
            10_510,
            Event::Exited(NGINX, Exit::Signal(9))
        )
        .len(),
        2
    );
    let exit = [Action::Exit(ExitCode::BudgetSpent)];
    assert_eq!(deeds(&mut supervisor, 10_510, Event::ChildrenGone), exit);
}

#[test]
fn a_clock_that_comes_late_spares_nobody() {
    let mut supervisor = serving(10, 0);
    stop(&mut supervisor, 1000);
    deeds(&mut supervisor, 8500, Event::Tick);
    let killed = [
        Action::KillGroup(PHP),
        Action::KillGroup(NGINX),
        Action::KillDescendants,
        Action::CountChildren,
        Action::Exit(ExitCode::BudgetSpent),
    ];
    assert_eq!(deeds(&mut supervisor, 60_000, Event::Tick), killed);
}

#[test]
fn what_cannot_be_killed_does_not_keep_the_container() {
    let mut supervisor = serving(10, 0);
    stop(&mut supervisor, 0);
    assert_eq!(deeds(&mut supervisor, 8000, Event::Tick).len(), 3);
    assert_eq!(deeds(&mut supervisor, 9600, Event::Tick).len(), 4);
    let exit = [Action::Exit(ExitCode::BudgetSpent)];
    assert_eq!(deeds(&mut supervisor, 10_000, Event::Tick), exit);
}

#[test]
fn a_php_fpm_that_dies_while_draining_ends_the_drain_and_is_in_the_exit_code() {
    for (exit, code) in [
        (Exit::Signal(9), ExitCode::Child(Exit::Signal(9))),
        (Exit::Code(0), ExitCode::ServiceEnded),
    ] {
        check(
            &mut serving(25, 5),
            &[
                (1000, Event::StopRequested, &[Action::FailHealthChecks]),
                (
                    2000,
                    Event::Exited(PHP, exit),
                    &[Action::FailHealthChecks, Action::RefuseConnections],
                ),
                (
                    2020,
                    Event::ConnectionsAccepted,
                    &[Action::Signal(NGINX, Signal::SIGQUIT), Action::ReleasePort],
                ),
                (
                    2100,
                    Event::Exited(NGINX, Exit::Code(0)),
                    &[Action::TermDescendants, Action::CountChildren],
                ),
                (2100, Event::ChildrenGone, &[Action::Exit(code)]),
            ],
        );
    }
}

#[test]
fn a_php_fpm_that_crashes_when_told_to_stop_is_in_the_exit_code() {
    let mut supervisor = serving(25, 0);
    stop(&mut supervisor, 1000);
    let ended = Event::Exited(NGINX, Exit::Code(0));
    assert_eq!(deeds(&mut supervisor, 1100, ended).len(), 2);
    let crashed = Event::Exited(PHP, Exit::Signal(11));
    assert_eq!(deeds(&mut supervisor, 1200, crashed).len(), 2);
    let exit = [Action::Exit(ExitCode::Child(Exit::Signal(11)))];
    assert_eq!(deeds(&mut supervisor, 1200, Event::ChildrenGone), exit);
}

#[test]
fn a_drain_delay_is_not_waited_for_where_nothing_serves() {
    let mut starting = supervisor(25, 5);
    assert_eq!(deeds(&mut starting, 0, Event::Begin).len(), 1);
    let stopping = [
        Action::FailHealthChecks,
        Action::Signal(PHP, Signal::SIGQUIT),
        Action::ReleasePort,
    ];
    assert_eq!(deeds(&mut starting, 10, Event::StopRequested), stopping);

    let mut broken = serving(25, 5);
    let dead = Event::Exited(PHP, Exit::Signal(9));
    assert_eq!(deeds(&mut broken, 1000, dead).len(), 1);
    let stopping = [Action::FailHealthChecks, Action::RefuseConnections];
    assert_eq!(deeds(&mut broken, 1010, Event::StopRequested), stopping);
}

#[test]
fn a_worker_stops_beside_nginx_and_php_fpm_waits_for_both() {
    let mut supervisor = serving_with(worker(Importance::Optional, &[PHP]), 25, 0);
    check(
        &mut supervisor,
        &[
            (
                1000,
                Event::StopRequested,
                &[
                    Action::FailHealthChecks,
                    Action::RefuseConnections,
                    Action::Signal(WORKER, Signal::SIGTERM),
                ],
            ),
            (
                1020,
                Event::ConnectionsAccepted,
                &[Action::Signal(NGINX, Signal::SIGQUIT), Action::ReleasePort],
            ),
            (1100, Event::Exited(NGINX, Exit::Code(0)), &[]),
            (
                // It has no handler: that is how TERM stops most programs.
                5000,
                Event::Exited(WORKER, Exit::Signal(15)),
                &[Action::Signal(PHP, Signal::SIGQUIT), Action::ReleasePort],
            ),
            (
                5100,
                Event::Exited(PHP, Exit::Code(0)),
                &[Action::TermDescendants, Action::CountChildren],
            ),
            (
                5100,
                Event::ChildrenGone,
                &[Action::Exit(ExitCode::Success)],
            ),
        ],
    );
}

#[test]
fn nothing_is_started_after_a_stop_has_begun() {
    let mut supervisor = serving(25, 0);
    assert_eq!(
        deeds(&mut supervisor, 1000, Event::Exited(PHP, Exit::Signal(11))).len(),
        1
    );
    stop(&mut supervisor, 1010);
    assert_eq!(
        deeds(&mut supervisor, 2000, Event::Tick),
        [],
        "the back-off of php-fpm is over"
    );
    let swept = [Action::TermDescendants, Action::CountChildren];
    assert_eq!(
        deeds(&mut supervisor, 2100, Event::Exited(NGINX, Exit::Code(0))),
        swept
    );
}

#[test]
fn a_stop_before_anything_is_ready_stops_what_there_is() {
    let mut supervisor = supervisor(25, 0);
    assert_eq!(
        deeds(&mut supervisor, 0, Event::Begin),
        [Action::Spawn(PHP)]
    );
    let stopping = [
        Action::FailHealthChecks,
        Action::Signal(PHP, Signal::SIGQUIT),
        Action::ReleasePort,
    ];
    assert_eq!(deeds(&mut supervisor, 10, Event::StopRequested), stopping);
    assert_eq!(
        deeds(&mut supervisor, 20, Event::Ready(PHP)),
        [],
        "nginx is not started any more"
    );
}

#[test]
fn settings_that_are_written_after_the_stop_start_nothing() {
    check(
        &mut supervisor(25, 0),
        &[
            (
                0,
                Event::StopRequested,
                &[
                    Action::FailHealthChecks,
                    Action::TermDescendants,
                    Action::CountChildren,
                ],
            ),
            (1, Event::Begin, &[]),
            (2, Event::ChildrenGone, &[Action::Exit(ExitCode::Success)]),
        ],
    );
}
