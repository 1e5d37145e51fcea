//! Every phase and every event: what is done.

use super::{
    Event::{Observed, Tick},
    ServiceDeploymentStatus as Status,
    scene::*,
    *,
};

/// The columns of the table below.
fn phases() -> [Rollout; 5] {
    let after = |events: &[Event]| {
        let (mut rollout, _) = Rollout::begin(target(), policy());
        for event in events {
            let _ = rollout.handle(at(10), event.clone());
        }
        rollout
    };
    [
        after(&[Observed(rolling())]),
        after(&[Observed(complete())]),
        after(&[Observed(rolling()), Observed(going_back())]),
        after(&[Observed(complete()), Event::SiteAnswered]),
        after(&[Observed(complete()), Event::SiteAnswered, Event::Recorded]),
    ]
}

#[test]
fn every_event_in_every_phase() {
    let denied = Event::Denied {
        permission: "ecs:DescribeServices".into(),
    };
    let silence = Event::Unanswered {
        reason: "timeout".into(),
    };
    let unrecorded = Event::RecordFailed {
        reason: "no".into(),
    };
    #[rustfmt::skip]
    let table: [(u64, Event, [&str; 5]); 20] = [
        // at     event                    Watching             Checking             RollingBack (ECS)          Recording            Finished
        (11,      Observed(rolling()),    ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      Observed(complete()),   ["site poll",         "poll",              "poll",                    "",                  ""]),
        (11,      Observed(failed()),     ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      Observed(going_back()), ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      Observed(back()),       ["poll",              "poll",              "END rolled back",         "",                  ""]),
        (11,      Observed(replaced()),   ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      Event::Throttled,       ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      silence,                ["poll",              "poll",              "poll",                    "",                  ""]),
        (11,      denied,                 ["END failed, left",  "END failed, left",  "END failed, underway",    "",                  ""]),
        (11,      Event::ServiceGone,     ["END failed, left",  "END failed, left",  "END failed, left",        "",                  ""]),
        (11,      Event::CredentialsLost, ["END no credentials, left", "END no credentials, left", "END no credentials, underway", "END no credentials, left", ""]),
        (11,      Event::SiteAnswered,    ["",                  "record",            "",                        "",                  ""]),
        (11,      site_failed(),          ["",                  "site",              "",                        "",                  ""]),
        (11,      accepted(BACK),         ["",                  "",                  "",                        "",                  ""]),
        (11,      refused(),              ["",                  "",                  "",                        "",                  ""]),
        (11,      Event::Recorded,        ["",                  "",                  "",                        "END succeeded",     ""]),
        (11,      unrecorded,             ["",                  "",                  "",                        "END failed, left",  ""]),
        (11,      Event::Interrupted,     ["update(shop:7)",   "update(shop:7)",   "",                        "",                  ""]),
        (11,      Tick,                   ["",                  "",                  "",                        "",                  ""]),
        (TIMEOUT, Tick,                   ["update(shop:7)",   "update(shop:7)",   "END failed, underway",    "END failed, left",  ""]),
    ];
    for (seconds, event, expected) in table {
        for (column, (mut rollout, expected)) in phases().into_iter().zip(expected).enumerate() {
            let actions = brief(&rollout.handle(at(seconds), event.clone()));
            let (deeds, _reason) = actions.split_once(": ").unwrap_or((&actions, ""));
            assert_eq!(deeds, expected, "phase {column}, {event:?}");
        }
    }
}

#[test]
fn success_needs_the_deployment_alone_and_the_site_and_the_record_of_the_image() {
    let many = look([
        primary(OURS, NEW, RolloutState::Completed),
        active(OLD, PREVIOUS, RolloutState::Completed),
    ]);
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(many), "poll"),
            (6, Observed(complete()), "site poll"),
            (7, Event::SiteAnswered, "record"),
            (7, Event::Recorded, "END succeeded"),
        ],
    );
}

#[test]
fn a_service_that_is_stable_without_us_is_no_success() {
    let without_state = look([Deployment {
        rollout: None,
        ..primary(OURS, NEW, RolloutState::Completed)
    }]);
    let second = look([deployment(
        OURS,
        NEW,
        DeploymentStatus::Active,
        RolloutState::Completed,
    )]);
    for observation in [back(), stale(), without_state, second, look([])] {
        check(
            policy(),
            &[
                (2, Observed(rolling()), "poll"),
                (4, Observed(observation), "poll"),
            ],
        );
    }
}

#[test]
fn a_deployment_that_bakes_is_not_over() {
    check(
        policy(),
        &[
            (
                2,
                Observed(recorded(complete(), Status::InProgress)),
                "poll",
            ),
            // The record was not to be had this time.
            (4, Observed(complete()), "poll"),
            (
                6,
                Observed(recorded(complete(), Status::Successful)),
                "site poll",
            ),
        ],
    );
}

