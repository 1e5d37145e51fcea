//! The ends that ECS or somebody else brings about.

use super::{
    Event::{Observed, Tick},
    ServiceDeploymentStatus as Status,
    scene::*,
    *,
};

const BREAKER: &str = "END rolled back: the deployment failed: ecs-svc/ours is FAILED";

#[test]
fn the_circuit_breaker_rolls_back_and_is_waited_for() {
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(failed()), "poll"),
            (6, Observed(going_back()), "poll"),
            (90, Observed(back()), BREAKER),
        ],
    );
    // The emulator makes the old deployment primary again, at once, and goes on telling about the failed one.
    let at_once = look([
        primary(OLD, PREVIOUS, RolloutState::Completed),
        active(OURS, NEW, RolloutState::Failed),
    ]);
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(at_once), BREAKER),
        ],
    );
}

#[test]
fn what_was_rolled_back_is_rolled_back_however_stable_the_service_is() {
    let record = "END rolled back: the deployment failed: record is ROLLBACK_SUCCESSFUL";
    for observation in [
        rolling(),
        complete(),
        failed(),
        going_back(),
        back(),
        replaced(),
        look([]),
    ] {
        let over = recorded(observation, Status::RollbackSuccessful);
        check(policy(), &[(2, Observed(over.clone()), record)]);
        check(no_rollback(), &[(2, Observed(over), record)]);
    }
}

#[test]
fn a_rollback_of_ecs_is_followed_in_its_record() {
    for (last, end) in [
        (
            Status::RollbackSuccessful,
            "END rolled back: the deployment failed: record is ROLLBACK_REQUESTED",
        ),
        (
            Status::RollbackFailed,
            "END failed, undo failed: the deployment failed: record is ROLLBACK_REQUESTED",
        ),
    ] {
        check(
            policy(),
            &[
                (2, Observed(recorded(rolling(), Status::InProgress)), "poll"),
                (
                    4,
                    Observed(recorded(failed(), Status::RollbackRequested)),
                    "poll",
                ),
                // The old tasks never left, so the service looks settled long before the record is closed.
                (
                    6,
                    Observed(recorded(back(), Status::RollbackInProgress)),
                    "poll",
                ),
                (8, Observed(back()), "poll"),
                (60, Observed(recorded(back(), last)), end),
            ],
        );
    }
    let end = "END failed, undo failed: the deployment failed: record is ROLLBACK_FAILED";
    check(
        policy(),
        &[(
            2,
            Observed(recorded(going_back(), Status::RollbackFailed)),
            end,
        )],
    );
}

#[test]
fn a_rollback_that_fails_is_a_failure() {
    let stuck = look([
        primary(BACK, PREVIOUS, RolloutState::Failed),
        active(OURS, NEW, RolloutState::Failed),
    ]);
    let end = "END failed, undo failed: the deployment failed: ecs-svc/ours is FAILED";
    check(
        policy(),
        &[
            (2, Observed(going_back()), "poll"),
            (4, Observed(stuck), end),
        ],
    );
}

#[test]
fn ecs_gets_its_moment_to_roll_back_before_we_do() {
    check(
        policy(),
        &[
            (2, Observed(failed()), "poll"),
            (11, Observed(failed()), "poll"),
            (12, Observed(failed()), "update(shop:7) poll"),
            (13, accepted(BACK), ""),
            (60, Observed(back()), BREAKER),
        ],
    );
    let left = "END failed, left: the deployment failed: ecs-svc/ours is FAILED";
    check(
        no_rollback(),
        &[
            (2, Observed(failed()), "poll"),
            (12, Observed(failed()), left),
        ],
    );
}

#[test]
fn a_doubt_begins_anew_when_something_else_was_seen_in_between() {
    check(
        policy(),
        &[
            (2, Observed(failed()), "poll"),
            (8, Observed(rolling()), "poll"),
            (9, Observed(failed()), "poll"),
            (18, Observed(failed()), "poll"),
            (19, Observed(failed()), "update(shop:7) poll"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(failed()), "poll"),
            (11, Observed(replaced()), "poll"),
            (20, Observed(replaced()), "poll"),
            (21, Observed(replaced()), "END superseded by ecs-svc/other"),
        ],
    );
}

#[test]
fn somebody_elses_deployment_supersedes_ours() {
    let end = "END superseded by ecs-svc/other";
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(replaced()), "poll"),
            (14, Observed(replaced()), end),
        ],
    );
    check(
        policy(),
        &[(2, Observed(recorded(replaced(), Status::Stopped)), end)],
    );
    // Ours may be listed no more, or not yet.
    let alone = look([primary(OTHER, FOREIGN, RolloutState::Completed)]);
    check(
        policy(),
        &[
            (2, Observed(alone.clone()), "poll"),
            (31, Observed(alone.clone()), "poll"),
            (32, Observed(alone.clone()), end),
        ],
    );
    // The site was being asked.
    check(
        policy(),
        &[
            (2, Observed(complete()), "site poll"),
            (4, Observed(alone.clone()), "poll"),
            (5, Event::SiteAnswered, ""),
            (14, Observed(alone), end),
        ],
    );
}

#[test]
fn an_answer_from_before_ours_is_no_rollback() {
    check(
        policy(),
        &[
            (2, Observed(stale()), "poll"),
            (31, Observed(stale()), "poll"),
            (33, Observed(rolling()), "poll"),
            (40, Observed(complete()), "site poll"),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(stale()), "poll"),
            (3, Event::Interrupted, "update(shop:7)"),
            (4, accepted(BACK), ""),
            // It would be taken for the end of the rollback.
            (5, Observed(stale()), "poll"),
            (9, Observed(back()), "END interrupted, done"),
        ],
    );
}

#[test]
fn a_rollback_by_somebody_without_a_record_is_seen_in_the_deployments() {
    let gone_back = look([
        primary(BACK, PREVIOUS, RolloutState::InProgress),
        active(OURS, NEW, RolloutState::InProgress),
    ]);
    let end =
        "END rolled back: the deployment failed: the previous version was brought back meanwhile";
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(gone_back.clone()), "poll"),
            (14, Observed(gone_back.clone()), "poll"),
            (20, Observed(back()), end),
        ],
    );
    check(
        policy(),
        &[
            (2, Observed(rolling()), "poll"),
            (4, Observed(gone_back), "poll"),
            (TIMEOUT, Tick, ""),
            (TIMEOUT + 2, Observed(back()), "END timed out, done"),
        ],
    );
}

#[test]
fn a_deployment_that_was_stopped_where_it_was_is_left_there() {
    let aborted = recorded(rolling(), Status::Stopped);
    check(
        policy(),
        &[
            (2, Observed(aborted.clone()), "poll"),
            (
                12,
                Observed(aborted),
                "END failed, left: the deployment was stopped: record is STOPPED",
            ),
        ],
    );
}
