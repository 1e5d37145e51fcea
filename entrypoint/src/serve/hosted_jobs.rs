//! The jobs with their processes: does what the schedule says.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::denials::Denials;
use super::watch::Calendar;
use crate::dice::Dice;
use crate::exit_code::{Exit, ExitCode};
use crate::jobs::{Job, JobDefinition};
use crate::metrics::Counters;
use crate::process::{OutputPump, spawn_service};
use crate::schedule::{JobAction, JobEvent, JobId, Schedule};
use crate::status::{Ended, JobSnapshot, LastRun};
use crate::supervisor::Moment;
use wpimg_report::{Channel, Origin, Report};

/// What the jobs mean for everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The job of the settings has ended well, whatever follows from it.
    SecretsWritten,
    /// The settings of WordPress are there, for the first time.
    SettingsWritten,
    /// They were written again because somebody asked for it.
    SettingsRenewed,
    /// Visitors may come.
    Ready,
    GiveUp(ExitCode),
}

struct Hosted {
    definition: JobDefinition,
    process: Option<Pid>,
    /// When the current run, or else the last one, was started.
    began: Moment,
    /// How and when the last run ended, and how long it took.
    last_run: Option<(Exit, Moment, Duration)>,
}

impl Hosted {
    fn ended(&mut self, now: Moment, exit: Exit) {
        self.process = None;
        self.last_run = Some((exit, now, now.since(self.began)));
    }
}

/// The schedule and the processes it acts on.
pub(super) struct HostedJobs {
    schedule: Schedule,
    jobs: Vec<Hosted>,
    settings_written: bool,
    /// HUP came: the services are reloaded when the settings have been written.
    reload: bool,
    /// For the job that reports them.
    counters: Counters,
    denials: Denials,
}

impl HostedJobs {
    pub(super) fn new(definitions: Vec<JobDefinition>, denials: Denials) -> Self {
        let policies = definitions
            .iter()
            .map(|definition| definition.policy.clone());
        let hosted = |definition| Hosted {
            definition,
            process: None,
            began: Moment::since_start(Duration::ZERO),
            last_run: None,
        };
        Self {
            schedule: Schedule::new(policies, Dice::seed()),
            jobs: definitions.into_iter().map(hosted).collect(),
            settings_written: false,
            reload: false,
            counters: Counters::default(),
            denials,
        }
    }

    /// Whether visitors may come, as far as jobs are concerned.
    pub(super) fn is_ready(&self) -> bool {
        self.schedule.is_ready()
    }

