//! The jobs as a state machine: events in, actions out, no clock and no process.

use std::fmt;
use std::time::Duration;

use super::policy::{Begin, JobId, JobPolicy, OnFailure};
use crate::dice::Dice;
use crate::exit_code::{Exit, ExitCode};
use crate::supervisor::Moment;

/// From TERM to KILL for a run that has taken too long.
const PATIENCE: Duration = Duration::from_secs(5);

/// What can happen to jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobEvent {
    /// The first service is being started.
    Begin,
    /// Every service is ready, for the first time or again.
    ServicesReady,
    /// The job's process is gone, or could not be started.
    Ended(JobId, Exit),
    /// Somebody wants this job now.
    Requested(JobId),
    /// The container stops: nothing is started any more.
    Stopping,
    Tick,
}

/// What is to be done.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JobAction {
    Run(JobId),
    /// Ask the job's process group to end.
    Term(JobId),
    Kill(JobId),
    /// Everything that has to be done before visitors come is done.
    MarkReady,
    /// The container cannot do its work and ends with this code.
    GiveUp(ExitCode),
    /// The job has ended well, and nobody has asked for another run meanwhile.
    Done(JobId),
    Say(JobNotice),
}

/// A message about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JobNotice {
    Failed { name: &'static str, exit: Exit },
    TookTooLong { name: &'static str, limit: Duration },
    GaveUp { name: &'static str, exit: Exit },
}

impl fmt::Display for JobNotice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { name, exit } => write!(formatter, "{name} {exit}"),
            Self::TookTooLong { name, limit } => {
                write!(formatter, "{name} has taken more than {limit:?}; ending it")
            }
            Self::GaveUp { name, exit } => {
                write!(formatter, "{name} {exit}; stopping the container")
            }
        }
    }
}

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Waits for its moment, or for a request when there is none.
    Idle { next: Option<Moment> },
    Running {
        /// When it is asked to end.
        limit: Moment,
        /// Whether it was asked already: then `limit` is when it is killed.
        overdue: bool,
        /// Whether to run again as soon as it has ended.
        again: bool,
    },
}

#[derive(Clone, Debug)]
struct Job {
    policy: JobPolicy,
    state: State,
    has_succeeded: bool,
    /// Whether what comes after the job's first run may begin.
    is_settled: bool,
}

impl Job {
    fn lets_visitors_in(&self) -> bool {
        self.has_succeeded || self.is_settled && self.policy.every.is_none()
    }
}

/// Decides which job runs when.
#[derive(Debug)]
pub(crate) struct Schedule {
    jobs: Vec<Job>,
    services_ready: bool,
    marked_ready: bool,
    stopping: bool,
    /// Spreads the beginnings.
    dice: Dice,
}

impl Schedule {
    /// Two schedules with the same `seed` decide alike.
    pub(crate) fn new(policies: impl IntoIterator<Item = JobPolicy>, seed: u64) -> Self {
        let job = |policy| Job {
            policy,
            state: State::Idle { next: None },
            has_succeeded: false,
            is_settled: false,
        };
        Self {
            jobs: policies.into_iter().map(job).collect(),
            services_ready: false,
            marked_ready: false,
            stopping: false,
            dice: Dice::new(seed),
        }
    }

    /// Takes in one event; what it returns must be performed, in order.
    #[must_use]
    pub(crate) fn handle(&mut self, now: Moment, event: JobEvent) -> Vec<JobAction> {
        match event {
            JobEvent::Begin => self.begin(now),
            JobEvent::ServicesReady => self.services_ready(now),
            JobEvent::Ended(id, exit) => self.ended(now, id, exit),
            JobEvent::Requested(id) => self.requested(now, id),
            JobEvent::Stopping => self.stop(now),
            JobEvent::Tick => self.tick(now),
        }
    }

