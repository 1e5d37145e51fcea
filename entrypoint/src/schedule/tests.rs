use std::time::Duration;

use proptest::prelude::*;

use super::machine::JobNotice;
use super::{Begin, JobAction, JobEvent, JobId, JobPolicy, OnFailure, Schedule};
use crate::exit_code::{Exit, ExitCode};
use crate::supervisor::Moment;

const ID: JobId = JobId(0);
const DONE: Exit = Exit::Code(0);
const FAILED: Exit = Exit::Code(1);

fn at(seconds: u64) -> Moment {
    Moment::since_start(Duration::from_secs(seconds))
}

fn policy() -> JobPolicy {
    JobPolicy {
        name: "cron",
        begin: Begin::AfterServices,
        every: Some(Duration::from_mins(1)),
        time_limit: Duration::from_secs(50),
        failure: OnFailure::GoOn,
        gates_readiness: false,
    }
}

fn schedule(policy: JobPolicy) -> Schedule {
    Schedule::new([policy], 7)
}

#[test]
fn a_job_runs_again_about_its_interval_after_it_has_ended() {
    let mut schedule = schedule(policy());
    assert_eq!(schedule.handle(at(0), JobEvent::Begin), []);
    let ready = [JobAction::Run(ID), JobAction::MarkReady];
    assert_eq!(schedule.handle(at(1), JobEvent::ServicesReady), ready);
    assert_eq!(
        schedule.handle(at(30), JobEvent::Ended(ID, DONE)),
        [JobAction::Done(ID)]
    );
    let next = schedule.next_run(ID).unwrap();
    assert!(at(84) <= next && next <= at(96), "{next:?}");
    assert_eq!(schedule.handle(at(80), JobEvent::Tick), []);
    assert_eq!(schedule.handle(next, JobEvent::Tick), [JobAction::Run(ID)]);
}

#[test]
fn readiness_waits_for_the_jobs_that_gate_it() {
    let mut schedule = schedule(JobPolicy {
        begin: Begin::AtOnce,
        gates_readiness: true,
        ..policy()
    });
    assert_eq!(
        schedule.handle(at(0), JobEvent::Begin),
        [JobAction::Run(ID)]
    );
    assert_eq!(schedule.handle(at(1), JobEvent::ServicesReady), []);
    assert!(!schedule.is_ready());
    assert_eq!(
        schedule.handle(at(2), JobEvent::Ended(ID, DONE)),
        [JobAction::Done(ID), JobAction::MarkReady]
    );
    assert!(schedule.is_ready());
}

#[test]
fn a_first_run_that_fails_ends_the_container_and_a_later_one_does_not() {
    let failure = OnFailure::End;
    let mut fresh = schedule(JobPolicy {
        begin: Begin::AtOnce,
        failure,
        ..policy()
    });
    assert_eq!(fresh.handle(at(0), JobEvent::Begin), [JobAction::Run(ID)]);
    assert_eq!(
        fresh.handle(at(1), JobEvent::Ended(ID, FAILED)),
        [
            JobAction::Say(JobNotice::GaveUp {
                name: "cron",
                exit: FAILED
            }),
            JobAction::GiveUp(ExitCode::Child(FAILED)),
        ]
    );
    let mut later = schedule(JobPolicy {
        begin: Begin::AtOnce,
        failure,
        ..policy()
    });
    assert_eq!(later.handle(at(0), JobEvent::Begin), [JobAction::Run(ID)]);
    assert_eq!(
        later.handle(at(1), JobEvent::Ended(ID, DONE)),
        [JobAction::Done(ID)]
    );
    assert_eq!(later.handle(at(100), JobEvent::Tick), [JobAction::Run(ID)]);
    let said = JobNotice::Failed {
        name: "cron",
        exit: FAILED,
    };
    assert_eq!(
        later.handle(at(101), JobEvent::Ended(ID, FAILED)),
        [JobAction::Say(said)]
    );
}

#[test]
fn a_run_that_takes_too_long_is_asked_and_then_killed() {
    let mut schedule = schedule(JobPolicy {
        begin: Begin::AtOnce,
        ..policy()
    });
    assert_eq!(
        schedule.handle(at(0), JobEvent::Begin),
        [JobAction::Run(ID)]
    );
    let limit = Duration::from_secs(50);
    assert_eq!(
        schedule.handle(at(50), JobEvent::Tick),
        [
            JobAction::Say(JobNotice::TookTooLong {
                name: "cron",
                limit
            }),
            JobAction::Term(ID),
        ]
    );
    assert_eq!(schedule.handle(at(54), JobEvent::Tick), []);
    assert_eq!(
        schedule.handle(at(55), JobEvent::Tick),
        [JobAction::Kill(ID)]
    );
}

#[test]
fn a_request_during_a_run_makes_another_one() {
    let mut schedule = schedule(JobPolicy {
        begin: Begin::AtOnce,
        every: None,
        ..policy()
    });
    let run = [JobAction::Run(ID)];
    let ended = JobEvent::Ended(ID, DONE);
    assert_eq!(schedule.handle(at(0), JobEvent::Begin), run);
    assert_eq!(schedule.handle(at(1), JobEvent::Requested(ID)), []);
    assert_eq!(schedule.handle(at(2), ended), run);
    assert_eq!(schedule.handle(at(3), ended), [JobAction::Done(ID)]);
    let never = schedule.deadline();
    assert_eq!(never, None, "an idle schedule never wakes anybody");
    assert_eq!(schedule.handle(at(4), JobEvent::Requested(ID)), run);
}