    /// What `wpimg-init status` tells about the jobs.
    pub(super) fn snapshots(&self, calendar: Calendar) -> Vec<JobSnapshot> {
        let snapshot = |(place, job): (usize, &Hosted)| JobSnapshot {
            name: job.definition.policy.name.to_owned(),
            pid: job.process.map(Pid::as_raw),
            since: job.process.map(|_| calendar.seconds(job.began)),
            next: self
                .schedule
                .next_run(JobId(place))
                .map(|next| calendar.seconds(next)),
            last_run: job.last_run.map(|(exit, ended, took)| LastRun {
                ended: Ended::new(exit, calendar.seconds(ended)),
                milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            }),
        };
        self.jobs.iter().enumerate().map(snapshot).collect()
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        let deadlines = [self.schedule.deadline(), self.denials.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Readable when PHP may have reported a denial.
    pub(super) fn source(&self) -> Option<BorrowedFd<'_>> {
        self.denials.source()
    }

    /// The event that fetches the settings again, when the site has just said that it needs other ones.
    pub(super) fn answer_denial(&mut self, now: Moment) -> Option<JobEvent> {
        self.denials.call(now).then(|| self.request_settings())
    }

    pub(super) fn count_restart(&mut self) {
        self.counters.restarts += 1;
    }

    /// The job whose main process this is.
    pub(super) fn with_process(&self, pid: Pid) -> Option<JobId> {
        let place = self.jobs.iter().position(|job| job.process == Some(pid));
        place.map(JobId)
    }

    /// The event that writes the settings again and then reloads the services.
    pub(super) fn renew_settings(&mut self) -> JobEvent {
        self.reload = true;
        self.request_settings()
    }

    fn request_settings(&self) -> JobEvent {
        let settings = self
            .jobs
            .iter()
            .position(|job| job.definition.job == Job::Settings);
        settings.map_or(JobEvent::Tick, |place| JobEvent::Requested(JobId(place)))
    }

    pub(super) fn handle(
        &mut self,
        now: Moment,
        event: JobEvent,
        outputs: &mut OutputPump,
        report: &mut Report,
    ) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let actions = self.schedule.handle(now, event);
            if let JobEvent::Ended(id, exit) = event {
                self.end_group(id);
                self.jobs[id.0].ended(now, exit);
                let failed = exit != Exit::Code(0) && self.is_settings(id);
                // Another run that was asked for meanwhile may do better, and then there is something to reload.
                let is_last = !actions.contains(&JobAction::Run(id));
                if failed && is_last && std::mem::take(&mut self.reload) {
                    report.message("nothing was reloaded, the old settings still count");
                }
            }
            for action in actions {
                match action {
                    JobAction::Run(id) => {
                        self.jobs[id.0].began = now;
                        events.extend(self.spawn(id, outputs, report));
                    }
                    JobAction::Term(id) => self.signal(id, Signal::SIGTERM),
                    JobAction::Kill(id) => self.signal(id, Signal::SIGKILL),
                    JobAction::MarkReady => outcomes.push(Outcome::Ready),
                    JobAction::GiveUp(code) => outcomes.push(Outcome::GiveUp(code)),
                    JobAction::Done(id) if self.is_settings(id) => {
                        outcomes.push(Outcome::SecretsWritten);
                        outcomes.extend(self.settings_done());
                    }
                    JobAction::Done(_) => {}
                    JobAction::Say(notice) => report.message(notice),
                }
            }
        }
        outcomes
    }

    fn is_settings(&self, id: JobId) -> bool {
        self.jobs[id.0].definition.job == Job::Settings
    }

    fn settings_done(&mut self) -> Option<Outcome> {
        let reload = std::mem::take(&mut self.reload);
        if !std::mem::replace(&mut self.settings_written, true) {
            return Some(Outcome::SettingsWritten);
        }
        self.counters.refreshes += 1;
        reload.then_some(Outcome::SettingsRenewed)
    }

    /// The event of a process that could not be started.
    fn spawn(
        &mut self,
        id: JobId,
        outputs: &mut OutputPump,
        report: &mut Report,
    ) -> Option<JobEvent> {
        let job = &mut self.jobs[id.0];
        let mut command = job.definition.command.clone();
        if job.definition.job == Job::Metrics {
            self.counters.tally = report.tally();
            let counters = self.counters.to_string().into();
            command
                .environment
                .push((Counters::VARIABLE.into(), counters));
        }
        match spawn_service(&command, None) {
            Ok(process) => {
                // Reaping happens in this thread only, so the pid is known before its end can be.
                job.process = Some(process.pid);
                let name = job.definition.policy.name;
                outputs.add(process.stdout, Origin::job(name, Channel::Stdout));
                outputs.add(process.stderr, Origin::job(name, Channel::Stderr));
                None
            }
            Err(error) => {
                report.failure(&error, error.hint());
                Some(JobEvent::Ended(id, error.exit()))
            }
        }
    }

    /// What a job has started and left behind would otherwise run beyond its time limit, and beside its next run.
    fn end_group(&mut self, id: JobId) {
        if let Some(pid) = self.jobs[id.0].process.take() {
            // ESRCH when nobody of the group is left, which is what we want.
            let _ = killpg(pid, Signal::SIGKILL);
        }
    }

    /// To the whole group: what a job has started ends with it.
    fn signal(&self, id: JobId, signal: Signal) {
        if let Some(pid) = self.jobs[id.0].process {
            // Ours and not reaped yet, so it is this very group.
            let _ = killpg(pid, signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use nix::errno::Errno;
    use nix::sys::signal::kill;

    use super::*;
    use crate::process::CommandLine;
    use crate::schedule::{Begin, JobPolicy, OnFailure};

    const ID: JobId = JobId(0);

    /// One job, called the settings, that runs this script.
    fn hosted(script: &str) -> HostedJobs {
        let policy = JobPolicy {
            name: "settings",
            begin: Begin::AtOnce,
            every: None,
            time_limit: Duration::from_mins(1),
            failure: OnFailure::End,
            gates_readiness: true,
        };
        let command = CommandLine {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: Vec::new(),
            inherited: Vec::new(),
        };
        let job = Job::Settings;
        let definition = JobDefinition {
            job,
            policy,
            command,
        };
        HostedJobs::new(vec![definition], Denials::unheard())
    }

    /// The program's output goes nowhere; what counts here is what `handle` answers.
    fn handle(jobs: &mut HostedJobs, outputs: &mut OutputPump, event: JobEvent) -> Vec<Outcome> {
        jobs.handle(
            Moment::since_start(Duration::ZERO),
            event,
            outputs,
            &mut Report::to_process_output(),
        )
    }

    #[test]
    fn a_reload_that_came_during_a_failing_run_is_done_after_the_next() {
        let (mut jobs, mut outputs) = (hosted(":"), OutputPump::default());
        let ended = |code| JobEvent::Ended(ID, Exit::Code(code));
        assert_eq!(handle(&mut jobs, &mut outputs, JobEvent::Begin), []);
        let written = handle(&mut jobs, &mut outputs, ended(0));
        assert_eq!(written, [Outcome::SecretsWritten, Outcome::SettingsWritten]);
        handle(&mut jobs, &mut outputs, JobEvent::Requested(ID));
        let reload = jobs.renew_settings();
        assert_eq!(handle(&mut jobs, &mut outputs, reload), []);
        assert_eq!(handle(&mut jobs, &mut outputs, ended(1)), []);
        let renewed = handle(&mut jobs, &mut outputs, ended(0));
        assert_eq!(renewed, [Outcome::SecretsWritten, Outcome::SettingsRenewed]);
    }

    #[test]
    fn what_a_job_left_behind_ends_with_it() {
        // The shell becomes the child's parent and goes away; its child stays in the group.
        let (mut jobs, mut outputs) = (hosted("sleep 1000 & exit 0"), OutputPump::default());
        handle(&mut jobs, &mut outputs, JobEvent::Begin);
        let group = jobs.jobs[0].process.unwrap();
        let zombie_only = || killpg(group, None).is_err() || only_zombies(group);
        assert!(kill(group, None) != Err(Errno::ESRCH));
        handle(&mut jobs, &mut outputs, JobEvent::Ended(ID, Exit::Code(0)));
        let until = Instant::now() + Duration::from_mins(1);
        while !zombie_only() {
            assert!(Instant::now() < until, "the child is still there");
            std::thread::yield_now();
        }
    }

    /// Whether everybody in the group has ended: nobody collects them in a test.
    fn only_zombies(group: Pid) -> bool {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let stats = processes.filter_map(|process| {
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            let fields = stat.rsplit_once(')')?.1.to_owned();
            let mut fields = fields.split_ascii_whitespace();
            let state = fields.next()?.to_owned();
            let of_the_group = fields.nth(1)? == group.to_string();
            of_the_group.then_some(state)
        });
        stats.collect::<Vec<_>>().iter().all(|state| state == "Z")
    }
}
