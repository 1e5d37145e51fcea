//! Gives the directories that the workers write to, to the workers: `wp-content/uploads` and those of `WPIMG_WRITABLE`.
//!
//! It takes two jobs. The first runs before visitors come: it looks at the tops, gives a foreign one to the workers and
//! begins with what is below, for a few seconds. That is enough for nearly everybody. The second goes through
//! what is left while visitors are served. Either may be ended at any time: the next start finds what has been done.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::exit_code::{Exit, ExitCode};
use crate::jobs::Job;
use crate::ownership::{
    self, Need, Owner, OwnershipError, Progress, Settled, Sight, Top, WORTH_A_STAMP, Waited, Walk,
};
use crate::process::Signals;
use crate::schedule::{Begin, JobPolicy, OnFailure};
use crate::settings::{Environment, OwnershipSettings};
use crate::setup::{Identity, Layout};
use wpimg_report::Report;

/// How long visitors wait for files that have just been found to be foreign.
const DEFAULT_WAIT: Duration = Duration::from_secs(2);

/// For what is not the walk: a server that is slow to answer at all.
const MARGIN: Duration = Duration::from_mins(1);

/// At a thousand files a second, the slowest that was measured, this is twenty million.
const LONGEST_REST: Duration = Duration::from_hours(6);

/// How often a long walk says how far it is.
const SAY_EVERY: Duration = Duration::from_mins(1);

/// Which of the two jobs this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    BeforeVisitors,
    Rest,
}

pub(super) fn policies(settings: &OwnershipSettings) -> [(Job, JobPolicy); 2] {
    let first = JobPolicy {
        name: Job::Uploads.name(),
        begin: Begin::AtOnce,
        every: None,
        time_limit: settings.wait.unwrap_or(DEFAULT_WAIT) + MARGIN,
        failure: OnFailure::End,
        gates_readiness: true,
    };
    let second = JobPolicy {
        name: Job::Ownership.name(),
        begin: Begin::AfterJob(Job::Uploads.name()),
        every: None,
        time_limit: LONGEST_REST,
        failure: OnFailure::GoOn,
        gates_readiness: false,
    };
    [(Job::Uploads, first), (Job::Ownership, second)]
}

pub(super) fn run(part: Part, environment: &Environment, report: &mut Report) -> ExitCode {
    let settings = match OwnershipSettings::resolve(environment) {
        Ok(settings) => settings,
        Err(error) => {
            report.failure(&error, error.hint());
            return ExitCode::Configuration;
        }
    };
    let signals = match Signals::install([Signal::SIGTERM, Signal::SIGINT]) {
        Ok(signals) => signals,
        Err(error) => {
            report.failure(&error, None);
            return ExitCode::Internal;
        }
    };
    let default = Layout::new("/".into(), "/run".into()).uploads();
    let mut round = Round {
        part,
        identity: Identity::of_this_process(),
        wait: settings.wait,
        deadline: match part {
            Part::BeforeVisitors => Some(Instant::now() + settings.wait.unwrap_or(DEFAULT_WAIT)),
            Part::Rest => None,
        },
        signals,
        report,
    };
    let mut code = ExitCode::Success;
    for directory in settings.directories(default) {
        match round.put_right(&directory) {
            Ok(Ended::Done) => {}
            Ok(Ended::Interrupted(signal)) => {
                return ExitCode::Child(Exit::Signal(signal as u8));
            }
            Err(error) => {
                round.report.failure(&error, Some(error.hint()));
                code = ExitCode::Ownership;
            }
        }
    }
    code
}

/// One run over all directories.
struct Round<'a> {
    part: Part,
    identity: Identity,
    /// What the administrator asked for.
    wait: Option<Duration>,
    deadline: Option<Instant>,
    signals: Signals,
    report: &'a mut Report,
}

enum Ended {
    /// Or left to the second job.
    Done,
    Interrupted(Signal),
}

