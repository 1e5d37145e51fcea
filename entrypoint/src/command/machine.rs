//! The plain init as a state machine: events in, actions out, no clock and no process.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::exit_code::{Exit, ExitCode};

/// What the command left behind gets this long to react to TERM; half of Docker's own patience.
const GRACE: Duration = Duration::from_secs(5);

/// After KILL the kernel needs a moment; a process that is left even then cannot be killed.
const LAST: Duration = Duration::from_millis(500);

const KILL_AGAIN: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Signal(Signal),
    /// The main command has ended.
    Exited(Exit),
    ChildrenGone,
    /// Children may have ended.
    Wake,
    Tick,
}

#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// To the main command.
    Forward(Signal),
    TermDescendants,
    KillDescendants,
    /// Reap, and report `Exited` and `ChildrenGone`.
    Collect,
    Exit(ExitCode),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Machine {
    #[default]
    Running,
    /// The command has ended; its descendants are waited for.
    Sweeping {
        code: ExitCode,
        kill: Duration,
        end: Duration,
    },
    Finished,
}

impl Machine {
    /// `now` counts from the start of the command.
    pub(super) fn handle(&mut self, now: Duration, event: Event) -> Vec<Action> {
        match (*self, event) {
            (_, Event::Wake) => vec![Action::Collect],
            (Self::Running, Event::Signal(signal)) => vec![Action::Forward(signal)],
            (Self::Running, Event::Exited(exit)) => {
                let code = ExitCode::Child(exit);
                *self = Self::Sweeping {
                    code,
                    kill: now + GRACE,
                    end: now + GRACE + LAST,
                };
                vec![Action::TermDescendants, Action::Collect]
            }
            // The one whom the signal was for has gone: whoever asks to stop now wants it over.
            (
                Self::Sweeping { code, .. },
                Event::Signal(Signal::SIGTERM | Signal::SIGINT | Signal::SIGQUIT),
            ) => {
                *self = Self::Sweeping {
                    code,
                    kill: now + KILL_AGAIN,
                    end: now + LAST,
                };
                vec![Action::KillDescendants, Action::Collect]
            }
            (Self::Sweeping { code, .. }, Event::ChildrenGone) => self.finish(code),
            (Self::Sweeping { code, end, .. }, Event::Tick) if end <= now => self.finish(code),
            (Self::Sweeping { code, kill, end }, Event::Tick) if kill <= now => {
                *self = Self::Sweeping {
                    code,
                    kill: end.min(now + KILL_AGAIN),
                    end,
                };
                vec![Action::KillDescendants, Action::Collect]
            }
            (Self::Running, Event::ChildrenGone | Event::Tick)
            | (Self::Sweeping { .. }, Event::Signal(_) | Event::Exited(_) | Event::Tick)
            | (Self::Finished, _) => Vec::new(),
        }
    }

    /// When to send the next [`Event::Tick`], at the latest.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::Sweeping { kill, .. } => Some(*kill),
            Self::Running | Self::Finished => None,
        }
    }

    fn finish(&mut self, code: ExitCode) -> Vec<Action> {
        *self = Self::Finished;
        vec![Action::Exit(code)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXITED: Event = Event::Exited(Exit::Code(7));
    const CODE: ExitCode = ExitCode::Child(Exit::Code(7));

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn every_signal_goes_to_the_command_while_it_runs() {
        let mut machine = Machine::default();
        for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGWINCH] {
            assert_eq!(
                machine.handle(at(1), Event::Signal(signal)),
                [Action::Forward(signal)]
            );
        }
        assert_eq!(machine.deadline(), None, "an idle init never wakes up");
    }

    #[test]
    fn it_ends_the_instant_nothing_is_left() {
        let mut machine = Machine::default();
        let swept = machine.handle(at(1), EXITED);
        assert_eq!(swept, [Action::TermDescendants, Action::Collect]);
        assert_eq!(
            machine.handle(at(1), Event::ChildrenGone),
            [Action::Exit(CODE)]
        );
    }

    #[test]
    fn descendants_get_their_grace_and_are_then_killed_until_the_end() {
        let mut machine = Machine::default();
        assert_eq!(machine.handle(at(1), EXITED).len(), 2);
        assert_eq!(machine.handle(at(5), Event::Tick), []);
        let killed = [Action::KillDescendants, Action::Collect];
        assert_eq!(machine.handle(at(6), Event::Tick), killed);
        assert_eq!(machine.handle(at(7), Event::Tick), [Action::Exit(CODE)]);
        assert_eq!(
            machine.handle(at(8), Event::ChildrenGone),
            [],
            "it ends only once"
        );
    }

    #[test]
    fn a_stop_signal_after_the_command_has_ended_hurries() {
        let mut machine = Machine::default();
        assert_eq!(machine.handle(at(1), EXITED).len(), 2);
        assert_eq!(machine.handle(at(1), Event::Signal(Signal::SIGHUP)), []);
        let killed = [Action::KillDescendants, Action::Collect];
        assert_eq!(
            machine.handle(at(1), Event::Signal(Signal::SIGTERM)),
            killed
        );
        assert_eq!(machine.handle(at(2), Event::Tick), [Action::Exit(CODE)]);
    }
}