/// A job `first` with this meaning of a failure, and one that waits for it.
fn chain(failure: OnFailure) -> Schedule {
    let first = JobPolicy {
        name: "first",
        every: None,
        failure,
        gates_readiness: true,
        ..policy()
    };
    let second = JobPolicy {
        begin: Begin::AfterJob("first"),
        ..policy()
    };
    let mut schedule = Schedule::new([first, second], 7);
    assert_eq!(schedule.handle(at(0), JobEvent::Begin), []);
    assert_eq!(
        schedule.handle(at(1), JobEvent::ServicesReady),
        [JobAction::Run(ID)]
    );
    schedule
}

const SECOND: JobId = JobId(1);

#[test]
fn a_job_begins_once_when_the_one_before_it_has_succeeded() {
    let mut schedule = chain(OnFailure::End);
    let done = JobAction::Done(ID);
    let then = [done.clone(), JobAction::MarkReady, JobAction::Run(SECOND)];
    assert_eq!(schedule.handle(at(2), JobEvent::Ended(ID, DONE)), then);
    let again = schedule.handle(at(3), JobEvent::Requested(ID));
    assert_eq!(again, [JobAction::Run(ID)]);
    let only_done = schedule.handle(at(4), JobEvent::Ended(ID, DONE));
    assert_eq!(only_done, [done]);
}

#[test]
fn a_job_whose_failure_matters_holds_back_what_comes_after_it() {
    let mut schedule = chain(OnFailure::End);
    let actions = schedule.handle(at(2), JobEvent::Ended(ID, FAILED));
    assert!(matches!(
        actions[..],
        [JobAction::Say(_), JobAction::GiveUp(_)]
    ));
}

#[test]
fn a_job_whose_failure_does_not_matter_holds_back_nothing() {
    let mut schedule = chain(OnFailure::GoOn);
    let exit = FAILED;
    let name = "first";
    assert_eq!(
        schedule.handle(at(2), JobEvent::Ended(ID, FAILED)),
        [
            JobAction::Say(JobNotice::Failed { name, exit }),
            JobAction::MarkReady,
            JobAction::Run(SECOND),
        ]
    );
}

fn events() -> impl Strategy<Value = Vec<(u64, JobEvent)>> {
    let event = prop_oneof![
        Just(JobEvent::ServicesReady),
        (0..3_usize, any::<bool>()).prop_map(|(id, good)| {
            JobEvent::Ended(JobId(id), if good { DONE } else { FAILED })
        }),
        (0..3_usize).prop_map(|id| JobEvent::Requested(JobId(id))),
        Just(JobEvent::Tick),
        Just(JobEvent::Tick),
        Just(JobEvent::Stopping),
    ];
    prop::collection::vec((0..40_u64, event), 0..80)
}

proptest! {
    #[test]
    fn no_job_ever_runs_twice_at_once_and_none_begins_after_the_stop(events in events()) {
        let first = JobPolicy { begin: Begin::AtOnce, gates_readiness: true, name: "first", ..policy() };
        let last = JobPolicy { begin: Begin::AfterJob("first"), ..policy() };
        let mut schedule = Schedule::new([first, policy(), last], 3);
        let mut running = [false; 3];
        let (mut now, mut stopped, mut marks) = (0, false, 0);
        let begin = std::iter::once((0, JobEvent::Begin));
        for (pause, event) in begin.chain(events) {
            now += pause;
            match event {
                // The edge only reports the end of what it has started.
                JobEvent::Ended(id, _) if !running[id.0] => continue,
                JobEvent::Ended(id, _) => running[id.0] = false,
                JobEvent::Stopping => stopped = true,
                JobEvent::Begin | JobEvent::ServicesReady | JobEvent::Requested(_) | JobEvent::Tick => {}
            }
            for action in schedule.handle(at(now), event) {
                match action {
                    JobAction::Run(id) => {
                        prop_assert!(!stopped && !running[id.0]);
                        running[id.0] = true;
                    }
                    JobAction::Term(id) | JobAction::Kill(id) => prop_assert!(running[id.0]),
                    JobAction::MarkReady => marks += 1,
                    JobAction::GiveUp(_) | JobAction::Done(_) | JobAction::Say(_) => {}
                }
            }
        }
        prop_assert!(marks <= 1);
    }
}

#[test]
fn a_job_after_one_that_ended_early_waits_for_the_services_too() {
    let first = JobPolicy {
        name: "first",
        begin: Begin::AtOnce,
        every: None,
        ..policy()
    };
    let second = JobPolicy {
        begin: Begin::AfterJob("first"),
        ..policy()
    };
    let mut schedule = Schedule::new([first, second], 7);
    assert_eq!(
        schedule.handle(at(0), JobEvent::Begin),
        [JobAction::Run(ID)]
    );
    let done = [JobAction::Done(ID)];
    assert_eq!(schedule.handle(at(1), JobEvent::Ended(ID, DONE)), done);
    let then = [JobAction::Run(SECOND), JobAction::MarkReady];
    assert_eq!(schedule.handle(at(2), JobEvent::ServicesReady), then);
}