impl Round<'_> {
    fn put_right(&mut self, directory: &Path) -> Result<Ended, OwnershipError> {
        let worker = match (&self.identity, self.part) {
            (Identity::Root { user, group, .. }, _) => Owner {
                user: *user,
                group: *group,
            },
            // The first job has found out whether we can write, and more cannot be done.
            (Identity::Unprivileged, Part::Rest) => return Ok(Ended::Done),
            (Identity::Unprivileged, Part::BeforeVisitors) => {
                self.settled(directory, ownership::look(directory, &self.identity)?);
                return Ok(Ended::Done);
            }
        };
        let (top, need) = match ownership::look(directory, &self.identity)? {
            Sight::Walk(top, need) => (top, need),
            settled @ Sight::Settled(_) => {
                self.settled(directory, settled);
                return Ok(Ended::Done);
            }
        };
        let now = match (self.part, need) {
            (Part::Rest, _) | (Part::BeforeVisitors, Need::WasForeign) => true,
            // Most likely it is right, so visitors only wait where somebody wants it.
            (Part::BeforeVisitors, Need::Unstamped | Need::Touched) => self.wait.is_some(),
        };
        if !now || (need == Need::Touched && ownership::settle_touched(&top, worker.user)) {
            return Ok(Ended::Done);
        }
        self.walk(&top, worker, need)
    }

    fn settled(&mut self, directory: &Path, sight: Sight) {
        let directory = directory.display();
        match (self.part, sight) {
            (Part::BeforeVisitors, Sight::Settled(Settled::Mapped)) => {
                self.report.message(format_args!(
                    "the owner of {directory} cannot be changed, but the workers can write there, as behind an EFS access point"
                ));
            }
            (Part::BeforeVisitors, Sight::Settled(Settled::ReadOnly)) => {
                self.report
                    .message(format_args!("{directory} is read-only: uploads will fail"));
            }
            (Part::BeforeVisitors, Sight::Settled(Settled::Right) | Sight::Walk(..))
            | (Part::Rest, _) => {}
        }
    }

    fn walk(&mut self, top: &Top, owner: Owner, need: Need) -> Result<Ended, OwnershipError> {
        let begin = Instant::now();
        let walk = Walk::start(top, owner)?;
        let mut say = begin + SAY_EVERY;
        loop {
            let until = self.deadline.map_or(say, |deadline| deadline.min(say));
            let waited = walk.wait(self.signals.wake(), until);
            let so_far = Words {
                progress: walk.progress(),
                path: &top.path,
                need,
            };
            match waited {
                Waited::Finished => break,
                Waited::Woken => {
                    if let Some(signal) = self.signals.take().first() {
                        self.report.message(format_args!(
                            "{so_far} so far, ended by {signal}; the next start goes on"
                        ));
                        return Ok(Ended::Interrupted(*signal));
                    }
                }
                Waited::TimeUp if self.deadline.is_some_and(|end| end <= Instant::now()) => {
                    self.report.message(format_args!(
                        "{so_far} so far; the rest is done while visitors are served"
                    ));
                    return Ok(Ended::Done);
                }
                Waited::TimeUp => {
                    self.report.message(format_args!("{so_far} so far"));
                    say += SAY_EVERY;
                }
            }
        }
        self.finished(top, owner, need, &walk, begin.elapsed())
    }

    fn finished(
        &mut self,
        top: &Top,
        owner: Owner,
        need: Need,
        walk: &Walk,
        took: Duration,
    ) -> Result<Ended, OwnershipError> {
        let progress = walk.progress();
        let words = Words {
            progress,
            path: &top.path,
            need,
        };
        let failure = walk.take_failure();
        let large = progress.looked_at >= WORTH_A_STAMP;
        if words.changed() > 0 || large {
            self.report.message(format_args!("{words} in {took:.1?}"));
        }
        if progress.refused > 0 {
            let path = top.path.display();
            self.report.message(format_args!(
                "the system does not allow to change the owner of {} files in {path}",
                progress.refused
            ));
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if large && let Err(errno) = ownership::put_stamp(top, owner.user) {
            let path = top.path.display();
            self.report.message(format_args!(
                "cannot write `{path}/.wpimg-owner` ({}), so every start looks through {path} again",
                errno.desc()
            ));
        }
        Ok(Ended::Done)
    }
}

/// What a walk has done, in words.
struct Words<'a> {
    progress: Progress,
    path: &'a Path,
    need: Need,
}

impl Words<'_> {
    /// The top, which the walk does not count, was changed by the look at it.
    fn changed(&self) -> u64 {
        self.progress.changed + u64::from(self.need == Need::WasForeign)
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Progress {
            looked_at,
            left_alone,
            failed,
            ..
        } = self.progress;
        let (changed, all) = (self.changed(), looked_at + 1);
        let path = self.path.display();
        if changed == 0 {
            write!(
                formatter,
                "looked at {all} files in {path}, found nothing to change"
            )?;
        } else {
            write!(
                formatter,
                "gave {changed} of {all} files in {path} to the workers"
            )?;
        }
        if left_alone > 0 {
            write!(
                formatter,
                ", left {left_alone} alone (second names, devices, other file systems)"
            )?;
        }
        if failed > 0 {
            write!(formatter, ", failed with {failed}")?;
        }
        Ok(())
    }
}