    /// When to send the next [`JobEvent::Tick`], at the latest.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.jobs
            .iter()
            .filter_map(|job| match job.state {
                State::Idle { next } => next,
                State::Running { limit, .. } => Some(limit),
            })
            .min()
    }

    /// When the job runs next, if that is known.
    pub(crate) fn next_run(&self, id: JobId) -> Option<Moment> {
        match self.jobs.get(id.0)?.state {
            State::Idle { next } => next,
            State::Running { .. } => None,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.marked_ready && !self.stopping
    }

    fn begin(&mut self, now: Moment) -> Vec<JobAction> {
        let mut actions = Vec::new();
        for index in 0..self.jobs.len() {
            match self.jobs[index].policy.begin {
                Begin::AtOnce => actions.extend(self.run(now, JobId(index))),
                Begin::After(delay) => {
                    self.jobs[index].state = State::Idle {
                        next: Some(now + delay),
                    }
                }
                Begin::AfterServices | Begin::AfterJob(_) => {}
            }
        }
        actions
    }

    fn services_ready(&mut self, now: Moment) -> Vec<JobAction> {
        if self.services_ready {
            return Vec::new();
        }
        self.services_ready = true;
        let mut actions = Vec::new();
        for index in 0..self.jobs.len() {
            let begins = match self.jobs[index].policy.begin {
                Begin::AfterServices => true,
                Begin::AfterJob(name) => self.is_settled(name),
                Begin::AtOnce | Begin::After(_) => false,
            };
            if begins {
                actions.extend(self.run(now, JobId(index)));
            }
        }
        actions.extend(self.mark_ready());
        actions
    }

    fn requested(&mut self, now: Moment, id: JobId) -> Vec<JobAction> {
        match &mut self.jobs[id.0].state {
            State::Running { again, .. } => {
                *again = true;
                Vec::new()
            }
            State::Idle { .. } => self.run(now, id),
        }
    }

    fn run(&mut self, now: Moment, id: JobId) -> Vec<JobAction> {
        if self.stopping {
            return Vec::new();
        }
        let job = &mut self.jobs[id.0];
        if matches!(job.state, State::Running { .. }) {
            return Vec::new();
        }
        job.state = State::Running {
            limit: now + job.policy.time_limit,
            overdue: false,
            again: false,
        };
        vec![JobAction::Run(id)]
    }

    fn ended(&mut self, now: Moment, id: JobId, exit: Exit) -> Vec<JobAction> {
        let job = &mut self.jobs[id.0];
        let State::Running { again, .. } = job.state else {
            return Vec::new();
        };
        let name = job.policy.name;
        job.state = State::Idle { next: None };
        let mut actions = Vec::new();
        if exit == Exit::Code(0) {
            job.has_succeeded = true;
            if !again {
                actions.push(JobAction::Done(id));
            }
            actions.extend(self.settle(now, id));
        } else if !self.stopping {
            match job.policy.failure {
                OnFailure::End if !job.has_succeeded => {
                    actions.push(JobAction::Say(JobNotice::GaveUp { name, exit }));
                    actions.push(JobAction::GiveUp(ExitCode::Child(exit)));
                    return actions;
                }
                OnFailure::End => actions.push(JobAction::Say(JobNotice::Failed { name, exit })),
                OnFailure::GoOn => {
                    actions.push(JobAction::Say(JobNotice::Failed { name, exit }));
                    actions.extend(self.settle(now, id));
                }
            }
        }
        if again {
            actions.extend(self.run(now, id));
        } else if let Some(every) = self.jobs[id.0].policy.every.filter(|_| !self.stopping) {
            let next = now + self.dice.spread(every);
            self.jobs[id.0].state = State::Idle { next: Some(next) };
        }
        actions
    }

    /// The first run is over: what has waited for it begins.
    fn settle(&mut self, now: Moment, id: JobId) -> Vec<JobAction> {
        let job = &mut self.jobs[id.0];
        let was_settled = std::mem::replace(&mut job.is_settled, true);
        let after = Begin::AfterJob(job.policy.name);
        let mut actions: Vec<_> = self.mark_ready().into_iter().collect();
        for index in 0..self.jobs.len() {
            if !was_settled && self.services_ready && self.jobs[index].policy.begin == after {
                actions.extend(self.run(now, JobId(index)));
            }
        }
        actions
    }

    fn is_settled(&self, name: &str) -> bool {
        let mut settled = self.jobs.iter().filter(|job| job.is_settled);
        settled.any(|job| job.policy.name == name)
    }

    fn mark_ready(&mut self) -> Option<JobAction> {
        let mut gates = self.jobs.iter().filter(|job| job.policy.gates_readiness);
        let ready = self.services_ready && !self.marked_ready && gates.all(Job::lets_visitors_in);
        if !ready || self.stopping {
            return None;
        }
        self.marked_ready = true;
        Some(JobAction::MarkReady)
    }

    fn stop(&mut self, now: Moment) -> Vec<JobAction> {
        self.stopping = true;
        let mut actions = Vec::new();
        for (index, job) in self.jobs.iter_mut().enumerate() {
            match &mut job.state {
                State::Idle { next } => *next = None,
                State::Running {
                    limit,
                    overdue,
                    again,
                } => {
                    *again = false;
                    if !*overdue {
                        *overdue = true;
                        *limit = now + PATIENCE;
                        actions.push(JobAction::Term(JobId(index)));
                    }
                }
            }
        }
        actions
    }

    fn tick(&mut self, now: Moment) -> Vec<JobAction> {
        let mut actions = Vec::new();
        for index in 0..self.jobs.len() {
            let id = JobId(index);
            let job = &mut self.jobs[index];
            match &mut job.state {
                State::Idle { next: Some(next) } if *next <= now => {
                    actions.extend(self.run(now, id));
                }
                State::Running { limit, overdue, .. } if *limit <= now => {
                    *limit = now + PATIENCE;
                    if *overdue {
                        actions.push(JobAction::Kill(id));
                    } else {
                        *overdue = true;
                        let name = job.policy.name;
                        let limit = job.policy.time_limit;
                        actions.push(JobAction::Say(JobNotice::TookTooLong { name, limit }));
                        actions.push(JobAction::Term(id));
                    }
                }
                State::Idle { .. } | State::Running { .. } => {}
            }
        }
        actions
    }
}
