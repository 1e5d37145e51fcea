//! The ends that we bring about: too late, too many failures, Ctrl-C.

use super::{
    Event::{Observed, Tick},
    ServiceDeploymentStatus as Status,
    scene::*,
    *,
};

#[test]
fn what_has_come_over_ours_is_not_rolled_back() {
    let end = "END superseded by ecs-svc/other";
    for (seconds, event) in [(5, Event::Interrupted), (TIMEOUT, Tick)] {
        check(
            policy(),
            &[
                (2, Observed(rolling()), "poll"),
                (4, Observed(replaced()), "poll"),
                (seconds, event, end),
            ],
        );
    }
}

#[test]
fn a_timeout_rolls_back_and_says_so() {
    check(
        policy(),
        &[
            (2, Observed(recorded(rolling(), Status::InProgress)), "poll"),
            (TIMEOUT - 1, Tick, ""),
            (TIMEOUT, Tick, "stop(arn:record)"),
            (
                TIMEOUT + 1,
                Event::RollbackAccepted { deployment: None },
                "",
            ),
            (
                TIMEOUT + 2,
                Observed(recorded(rolling(), Status::RollbackInProgress)),
                "poll",
            ),
            (
                TIMEOUT + 9,
                Observed(recorded(back(), Status::RollbackSuccessful)),
                "END timed out, done",
            ),
        ],
    );
    check(
        policy(),
        &[
            (TIMEOUT, Tick, "update(shop:7)"),
            (TIMEOUT + GRACE - 1, Tick, ""),
            (TIMEOUT + GRACE, Tick, "END timed out, underway"),
        ],
    );
    check(no_rollback(), &[(TIMEOUT, Tick, "END timed out, left")]);
}

#[test]
fn an_interrupt_rolls_back_and_a_second_one_leaves_at_once() {
    check(
        policy(),
        &[
            (2, Observed(recorded(rolling(), Status::Pending)), "poll"),
            (3, Event::Interrupted, "stop(arn:record)"),
            (
                9,
                Observed(recorded(back(), Status::RollbackSuccessful)),
                "END interrupted, done",
            ),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (3, Event::Interrupted, "update(shop:7)"),
            (3, Event::Interrupted, "END interrupted, underway"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(going_back()), "poll"),
            (3, Event::Interrupted, ""),
            (4, Event::Interrupted, "END interrupted, underway"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (3, Event::SiteAnswered, "record"),
            (4, Event::Interrupted, ""),
            (5, Event::Interrupted, "END interrupted, left"),
        ],
    );
    check(
        no_rollback(),
        &[(3, Event::Interrupted, "END interrupted, left")],
    );
}

#[test]
fn a_stop_that_is_refused_leaves_the_other_way_back() {
    let stop = [
        (2, Observed(recorded(rolling(), Status::InProgress)), "poll"),
        (3, Event::Interrupted, "stop(arn:record)"),
        (4, refused(), "update(shop:7)"),
    ];
    let [one, two, three] = stop.clone();
    check(
        policy(),
        &[
            one,
            two,
            three,
            (5, refused(), "END interrupted, undo failed"),
        ],
    );
    let [one, two, three] = stop;
    check(
        policy(),
        &[
            one,
            two,
            three,
            (5, accepted(BACK), ""),
            (6, Observed(rolling()), "poll"),
            (9, Observed(back()), "END interrupted, done"),
        ],
    );
    // Refused because it is over already: then nobody's deployment is to be gone over.
    check(
        policy(),
        &[
            (2, Observed(recorded(rolling(), Status::InProgress)), "poll"),
            (3, Event::Interrupted, "stop(arn:record)"),
            (4, Observed(replaced()), "poll"),
            (5, refused(), ""),
        ],
    );
}

#[test]
fn only_a_stop_that_ecs_would_turn_into_a_rollback_is_asked_for() {
    for (status, expected) in [
        (Status::Pending, "stop(arn:record)"),
        (Status::InProgress, "stop(arn:record)"),
        (Status::StopRequested, "update(shop:7)"),
        (Status::Successful, "update(shop:7)"),
    ] {
        check(
            policy(),
            &[
                (2, Observed(recorded(rolling(), status)), "poll"),
                (3, Event::Interrupted, expected),
            ],
        );
    }
}

#[test]
fn somebody_may_deploy_over_our_rollback() {
    let rollback = [
        (2, Observed(rolling()), "poll"),
        (3, Event::Interrupted, "update(shop:7)"),
        (4, accepted(BACK), ""),
    ];
    let [one, two, three] = rollback;
    check(
        policy(),
        &[
            one,
            two,
            three,
            (6, Observed(replaced()), "END superseded by ecs-svc/other"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(recorded(rolling(), Status::InProgress)), "poll"),
            (3, Event::Interrupted, "stop(arn:record)"),
            (
                6,
                Observed(recorded(replaced(), Status::Stopped)),
                "END superseded by ecs-svc/other",
            ),
        ],
    );
}

#[test]
fn enough_failed_tasks_are_enough() {
    let mut counted = rolling();
    counted.deployments[0].failed = 3;
    let end = "END rolled back: 3 tasks have failed";
    check(
        policy(),
        &[
            (2, Observed(counted.clone()), "update(shop:7) poll"),
            (3, accepted(BACK), ""),
            (9, Observed(back()), end),
        ],
    );
    check(
        no_rollback(),
        &[(
            2,
            Observed(counted.clone()),
            "END failed, left: 3 tasks have failed",
        )],
    );
    let patient = Policy {
        fail_after: None,
        ..policy()
    };
    check(patient, &[(2, Observed(counted.clone()), "poll")]);

    // ECS counts from the beginning whenever a task has run for a moment.
    let crash = |ids: std::ops::Range<u32>| {
        let mut observation = rolling();
        observation.stopped = ids.map(|id| stopped_task(&id.to_string())).collect();
        observation
    };
    check(
        policy(),
        &[
            (2, Observed(crash(0..2)), "logs(0) logs(1) poll"),
            (4, Observed(crash(1..3)), "logs(2) update(shop:7) poll"),
        ],
    );
    // Tasks that somebody else ends say nothing about the release.
    let mut evicted = crash(0..3);
    for task in &mut evicted.stopped {
        task.code = Some(StopCode::SpotInterruption);
    }
    check(
        policy(),
        &[(2, Observed(evicted), "logs(0) logs(1) logs(2) poll")],
    );
    // What completes in spite of them is complete.
    counted.deployments.truncate(1);
    counted.deployments[0].rollout = Some(RolloutState::Completed);
    check(policy(), &[(2, Observed(counted), "site poll")]);
}
