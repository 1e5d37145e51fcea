//! What the world may answer, drawn at random: looks that make sense, and some that make none.

use std::{num::NonZeroU32, time::Duration};

use proptest::{option, prelude::*};

use super::{scene::*, *};

#[derive(Clone, Debug)]
pub(super) enum Chance {
    Wait {
        milliseconds: u64,
    },
    /// The look that was asked for, unless there is none.
    Look(Observation),
    Throttled,
    Unanswered,
    SiteAnswers,
    SiteFails,
    RollbackAccepted,
    RollbackRefused,
    Recorded,
    RecordFails,
    Interrupt,
    Denied,
    ServiceGone,
    CredentialsLost,
}

fn any_deployment() -> impl Strategy<Value = Deployment> {
    let which = prop_oneof![
        3 => Just((OURS, NEW)),
        1 => Just((OLD, PREVIOUS)),
        1 => Just((BACK, PREVIOUS)),
        1 => Just((OTHER, FOREIGN)),
    ];
    let status = prop::sample::select(DeploymentStatus::ALL);
    let rollout = prop::sample::select(RolloutState::ALL);
    (which, status, rollout, 0..5_u32).prop_map(|((id, definition), status, rollout, failed)| {
        Deployment {
            failed,
            ..deployment(id, definition, status, rollout)
        }
    })
}

fn any_look() -> impl Strategy<Value = Observation> {
    let sensible = prop::sample::select(vec![
        rolling(),
        complete(),
        complete(),
        complete(),
        failed(),
        going_back(),
        back(),
        stale(),
        replaced(),
    ]);
    let senseless = prop::collection::vec(any_deployment(), 0..4).prop_map(look);
    let status = prop_oneof![
        1 => prop::sample::select(ServiceDeploymentStatus::ALL),
        2 => Just(ServiceDeploymentStatus::InProgress),
        2 => Just(ServiceDeploymentStatus::Successful),
    ];
    let deployments = prop_oneof![3 => sensible, 1 => senseless];
    (deployments, option::weighted(0.4, status)).prop_map(|(look, status)| match status {
        Some(status) => recorded(look, status),
        None => look,
    })
}

pub(super) fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        4 => (0..15_000_u64).prop_map(|milliseconds| Chance::Wait { milliseconds }),
        1 => (0..400_000_u64).prop_map(|milliseconds| Chance::Wait { milliseconds }),
        16 => any_look().prop_map(Chance::Look),
        1 => Just(Chance::Throttled),
        1 => Just(Chance::Unanswered),
        6 => Just(Chance::SiteAnswers),
        2 => Just(Chance::SiteFails),
        3 => Just(Chance::RollbackAccepted),
        2 => Just(Chance::RollbackRefused),
        4 => Just(Chance::Recorded),
        1 => Just(Chance::RecordFails),
        1 => Just(Chance::Interrupt),
    ]
}

pub(super) fn any_policy() -> impl Strategy<Value = Policy> {
    (any::<bool>(), 0..5_u32, 0..5000_u64).prop_map(|(automatic, fail_after, poll)| Policy {
        roll_back: if automatic {
            RollBack::Automatically
        } else {
            RollBack::Never
        },
        fail_after: NonZeroU32::new(fail_after),
        poll: Duration::from_millis(poll),
        ..policy()
    })
}
