//! The supervisor's rules as tables: what happened, and what it wants done.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::action::Notice;
use super::*;
use crate::exit_code::{Exit, ExitCode};

pub(super) const PHP: ServiceId = ServiceId(0);
pub(super) const NGINX: ServiceId = ServiceId(1);

pub(super) fn policies() -> [ServicePolicy; 2] {
    let policy = |name, reload| ServicePolicy {
        name,
        graceful_stop: Signal::SIGQUIT,
        fast_stop: Signal::SIGTERM,
        reload: Some(reload),
        reopen_logs: Some(Signal::SIGUSR1),
        importance: Importance::Essential,
        after: Vec::new(),
        is_front: false,
        start_timeout: Duration::from_secs(30),
        restart: RestartPolicy::default(),
        misconfigured: Some(Exit::Code(78)),
    };
    let nginx = ServicePolicy {
        after: vec![PHP],
        is_front: true,
        ..policy("nginx", Signal::SIGHUP)
    };
    [policy("php-fpm", Signal::SIGUSR2), nginx]
}

/// A service as a site may add it: nobody needs it, and it is TERM that stops it.
pub(super) fn worker(importance: Importance, after: &[ServiceId]) -> ServicePolicy {
    let [php, _] = policies();
    ServicePolicy {
        name: "worker",
        graceful_stop: Signal::SIGTERM,
        reload: None,
        reopen_logs: None,
        importance,
        after: after.to_vec(),
        misconfigured: None,
        ..php
    }
}

/// The third of three services.
pub(super) const WORKER: ServiceId = ServiceId(2);

/// All of php-fpm, nginx and a worker run, at 100 ms.
pub(super) fn serving_with(worker: ServicePolicy, total: u64, drain: u64) -> Supervisor {
    let budget = StopBudget::new(Duration::from_secs(total), Duration::from_secs(drain));
    let policies = policies().into_iter().chain([worker]);
    let mut supervisor = Supervisor::new(policies, budget.unwrap(), 1);
    for event in [
        Event::Begin,
        Event::Ready(PHP),
        Event::Ready(NGINX),
        Event::Ready(WORKER),
    ] {
        let _ = deeds(&mut supervisor, 100, event);
    }
    supervisor
}

/// The moment the supervisor asks for is this one, give or take a tenth of the time from `from` on.
#[track_caller]
pub(super) fn check_deadline(supervisor: &Supervisor, from: u64, expected: u64) -> u64 {
    let start = Moment::since_start(Duration::ZERO);
    let actual = supervisor.deadline().unwrap().since(start).as_millis();
    let actual = u64::try_from(actual).unwrap();
    let spread = (expected - from) / 10;
    assert!(
        (expected - spread..=expected + spread).contains(&actual),
        "{actual}"
    );
    actual + 1
}

pub(super) fn at(milliseconds: u64) -> Moment {
    Moment::since_start(Duration::from_millis(milliseconds))
}

pub(super) fn supervisor(total: u64, drain: u64) -> Supervisor {
    let budget = StopBudget::new(Duration::from_secs(total), Duration::from_secs(drain));
    Supervisor::new(policies(), budget.unwrap(), 1)
}

/// Sends one event and returns what to do, without what to say.
pub(super) fn deeds(supervisor: &mut Supervisor, milliseconds: u64, event: Event) -> Vec<Action> {
    let mut actions = supervisor.handle(at(milliseconds), event);
    actions.retain(|action| !matches!(action, Action::Say(_)));
    actions
}

/// Both services running, at 100 ms.
pub(super) fn serving(total: u64, drain: u64) -> Supervisor {
    let mut supervisor = supervisor(total, drain);
    assert_eq!(
        deeds(&mut supervisor, 0, Event::Begin),
        [Action::Spawn(PHP)]
    );
    assert_eq!(
        deeds(&mut supervisor, 50, Event::Ready(PHP)),
        [Action::Spawn(NGINX)]
    );
    assert_eq!(
        deeds(&mut supervisor, 100, Event::Ready(NGINX)),
        [Action::AnnounceServices]
    );
    supervisor
}

pub(super) fn check(supervisor: &mut Supervisor, script: &[(u64, Event, &[Action])]) {
    for (milliseconds, event, expected) in script {
        let actual = deeds(supervisor, *milliseconds, *event);
        assert_eq!(actual, *expected, "at {milliseconds} ms, {event:?}");
    }
}

#[test]
fn nginx_is_started_only_once_php_can_answer() {
    serving(25, 0);
}

#[test]
fn an_idle_supervisor_never_wakes_up() {
    assert_eq!(serving(25, 0).deadline(), None);
}

#[test]
fn a_dead_service_loses_its_orphans_and_is_started_again() {
    let mut supervisor = serving(25, 0);
    let killed = [Action::KillGroup(PHP)];
    assert_eq!(
        deeds(&mut supervisor, 5000, Event::Exited(PHP, Exit::Signal(9))),
        killed
    );
    let retry = check_deadline(&supervisor, 5000, 5100);
    assert_eq!(
        deeds(&mut supervisor, retry, Event::Tick),
        [Action::Spawn(PHP)]
    );
    assert_eq!(
        deeds(&mut supervisor, 5150, Event::Ready(PHP)),
        [Action::AnnounceServices],
        "nginx runs already"
    );
}

