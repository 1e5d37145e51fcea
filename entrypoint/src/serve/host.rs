//! The event loop: waits for the kernel, tells the supervisor, does what it says.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Gid, Pid, Uid};

use super::secrets::SecretFiles;
use crate::exit_code::ExitCode;
use crate::port::Port;
use crate::process::{Children, OutputPump, Signals, reap, signal_descendants, spawn_service};
use crate::readiness::{Probe, RETRY_INTERVAL, Readiness};
use crate::report::{Channel, Report};
use crate::services::ServiceDefinition;
use crate::supervisor::{Action, Event, Moment, ServiceId, Supervisor};

/// A service with what the kernel knows about it.
struct Hosted {
    definition: ServiceDefinition,
    main: MainProcess,
    /// Present while the service is starting.
    probe: Option<Probe>,
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
    secrets: SecretFiles,
    started: Instant,
}

impl Host {
    pub(super) fn new(
        supervisor: Supervisor,
        definitions: Vec<ServiceDefinition>,
        signals: Signals,
        port: Port,
        secrets: SecretFiles,
    ) -> Self {
        let hosted = |definition| Hosted {
            definition,
            main: MainProcess::None,
            probe: None,
        };
        Self {
            supervisor,
            services: definitions.into_iter().map(hosted).collect(),
            signals,
            outputs: OutputPump::default(),
            port: Some(port),
            worker: secrets.identity().worker(),
            draining_marker: secrets.layout().draining_marker(),
            secrets,
            started: Instant::now(),
        }
    }

    // From here on an error must not end the process: if we exit, the kernel kills every worker in
    // the middle of its request. Say it, keep reaping, let the supervisor decide.
    pub(super) fn run(mut self, report: &mut Report) -> ExitCode {
        let mut events = VecDeque::from([Event::Begin]);
        loop {
            while let Some(event) = events.pop_front() {
                let now = self.now();
                for action in self.supervisor.handle(now, event) {
                    if let Action::Exit(code) = action {
                        self.outputs.finish(report);
                        return code;
                    }
                    self.perform(action, &mut events, report);
                }
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
        let probes = self
            .services
            .iter()
            .filter_map(|service| service.probe.as_ref());
        let connections = probes.clone().filter_map(Probe::connection);
        let inputs = self.outputs.sources().chain(connections);
        sources.extend(inputs.map(|input| PollFd::new(input, PollFlags::POLLIN)));
        sources.extend(
            report
                .pending()
                .map(|output| PollFd::new(output, PollFlags::POLLOUT)),
        );
        let deadline = self
            .supervisor
            .deadline()
            .map(|deadline| deadline.since(self.now()));
        let retry = (probes.count() > 0).then_some(RETRY_INTERVAL);
        match poll(
            &mut sources,
            timeout(deadline.into_iter().chain(retry).min()),
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
                Signal::SIGHUP => match self.secrets.renew() {
                    Ok(()) => events.push_back(Event::ReloadRequested),
                    // What is there still works; half of something new may not.
                    Err(error) => {
                        report.failure(&error, error.hint());
                        report.message("nothing was reloaded, the old settings still count");
                    }
                },
                Signal::SIGUSR1 => events.push_back(Event::ReopenRequested),
                // SIGCHLD has done its work by waking us; no other signal has a handler.
                _ => {}
            }
        }
        self.reap(events);
        for (index, service) in self.services.iter_mut().enumerate() {
            if service.probe.as_mut().map(Probe::advance) == Some(Readiness::Ready) {
                service.probe = None;
                events.push_back(Event::Ready(ServiceId(index)));
            }
        }
        if self
            .supervisor
            .deadline()
            .is_some_and(|deadline| deadline <= self.now())
        {
            events.push_back(Event::Tick);
        }
    }

    fn reap(&mut self, events: &mut VecDeque<Event>) {
        let services = &mut self.services;
        let children = reap(|pid, exit| {
            let main = MainProcess::Running(pid);
            let found = services
                .iter_mut()
                .enumerate()
                .find(|(_, service)| service.main == main);
            // Anyone else was an orphan we adopted; collecting it was all there was to do.
            if let Some((index, service)) = found {
                service.main = MainProcess::Ended(pid);
                service.probe = None;
                events.push_back(Event::Exited(ServiceId(index), exit));
            }
        });
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
            Action::FailHealthChecks => {
                let marker = fs::OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .custom_flags(nix::libc::O_NOFOLLOW)
                    .open(&self.draining_marker);
                if let Err(error) = marker {
                    let marker = self.draining_marker.display();
                    report.message(format_args!("cannot write `{marker}`: {error}"));
                }
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
            Action::TermDescendants => signal_descendants(Signal::SIGTERM),
            Action::KillDescendants => signal_descendants(Signal::SIGKILL),
            Action::CountChildren => self.reap(events),
            Action::Say(notice) => report.message(notice),
            // Performed by the loop itself.
            Action::Exit(_) => {}
        }
    }

    fn spawn(&mut self, id: ServiceId, events: &mut VecDeque<Event>, report: &mut Report) {
        let service = &mut self.services[id.0];
        if let Some(socket) = &service.definition.stale_socket {
            match fs::remove_file(socket) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let socket = socket.display();
                    report.message(format_args!("cannot remove `{socket}`: {error}"));
                }
                Ok(()) | Err(_) => {}
            }
        }
        match spawn_service(&service.definition.command, self.worker) {
            Ok(process) => {
                // Reaping happens in this thread only, so the pid is known before its end can be.
                service.main = MainProcess::Running(process.pid);
                service.probe = Some(Probe::new(service.definition.check.clone()));
                self.outputs.add(process.stdout, Channel::Stdout);
                self.outputs.add(process.stderr, Channel::Stderr);
            }
            Err(error) => {
                service.main = MainProcess::None;
                report.failure(&error, error.hint());
                events.push_back(Event::SpawnFailed(id, error.exit()));
            }
        }
    }
}

/// Rounded up, so that the deadline has passed when `poll` returns.
fn timeout(longest: Option<Duration>) -> PollTimeout {
    let milliseconds = longest.map(|duration| duration.as_millis().saturating_add(1));
    milliseconds.map_or(PollTimeout::NONE, |ms| {
        PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
    })
}
