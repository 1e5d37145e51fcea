//! What every record of ECS means beside every state of the service.

use super::{
    ServiceDeploymentStatus as Status,
    rollback::{By, Way, way_back},
    scene::*,
    verdict::{Certainty, Verdict, judge},
    *,
};

/// A doubtful verdict has a question mark.
fn read(verdict: &(Verdict, Certainty)) -> String {
    let word = match &verdict.0 {
        Verdict::Underway => "underway",
        Verdict::Complete => "complete",
        Verdict::RollingBack { .. } => "going back",
        Verdict::RolledBack { .. } => "back",
        Verdict::RollbackFailed { .. } => "stuck",
        Verdict::Failed { .. } => "failed",
        Verdict::Stopped { .. } => "stopped",
        Verdict::Replaced { .. } => "replaced",
    };
    match verdict.1 {
        Certainty::Certain => word.to_owned(),
        Certainty::Doubtful => format!("{word}?"),
    }
}

#[test]
fn every_record_beside_every_state_of_the_service() {
    let services = [
        rolling(),
        complete(),
        failed(),
        going_back(),
        back(),
        replaced(),
        look([]),
    ];
    #[rustfmt::skip]
    let table: [(Option<Status>, [&str; 7]); 10] = [
        //                                rolling     complete    failed      going back    back          replaced     empty
        (None,                           ["underway", "complete", "failed?",  "going back", "going back?", "replaced?", "underway"]),
        (Some(Status::Pending),          ["underway", "underway", "failed?",  "going back", "replaced?",  "replaced?", "underway"]),
        (Some(Status::InProgress),       ["underway", "underway", "failed?",  "going back", "replaced?",  "replaced?", "underway"]),
        (Some(Status::Successful),       ["underway", "complete", "failed?",  "going back", "replaced?",  "replaced?", "underway"]),
        (Some(Status::StopRequested),    ["underway", "underway", "failed?",  "going back", "replaced?",  "replaced?", "underway"]),
        (Some(Status::Stopped),          ["stopped?", "stopped?", "failed?",  "replaced",   "replaced",   "replaced",  "stopped?"]),
        (Some(Status::RollbackRequested), ["going back"; 7]),
        (Some(Status::RollbackInProgress), ["going back"; 7]),
        (Some(Status::RollbackSuccessful), ["back"; 7]),
        (Some(Status::RollbackFailed),   ["stuck"; 7]),
    ];
    for (status, expected) in table {
        let record = status.map(record);
        let actual = services
            .each_ref()
            .map(|service| read(&judge(&target(), &service.deployments, record.as_ref())));
        assert_eq!(actual, expected, "{status:?}");
    }
}

#[test]
fn a_deployment_of_the_same_task_definition_again_is_no_rollback_of_itself() {
    let again = Target {
        previous: NEW.into(),
        ..target()
    };
    let other = [
        primary(OTHER, NEW, RolloutState::InProgress),
        active(OURS, NEW, RolloutState::InProgress),
    ];
    assert_eq!(read(&judge(&again, &other, None)), "replaced?");
}

#[test]
fn the_way_back_beside_every_state_of_the_service() {
    let stuck = look([primary(BACK, PREVIOUS, RolloutState::Failed)]);
    let services = [
        rolling(),
        complete(),
        going_back(),
        back(),
        stale(),
        replaced(),
        stuck,
        look([]),
    ];
    let known = || By::Update {
        deployment: Some(BACK.into()),
    };
    #[rustfmt::skip]
    let table = [
        //                                               rolling complete going back back stale replaced stuck empty
        (By::Ecs, None,                                  ["-", "-", "-", "back", "back", "-", "failed", "-"]),
        (By::Stop, None,                                 ["-", "-", "-", "back", "back", "-", "failed", "-"]),
        (By::Stop, Some(Status::InProgress),             ["-", "-", "-", "back", "back", "-", "failed", "-"]),
        (By::Stop, Some(Status::Stopped),                ["-", "-", "-", "back", "back", "replaced", "failed", "-"]),
        (By::Stop, Some(Status::RollbackRequested),      ["-"; 8]),
        (By::Stop, Some(Status::RollbackInProgress),     ["-"; 8]),
        (By::Stop, Some(Status::RollbackSuccessful),     ["back"; 8]),
        (By::Ecs, Some(Status::RollbackFailed),          ["failed"; 8]),
        (By::Update { deployment: None }, None,          ["-"; 8]),
        (known(), None,                                  ["-", "-", "-", "back", "-", "replaced", "failed", "-"]),
        // Our update has stopped the deployment that the record is about.
        (known(), Some(Status::Stopped),                 ["-", "-", "-", "back", "-", "replaced", "failed", "-"]),
    ];
    for (by, status, expected) in table {
        let record = status.map(record);
        let actual = services.each_ref().map(|service| {
            match way_back(&target(), &by, &service.deployments, record.as_ref()) {
                Way::Underway => "-",
                Way::Back => "back",
                Way::Failed { .. } => "failed",
                Way::Replaced { .. } => "replaced",
            }
        });
        assert_eq!(actual, expected, "{by:?} {status:?}");
    }
}

#[test]
fn every_word_of_ecs_is_known() {
    let words: Vec<_> = Status::ALL.iter().map(|status| status.word()).collect();
    assert_eq!(words.len(), 9);
    for word in words {
        assert_eq!(Status::from_word(word).map(Status::word), Some(word));
    }
    assert_eq!(Status::from_word("ROLLBACK"), None);
    assert_eq!(
        RolloutState::from_word("COMPLETED"),
        Some(RolloutState::Completed)
    );
    assert_eq!(DeploymentStatus::from_word("primary"), None);
    assert_eq!(
        StopCode::from_word("TaskFailedToStart"),
        Some(StopCode::TaskFailedToStart)
    );
}