#[test]
fn a_service_that_cannot_be_kept_alive_ends_the_container_with_its_own_code() {
    let mut supervisor = serving(25, 0);
    let mut now = 1000;
    for _ in 0..4 {
        let dead = Event::Exited(NGINX, Exit::Code(3));
        assert_eq!(
            deeds(&mut supervisor, now, dead),
            [Action::KillGroup(NGINX)]
        );
        now += 1000;
        assert_eq!(
            deeds(&mut supervisor, now, Event::Tick),
            [Action::Spawn(NGINX)]
        );
    }
    check(
        &mut supervisor,
        &[
            (
                now,
                Event::Exited(NGINX, Exit::Code(3)),
                &[
                    Action::KillGroup(NGINX),
                    Action::FailHealthChecks,
                    Action::Signal(PHP, Signal::SIGQUIT),
                    Action::ReleasePort,
                ],
            ),
            (
                now + 10,
                Event::Exited(PHP, Exit::Code(0)),
                &[Action::TermDescendants, Action::CountChildren],
            ),
            (
                now + 10,
                Event::ChildrenGone,
                &[Action::Exit(ExitCode::Child(Exit::Code(3)))],
            ),
        ],
    );
}

#[test]
fn a_service_that_keeps_ending_with_success_is_still_a_failure() {
    let mut supervisor = supervisor(25, 0);
    assert_eq!(deeds(&mut supervisor, 0, Event::Begin).len(), 1);
    for second in 1..5 {
        let ended = Event::Exited(PHP, Exit::Code(0));
        assert_eq!(deeds(&mut supervisor, second * 1000, ended).len(), 1);
        assert_eq!(
            deeds(&mut supervisor, second * 1000 + 900, Event::Tick).len(),
            1
        );
    }
    let last = deeds(&mut supervisor, 6000, Event::Exited(PHP, Exit::Code(0)));
    assert_eq!(
        last.last(),
        Some(&Action::CountChildren),
        "nginx has never been started"
    );
    let exit = [Action::Exit(ExitCode::ServiceEnded)];
    assert_eq!(deeds(&mut supervisor, 6000, Event::ChildrenGone), exit);
}

#[test]
fn a_service_that_never_becomes_ready_is_killed_and_counts_as_failed() {
    let mut supervisor = supervisor(25, 0);
    assert_eq!(
        deeds(&mut supervisor, 0, Event::Begin),
        [Action::Spawn(PHP)]
    );
    assert_eq!(supervisor.deadline(), Some(at(30_000)));
    assert_eq!(
        deeds(&mut supervisor, 30_000, Event::Tick),
        [Action::KillGroup(PHP)]
    );
    assert_eq!(
        deeds(&mut supervisor, 30_001, Event::Tick),
        [],
        "its exit is on the way"
    );
    let dead = Event::Exited(PHP, Exit::Signal(9));
    assert_eq!(
        deeds(&mut supervisor, 30_002, dead),
        [Action::KillGroup(PHP)]
    );
    check_deadline(&supervisor, 30_002, 30_102);
}

#[test]
fn reload_and_reopen_are_different_signals_for_each_service() {
    let mut supervisor = serving(25, 0);
    let reload = [
        Action::Signal(PHP, Signal::SIGUSR2),
        Action::Signal(NGINX, Signal::SIGHUP),
    ];
    assert_eq!(deeds(&mut supervisor, 1000, Event::ReloadRequested), reload);
    let reopen = [
        Action::Signal(PHP, Signal::SIGUSR1),
        Action::Signal(NGINX, Signal::SIGUSR1),
    ];
    assert_eq!(deeds(&mut supervisor, 1000, Event::ReopenRequested), reopen);
}

#[test]
fn a_service_without_handlers_yet_is_not_sent_signals_that_would_kill_it() {
    let mut supervisor = supervisor(25, 0);
    assert_eq!(deeds(&mut supervisor, 0, Event::Begin).len(), 1);
    assert_eq!(deeds(&mut supervisor, 1, Event::ReloadRequested), []);
    assert_eq!(deeds(&mut supervisor, 1, Event::ReopenRequested), []);
}

#[test]
fn messages_say_who_what_and_what_next() {
    let died = Notice::Died {
        name: "php-fpm",
        exit: Exit::Signal(9),
        retry: Duration::from_millis(100),
    };
    assert_eq!(
        died.to_string(),
        "php-fpm was killed by SIGKILL; starting it again in 100ms"
    );
    let gave_up = Notice::GaveUp {
        name: "nginx",
        exit: Exit::Code(1),
        failures: 5,
    };
    assert_eq!(
        gave_up.to_string(),
        "nginx exited with code 1; giving up after 5 failures, stopping the container"
    );
}

#[test]
fn what_makes_going_on_impossible_ends_the_container_with_its_code() {
    let code = ExitCode::Child(Exit::Code(75));
    let mut waiting = supervisor(25, 0);
    check(
        &mut waiting,
        &[
            (
                0,
                Event::Abandoned(code),
                &[
                    Action::FailHealthChecks,
                    Action::TermDescendants,
                    Action::CountChildren,
                ],
            ),
            (1, Event::ChildrenGone, &[Action::Exit(code)]),
        ],
    );
}