#[test]
fn an_answer_of_the_site_from_before_a_relapse_does_not_count() {
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (4, Observed(rolling()), "poll"),
            (6, Observed(complete()), "poll"),
            (7, Event::SiteAnswered, "site"),
            (8, Event::SiteAnswered, "record"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (4, Observed(rolling()), "poll"),
            (5, Event::SiteAnswered, ""),
            (6, Observed(complete()), "site poll"),
            (7, Event::SiteAnswered, "record"),
        ],
    );
}

#[test]
fn a_failure_of_the_site_from_before_a_relapse_is_not_held_against_it() {
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (4, Observed(rolling()), "poll"),
            (6, Observed(complete()), "poll"),
            (7, site_failed(), "site"),
            (7 + SITE, site_failed(), "site"),
            (8 + SITE, Event::SiteAnswered, "record"),
        ],
    );
}

#[test]
fn a_site_gets_its_time_to_answer() {
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (3, site_failed(), "site"),
            (3 + SITE - 1, site_failed(), "site"),
            (3 + SITE, Event::SiteAnswered, "record"),
        ],
    );
    // That ECS is still done is nothing new.
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (3, site_failed(), "site"),
            (4, Observed(complete()), "poll"),
            (3 + SITE, site_failed(), "update(shop:7)"),
        ],
    );
    let reason = "END rolled back: the site does not answer: 502";
    check(
        policy(),
        &[
            (
                2,
                Observed(recorded(complete(), Status::Successful)),
                "site poll",
            ),
            (3, site_failed(), "site"),
            // What is complete cannot be stopped any more.
            (3 + SITE, site_failed(), "update(shop:7)"),
            (30, accepted(BACK), ""),
            (31, Observed(going_back()), "poll"),
            (40, Observed(back()), reason),
        ],
    );
}

#[test]
fn polls_slow_down_when_throttled_and_come_back() {
    let (mut rollout, _) = Rollout::begin(target(), policy());
    let mut next = |event| {
        let actions = rollout.handle(at(9), event);
        match actions.last() {
            Some(Action::Poll { after }) => after.as_secs(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(next(Event::Throttled), 4);
    assert_eq!(next(Event::Throttled), 8);
    assert_eq!(
        next(Event::Unanswered {
            reason: "reset".into()
        }),
        16
    );
    assert_eq!(next(Observed(rolling())), 8);
    assert_eq!(next(Observed(rolling())), 4);
    assert_eq!(next(Observed(rolling())), 2);
    assert_eq!(next(Observed(rolling())), 2);
}

#[test]
fn news_are_told_once_and_in_their_order() {
    let event = |id: &str| ServiceEvent {
        id: id.into(),
        message: id.into(),
    };
    let foreign = StoppedTask {
        started_by: OLD.into(),
        ..stopped_task("old")
    };
    let mut first = recorded(rolling(), Status::InProgress);
    first.events = vec![event("b"), event("a"), event("old event")];
    first.stopped = vec![stopped_task("1"), foreign];
    let mut second = first.clone();
    second.events.insert(0, event("c"));
    second.deployments[0].counts = Counts {
        desired: 2,
        pending: 1,
        running: 1,
    };
    second.deployments[0].failed = 2;

    let (mut rollout, _) = Rollout::begin(target(), policy());
    let mut said = |observation: &Observation| {
        let actions = rollout.handle(at(2), Observed(observation.clone()));
        let texts = actions.iter().filter_map(|action| match action {
            Action::Say(notice) => Some(notice.to_string()),
            Action::FetchLogs(task) => Some(format!("logs of {}", task.id)),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(
        said(&first),
        [
            "a",
            "b",
            "task 1 stopped (EssentialContainerExited): Essential container in task exited; wordpress exited with 78",
            "logs of 1",
            "the deployment is IN_PROGRESS",
            "0 of 0 tasks run, 0 pending, 1 failed",
        ]
    );
    assert_eq!(
        said(&second),
        ["c", "1 of 2 tasks run, 1 pending, 2 failed"]
    );
    assert_eq!(said(&second), [""; 0]);
    // ECS counts from the beginning once a task runs.
    second.deployments[0].failed = 0;
    assert_eq!(said(&second), [""; 0]);
}

#[test]
fn a_crash_loop_shows_a_few_logs_only() {
    let mut observation = rolling();
    observation.stopped = (0..9).map(|id| stopped_task(&id.to_string())).collect();
    let patient = Policy {
        fail_after: None,
        ..policy()
    };
    check(
        patient,
        &[(2, Observed(observation), "logs(0) logs(1) logs(2) poll")],
    );
}
