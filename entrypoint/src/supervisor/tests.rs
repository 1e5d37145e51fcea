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
        reload,
        reopen_logs: Signal::SIGUSR1,
    };
    [
        policy("php-fpm", Signal::SIGUSR2),
        policy("nginx", Signal::SIGHUP),
    ]
}

pub(super) fn at(milliseconds: u64) -> Moment {
    Moment::since_start(Duration::from_millis(milliseconds))
}

pub(super) fn supervisor(total: u64, drain: u64) -> Supervisor {
    let budget = StopBudget::new(Duration::from_secs(total), Duration::from_secs(drain));
    Supervisor::new(policies(), budget.unwrap())
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
    assert_eq!(deeds(&mut supervisor, 100, Event::Ready(NGINX)), []);
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
    assert_eq!(supervisor.deadline(), Some(at(5100)));
    assert_eq!(
        deeds(&mut supervisor, 5100, Event::Tick),
        [Action::Spawn(PHP)]
    );
    assert_eq!(
        deeds(&mut supervisor, 5150, Event::Ready(PHP)),
        [],
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
    assert_eq!(supervisor.deadline(), Some(at(30_102)));
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
