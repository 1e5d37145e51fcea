//! The plain init as a state machine: events in, actions out, no clock and no process.

use std::fmt;
use std::time::Duration;

use super::options::Options;
use crate::exit_code::{Exit, ExitCode};
use crate::process::SignalNumber;

/// After KILL the kernel needs a moment; a process that is left even then cannot be killed.
const LAST: Duration = Duration::from_millis(500);

const KILL_AGAIN: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Signal(SignalNumber),
    /// The main command has been stopped, and waits for CONT.
    Stopped(SignalNumber),
    /// The main command has ended.
    Exited(Exit),
    /// Nobody, or somebody, is left; after every `Collect` one of them comes.
    ChildrenGone,
    ChildrenLeft,
    /// Children may have ended.
    Wake,
    Tick,
}

#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// To the main command, with its group or not.
    Forward(SignalNumber),
    /// Give the command the terminal if whoever controls the jobs has given it to us.
    HandTerminalOver,
    /// The terminal suspended the command: suspend the job that we are, then let it go on.
    Suspend(SignalNumber, Suspended),
    TermDescendants,
    KillDescendants,
    /// Reap, and report `Stopped`, `Exited` and who is left.
    Collect,
    Say(Notice),
    Exit(ExitCode),
}

/// Who was meant by what stopped the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspended {
    /// The job in the foreground, or one that wanted the terminal from the background.
    ByTerminal,
    /// We ourselves, by a signal that we passed on.
    OnRequest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    CommandKilled(Duration),
    DescendantsKilled,
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandKilled(timeout) => write!(
                formatter,
                "killed the command, which did not end within {} s",
                timeout.as_secs()
            ),
            Self::DescendantsKilled => {
                formatter.write_str("killed what the command had left behind")
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running(Running),
    /// The command has ended; its descendants are waited for.
    Sweeping(Sweeping),
    Finished,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Running {
    /// Set by a stop signal when there is a stop timeout.
    kill: Option<Duration>,
    /// Whether one of TSTP, TTIN and TTOU has come to us since the command last went on.
    suspending: bool,
    killing: Killing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sweeping {
    code: ExitCode,
    /// Whether descendants have been asked to end. To find them is dear, and most commands leave none.
    asked: bool,
    kill: Duration,
    /// Counted from the first KILL, however late that comes on a busy machine.
    end: Option<Duration>,
    killing: Killing,
}

/// Killing is repeated, for those that appear meanwhile, but said once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Killing {
    #[default]
    NotYet,
    Begun,
}

#[derive(Debug)]
pub(super) struct Machine {
    options: Options,
    phase: Phase,
}

impl Machine {
    pub(super) fn new(options: Options) -> Self {
        let phase = Phase::Running(Running::default());
        Self { options, phase }
    }

    /// `now` counts from the start of the command.
    pub(super) fn handle(&mut self, now: Duration, event: Event) -> Vec<Action> {
        match (self.phase, event) {
            (_, Event::Wake) => vec![Action::Collect],
            (Phase::Running(running), Event::Signal(signal)) => self.forward(now, signal, running),
            (Phase::Running(running), Event::Stopped(signal)) if signal.suspends() => {
                self.phase = Phase::Running(Running {
                    suspending: false,
                    ..running
                });
                let by = if running.suspending {
                    Suspended::OnRequest
                } else {
                    Suspended::ByTerminal
                };
                vec![Action::Suspend(signal, by)]
            }
            (Phase::Running(running), Event::Exited(exit)) => self.sweep(now, exit, running),
            (Phase::Running(running), Event::Tick)
                if running.kill.is_some_and(|kill| kill <= now) =>
            {
                self.phase = Phase::Running(Running {
                    kill: Some(now + KILL_AGAIN),
                    killing: Killing::Begun,
                    ..running
                });
                let timeout = self.options.stop_timeout.unwrap_or_default();
                kill(running.killing, Notice::CommandKilled(timeout))
            }
            // The one whom the signal was for has gone: whoever asks to stop now wants it over.
            (Phase::Sweeping(sweeping), Event::Signal(signal))
                if signal.asks_to_end() && self.options.rewrites.apply(signal).is_some() =>
            {
                self.kill_descendants(now, sweeping)
            }
            (Phase::Sweeping(Sweeping { code, .. }), Event::ChildrenGone) => self.finish(code),
            (Phase::Sweeping(sweeping), Event::ChildrenLeft) if !sweeping.asked => {
                self.phase = Phase::Sweeping(Sweeping {
                    asked: true,
                    ..sweeping
                });
                vec![Action::TermDescendants]
            }
            (Phase::Sweeping(sweeping), Event::Tick)
                if sweeping.end.is_some_and(|end| end <= now) =>
            {
                self.finish(sweeping.code)
            }
            (Phase::Sweeping(sweeping), Event::Tick) if sweeping.kill <= now => {
                self.kill_descendants(now, sweeping)
            }
            // Stopped by STOP: no terminal has done that, and whoever has will continue it.
            (
                Phase::Running(_),
                Event::Stopped(_) | Event::ChildrenGone | Event::ChildrenLeft | Event::Tick,
            )
            | (
                Phase::Sweeping(_),
                Event::Signal(_)
                | Event::Stopped(_)
                | Event::Exited(_)
                | Event::ChildrenLeft
                | Event::Tick,
            )
            | (Phase::Finished, _) => Vec::new(),
        }
    }

    /// When to send the next [`Event::Tick`], at the latest.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::Running(running) => running.kill,
            Phase::Sweeping(sweeping) => Some(sweeping.kill),
            Phase::Finished => None,
        }
    }

    fn forward(&mut self, now: Duration, signal: SignalNumber, running: Running) -> Vec<Action> {
        let Some(forwarded) = self.options.rewrites.apply(signal) else {
            return Vec::new();
        };
        let timeout = self.options.stop_timeout.filter(|_| signal.asks_to_end());
        self.phase = Phase::Running(Running {
            // The first stop signal counts, or repeating it would put the end off for ever.
            kill: running.kill.or(timeout.map(|timeout| now + timeout)),
            suspending: signal.suspends() || running.suspending && signal != SignalNumber::CONT,
            ..running
        });
        if forwarded == SignalNumber::CONT {
            return vec![Action::HandTerminalOver, Action::Forward(forwarded)];
        }
        vec![Action::Forward(forwarded)]
    }

    fn sweep(&mut self, now: Duration, exit: Exit, running: Running) -> Vec<Action> {
        let grace = now + self.options.grace;
        let kill = running.kill.map_or(grace, |kill| kill.min(grace));
        self.phase = Phase::Sweeping(Sweeping {
            code: self.options.remap.apply(exit),
            asked: false,
            kill,
            end: None,
            killing: running.killing,
        });
        Vec::new()
    }

    fn kill_descendants(&mut self, now: Duration, sweeping: Sweeping) -> Vec<Action> {
        let end = sweeping.end.unwrap_or(now + LAST);
        self.phase = Phase::Sweeping(Sweeping {
            kill: end.min(now + KILL_AGAIN),
            end: Some(end),
            killing: Killing::Begun,
            ..sweeping
        });
        kill(sweeping.killing, Notice::DescendantsKilled)
    }

    fn finish(&mut self, code: ExitCode) -> Vec<Action> {
        self.phase = Phase::Finished;
        vec![Action::Exit(code)]
    }
}

fn kill(killing: Killing, notice: Notice) -> Vec<Action> {
    let actions = vec![Action::KillDescendants, Action::Collect];
    match killing {
        Killing::NotYet => [vec![Action::Say(notice)], actions].concat(),
        Killing::Begun => actions,
    }
}
