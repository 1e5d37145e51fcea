//! The event loop of a plain init: waits for the kernel, tells the machine, does what it says.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::machine::{Action, Event, Machine, Suspended};
use super::options::Target;
use super::terminal::Terminal;
use crate::exit_code::ExitCode;
use crate::process::{
    Change, Children, Command, SignalNumber, SignalQueue, Suffered, Victims, reap_and_see_stops,
    signal_descendants, suffer,
};
use wpimg_report::Report;

/// When the kernel has no memory for `poll`, looping without a pause would make it worse.
const PAUSE: Duration = Duration::from_millis(5);

/// The command that runs, and everything around it.
pub(super) struct Watch {
    pub(super) machine: Machine,
    pub(super) signals: SignalQueue,
    pub(super) command: Command,
    pub(super) target: Target,
    pub(super) terminal: Option<Terminal>,
}

impl Watch {
    // No error may end the loop: while we live, every orphan has somebody to collect it.
    pub(super) fn run(mut self, report: &mut Report) -> ExitCode {
        let started = Instant::now();
        let mut events = VecDeque::new();
        loop {
            let deadline = self.machine.deadline();
            self.wait(deadline.map(|deadline| deadline.saturating_sub(started.elapsed())));
            let arrived = self.signals.take();
            let arrived = arrived.filter(|signal| *signal != SignalNumber::CHLD);
            events.extend(arrived.map(Event::Signal));
            // After the signals, which are forwarded first: a command that has been collected may have
            // lost its pid to a stranger.
            events.extend([Event::Tick, Event::Wake]);
            while let Some(event) = events.pop_front() {
                for action in self.machine.handle(started.elapsed(), event) {
                    if let Action::Exit(code) = action {
                        if let Some(terminal) = &self.terminal {
                            terminal.take_back(self.command);
                        }
                        return code;
                    }
                    self.perform(action, &mut events, report);
                }
            }
        }
    }

    fn wait(&self, longest: Option<Duration>) {
        let milliseconds = longest.map(|duration| duration.as_millis().saturating_add(1));
        let timeout = milliseconds.map_or(PollTimeout::NONE, |ms| {
            PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
        });
        let mut sources = [PollFd::new(self.signals.wake(), PollFlags::POLLIN)];
        match poll(&mut sources, timeout) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => std::thread::sleep(PAUSE),
        }
    }

    fn perform(&self, action: Action, events: &mut VecDeque<Event>, report: &mut Report) {
        match action {
            Action::Forward(signal) => match self.target {
                Target::Group => self.command.signal_group(signal),
                Target::Child => self.command.signal(signal),
            },
            Action::HandTerminalOver => {
                if let Some(terminal) = &self.terminal {
                    terminal.hand_over(self.command);
                }
            }
            Action::Suspend(signal, by) => self.suspend(signal, by),
            Action::TermDescendants => signal_descendants(Signal::SIGTERM),
            Action::KillDescendants => signal_descendants(Signal::SIGKILL),
            Action::Collect => self.collect(events),
            Action::Say(notice) => report.message(notice),
            // Performed by the loop itself.
            Action::Exit(_) => {}
        }
    }

    /// Stops us as the command was stopped, and continues it when we are continued.
    fn suspend(&self, signal: SignalNumber, by: Suspended) {
        let victims = match (by, &self.terminal) {
            (Suspended::OnRequest, _) => Victims::Ourselves,
            // It was refused what we have: this is no suspension, it only has to be given it.
            (Suspended::ByTerminal, Some(terminal))
                if signal.wants_terminal() && terminal.is_ours() =>
            {
                terminal.hand_over(self.command);
                return self.command.signal_group(SignalNumber::CONT);
            }
            // As the terminal itself would have done, had we not put the command into another group.
            (Suspended::ByTerminal, Some(_)) => Victims::OurGroup,
            // Without a terminal it was somebody who meant the command and nobody else.
            (Suspended::ByTerminal, None) => return,
        };
        if let Some(terminal) = &self.terminal {
            terminal.take_back(self.command);
        }
        if suffer(signal, victims) == Suffered::Continued || by == Suspended::OnRequest {
            // What comes with the continuation, the terminal included, comes as a signal.
            return;
        }
        // The kernel does not let us be stopped when nobody is there who could continue us: as PID 1, or
        // in an orphaned group. Then the command must not be stopped either; one that wants a terminal it
        // cannot have would only be stopped again.
        if let Some(terminal) = &self.terminal {
            terminal.hand_over(self.command);
        }
        if !signal.wants_terminal() {
            self.command.signal_group(SignalNumber::CONT);
        }
    }

    fn collect(&self, events: &mut VecDeque<Event>) {
        let children = reap_and_see_stops(|pid, change| {
            if pid == self.command.pid {
                events.push_back(match change {
                    Change::Ended(exit) => Event::Exited(exit),
                    Change::Stopped(signal) => Event::Stopped(signal),
                });
            }
        });
        events.push_back(match children {
            Children::Gone => Event::ChildrenGone,
            Children::Left => Event::ChildrenLeft,
        });
    }
}
