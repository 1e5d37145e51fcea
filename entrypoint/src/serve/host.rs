//! The event loop: waits for the kernel, tells the supervisor, does what it says.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Gid, Pid, Uid, getpid};

use super::checking::{Checking, spawn_check};
use super::hosted_jobs::{HostedJobs, Outcome};
use super::marker::{mark, unmark};
use super::masking;
use super::timeout::timeout;
use super::watch::{self, Calendar};
use crate::exit_code::{Exit, ExitCode};
use crate::port::Port;
use crate::process::{
    Children, CommandLine, OutputPump, Signals, reap, release_code, signal_descendants,
    spawn_service_as,
};
use crate::readiness::{RETRY_INTERVAL, Readiness};
use crate::schedule::JobEvent;
use crate::services::ServiceDefinition;
use crate::setup::{Identity, Layout};
use crate::status::{Snapshot, Stage, StatusFile};
use crate::supervisor::{Action, Event, Moment, ServiceId, Supervisor};
use wpimg_report::{Channel, Origin, Report};

/// A service with what the kernel knows about it.
struct Hosted {
    definition: ServiceDefinition,
    main: MainProcess,
    spawned: Moment,
    /// Present while the service is starting.
    checking: Option<Checking>,
}

/// The main process, which leads the service's process group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MainProcess {
    None,
    Running(Pid),
    /// Reaped, but others of its group may be left.
    Ended(Pid),
}

/// The supervisor and everything it acts on.
pub(crate) struct Host {
    supervisor: Supervisor,
    services: Vec<Hosted>,
    signals: Signals,
    outputs: OutputPump,
    /// `None` once it has been released.
    port: Option<Port>,
    worker: Option<(Uid, Gid)>,
    draining_marker: PathBuf,
    ready_marker: PathBuf,
    secrets: PathBuf,
    jobs: HostedJobs,
    status: StatusFile,
    /// Whether something has happened since the status was written.
    has_changed: bool,
    started: Instant,
    calendar: Calendar,
}

impl Host {
    pub(super) fn new(
        supervisor: Supervisor,
        definitions: Vec<ServiceDefinition>,
        jobs: HostedJobs,
        signals: Signals,
        port: Port,
        layout: &Layout,
        identity: &Identity,
    ) -> Self {
        let hosted = |definition| Hosted {
            definition,
            main: MainProcess::None,
            spawned: Moment::since_start(Duration::ZERO),
            checking: None,
        };
        Self {
            supervisor,
            services: definitions.into_iter().map(hosted).collect(),
            signals,
            outputs: OutputPump::default(),
            port: Some(port),
            worker: identity.worker(),
            draining_marker: layout.draining_marker(),
            ready_marker: layout.ready_marker(),
            secrets: layout.secrets(),
            jobs,
            status: StatusFile::new(layout.status_file()),
            has_changed: true,
            started: Instant::now(),
            calendar: Calendar::beginning_now(),
        }
    }

    // From here on an error must not end the process: if we exit, the kernel kills every worker in
    // the middle of its request. Say it, keep reaping, let the supervisor decide.
    pub(super) fn run(mut self, report: &mut Report) -> ExitCode {
        let mut events = VecDeque::new();
        self.tell_jobs(JobEvent::Begin, &mut events, report);
        loop {
            while let Some(event) = events.pop_front() {
                let now = self.now();
                self.has_changed = true;
                for action in self.supervisor.handle(now, event) {
                    if let Action::Exit(code) = action {
                        self.outputs.finish(report);
                        return code;
                    }
                    self.perform(action, &mut events, report);
                }
            }
            if std::mem::take(&mut self.has_changed) {
                self.tell_status(report);
            }
            self.wait(report);
            self.outputs.pump(report);
            self.collect(&mut events, report);
        }
    }

    fn now(&self) -> Moment {
        Moment::since_start(self.started.elapsed())
    }

    /// Sleeps until there is something to do.
    fn wait(&self, report: &Report) {
        let mut sources = vec![PollFd::new(self.signals.wake(), PollFlags::POLLIN)];
        let now = self.now();
        let checks = self
            .services
            .iter()
            .filter_map(|service| service.checking.as_ref());
        let retry = checks.clone().filter_map(|check| check.pause(now)).min();
        let connections = checks.filter_map(Checking::connection);
        let outputs = self.outputs.sources(report);
        let inputs = outputs.chain(connections).chain(self.jobs.source());
        sources.extend(inputs.map(|input| PollFd::new(input, PollFlags::POLLIN)));
        sources.extend(
            report
                .pending()
                .map(|output| PollFd::new(output, PollFlags::POLLOUT)),
        );
        let deadlines = [self.supervisor.deadline(), self.jobs.deadline()];
        let deadline = deadlines.into_iter().flatten().min();
        let deadline = deadline.map(|deadline| deadline.since(now));
        let output = if self.outputs.has_work(report) {
            Some(Duration::ZERO)
        } else {
            report.held_for()
        };
        match poll(
            &mut sources,
            timeout([deadline, retry, output].into_iter().flatten().min()),
        ) {
            Ok(_) | Err(Errno::EINTR) => {}
            // ENOMEM is all that is left; looping without a pause would make it worse.
            Err(_) => std::thread::sleep(RETRY_INTERVAL),
        }
    }

    /// Everything that has happened, as events.
    fn collect(&mut self, events: &mut VecDeque<Event>, report: &mut Report) {
        for signal in self.signals.take() {
            match signal {
                Signal::SIGTERM | Signal::SIGINT | Signal::SIGQUIT => {
                    events.push_back(Event::StopRequested);
                }
                Signal::SIGHUP => {
                    let renew = self.jobs.renew_settings();
                    self.tell_jobs(renew, events, report);
                }
                Signal::SIGUSR1 => events.push_back(Event::ReopenRequested),
                // SIGCHLD has done its work by waking us; no other signal has a handler.
                _ => {}
            }
        }
        self.reap(events, report);
        let now = self.now();
        if let Some(fetch) = self.jobs.answer_denial(now) {
            self.tell_jobs(fetch, events, report);
        }
        for (index, service) in self.services.iter_mut().enumerate() {
            let Some(checking) = &mut service.checking else {
                continue;
            };
            let ServiceDefinition { policy, user, .. } = &service.definition;
            let run = |command: &CommandLine| {
                spawn_check(policy.name, command, *user, &mut self.outputs, report)
            };
            if checking.advance(now, run) == Readiness::Ready {
                service.checking = None;
                events.push_back(Event::Ready(ServiceId(index)));
            }
        }
        if self.jobs.deadline().is_some_and(|deadline| deadline <= now) {
            self.tell_jobs(JobEvent::Tick, events, report);
        }
        if self
            .supervisor
            .deadline()
            .is_some_and(|deadline| deadline <= now)
        {
            events.push_back(Event::Tick);
        }
    }

    fn tell_jobs(&mut self, event: JobEvent, events: &mut VecDeque<Event>, report: &mut Report) {
        let now = self.now();
        self.has_changed = true;
        for outcome in self.jobs.handle(now, event, &mut self.outputs, report) {
            match outcome {
                Outcome::SecretsWritten => report.set_redactor(masking::redactor(&self.secrets)),
                Outcome::SettingsWritten => events.push_back(Event::Begin),
                Outcome::SettingsRenewed => events.push_back(Event::ReloadRequested),
                Outcome::Ready => {
                    mark(&self.ready_marker, report);
                    release_code();
                }
                Outcome::GiveUp(code) => events.push_back(Event::Abandoned(code)),
            }
        }
    }

    fn tell_status(&mut self, report: &mut Report) {
        let states = self.supervisor.states().zip(&self.services);
        let services = states.map(|(state, hosted)| {
            let process = match hosted.main {
                MainProcess::Running(pid) => Some((pid, hosted.spawned)),
                MainProcess::None | MainProcess::Ended(_) => None,
            };
            watch::service(state, process, self.calendar)
        });
        let snapshot = Snapshot {
            pid: getpid().as_raw(),
            stage: self.stage(),
            since: self.calendar.seconds(Moment::since_start(Duration::ZERO)),
            services: services.collect(),
            jobs: self.jobs.snapshots(self.calendar),
        };
        if let Err(error) = self.status.update(snapshot) {
            let path = self.status.path().display();
            report.message(format_args!("cannot write `{path}`: {error}"));
        }
    }

    fn stage(&self) -> Stage {
        let supervisor = &self.supervisor;
        match (supervisor.is_serving(), self.jobs.is_ready()) {
            (true, true) if supervisor.serves() => Stage::Ready,
            (true, true) => Stage::Degraded,
            (true, false) => Stage::Starting,
            (false, _) if supervisor.is_draining() => Stage::Draining,
            (false, _) => Stage::Stopping,
        }
    }

    fn reap(&mut self, events: &mut VecDeque<Event>, report: &mut Report) {
        let mut jobs = Vec::new();
        let now = self.now();
        let (services, hosted_jobs) = (&mut self.services, &self.jobs);
        let children = reap(|pid, exit| {
            let main = MainProcess::Running(pid);
            let found = services
                .iter_mut()
                .enumerate()
                .find(|(_, service)| service.main == main);
            // Anyone else was an orphan we adopted; collecting it was all there was to do.
            if let Some((index, service)) = found {
                service.main = MainProcess::Ended(pid);
                service.checking = None;
                events.push_back(Event::Exited(ServiceId(index), exit));
            } else if let Some((index, readiness)) = checked(services, pid, exit, now) {
                if readiness == Readiness::Ready {
                    services[index].checking = None;
                    events.push_back(Event::Ready(ServiceId(index)));
                }
            } else if let Some(id) = hosted_jobs.with_process(pid) {
                jobs.push(JobEvent::Ended(id, exit));
            }
        });
        let job_ended = !jobs.is_empty();
        for ended in jobs {
            self.tell_jobs(ended, events, report);
        }
        if job_ended {
            release_code();
        }
        if children == Children::Gone {
            events.push_back(Event::ChildrenGone);
        }
    }

    fn perform(&mut self, action: Action, events: &mut VecDeque<Event>, report: &mut Report) {
        match action {
            Action::Spawn(id) => self.spawn(id, events, report),
            Action::Signal(id, signal) => {
                if let MainProcess::Running(pid) = self.services[id.0].main {
                    // Ours and not reaped yet, so it is this very process, if only a zombie.
                    let _ = kill(pid, signal);
                }
            }
            Action::KillGroup(id) => match self.services[id.0].main {
                // ESRCH when nobody of the group is left, which is what we want.
                MainProcess::Running(pid) | MainProcess::Ended(pid) => {
                    let _ = killpg(pid, Signal::SIGKILL);
                }
                MainProcess::None => {}
            },
            Action::AnnounceServices => self.tell_jobs(JobEvent::ServicesReady, events, report),
            Action::FailHealthChecks => {
                mark(&self.draining_marker, report);
                unmark(&self.ready_marker, report);
                self.tell_jobs(JobEvent::Stopping, events, report);
            }
            Action::RefuseConnections => {
                if let Some(Err(error)) = self.port.as_ref().map(Port::refuse_new) {
                    report.message(format_args!("cannot refuse new connections: {error}"));
                }
            }
            Action::CountConnections => {
                if !self.port.as_ref().is_some_and(Port::has_waiting) {
                    events.push_back(Event::ConnectionsAccepted);
                }
            }
            Action::ReleasePort => self.port = None,
            Action::TermDescendants => {
                signal_descendants(Signal::SIGTERM);
                // One that somebody has stopped would otherwise not take it before it is killed.
                signal_descendants(Signal::SIGCONT);
            }
            Action::KillDescendants => signal_descendants(Signal::SIGKILL),
            Action::CountChildren => self.reap(events, report),
            Action::Say(notice) => report.message(notice),
            // Performed by the loop itself.
            Action::Exit(_) => {}
        }
    }

    fn spawn(&mut self, id: ServiceId, events: &mut VecDeque<Event>, report: &mut Report) {
        let now = self.now();
        let service = &mut self.services[id.0];
        if service.main != MainProcess::None {
            self.jobs.count_restart();
        }
        if let Some(socket) = &service.definition.stale_socket {
            match fs::remove_file(socket) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let socket = socket.display();
                    report.message(format_args!("cannot remove `{socket}`: {error}"));
                }
                Ok(()) | Err(_) => {}
            }
        }
        let definition = &service.definition;
        match spawn_service_as(&definition.command, self.worker, definition.user) {
            Ok(process) => {
                // Reaping happens in this thread only, so the pid is known before its end can be.
                service.main = MainProcess::Running(process.pid);
                service.spawned = now;
                service.checking = Some(Checking::new(definition.check.clone(), now));
                let origin = |channel| Origin::service(definition.policy.name, channel);
                self.outputs.add(process.stdout, origin(Channel::Stdout));
                self.outputs.add(process.stderr, origin(Channel::Stderr));
            }
            Err(error) => {
                service.main = MainProcess::None;
                report.failure(&error, error.hint());
                events.push_back(Event::SpawnFailed(id, error.exit()));
            }
        }
    }
}

/// The service whose readiness this process was to tell, and what its end says.
fn checked(
    services: &mut [Hosted],
    pid: Pid,
    exit: Exit,
    now: Moment,
) -> Option<(usize, Readiness)> {
    services
        .iter_mut()
        .enumerate()
        .find_map(|(index, service)| {
            let readiness = service.checking.as_mut()?.ended(pid, exit, now)?;
            Some((index, readiness))
        })
}
