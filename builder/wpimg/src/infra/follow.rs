//! What happens to a stack, up to the end.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use wpimg_aws::{
    AwsError,
    cause::Cause,
    stacks::{Stack, StackEvent, Stacks},
};

use super::InfraError;
use crate::{error_report::Failure, report::Report};

/// From one look to the next. CloudFormation throttles an account that asks much more often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The longest pause between looks while AWS does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long AWS may not answer before nobody waits any more. The stack goes on without us.
const PATIENCE: Duration = Duration::from_mins(10);

/// How long a status may be of the time before: what CloudFormation describes lags behind what it does.
const LAG: Duration = Duration::from_secs(30);

/// What is being done to a stack, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Creating,
    Updating,
    Deleting,
    /// Whatever somebody else has begun.
    Waiting,
}

/// Says what happens to a stack from the event `last` on, until nothing does any more. A stack that does not become what it
/// should is an error with the first thing that failed.
pub(crate) async fn follow(
    stacks: &Stacks,
    (name, id): (&str, &str),
    doing: Doing,
    last: Option<String>,
    report: &Report,
) -> Result<(), Failure> {
    let mut teller = Teller {
        last,
        failure: None,
        has_begun: false,
    };
    let begin = Instant::now();
    let mut silence = Silence::none();
    loop {
        match look(stacks, id, &mut teller, report).await {
            Ok(stack) => {
                silence = Silence::none();
                // A final status is believed once something has been heard of what was begun, or after a while.
                let is_current = teller.has_begun || begin.elapsed() >= LAG;
                if let Some(end) = end(stack.as_ref(), doing).filter(|_| is_current) {
                    return match end {
                        End::Good => Ok(()),
                        End::Bad(status) => Err(teller.failed(name, &status, doing).into()),
                    };
                }
            }
            Err(error) if passes(&error) && silence.lasted() < PATIENCE => {
                silence.warn_once(&error, report);
            }
            Err(error) => return Err(error.into()),
        }
        sleep(silence.pause()).await;
    }
}

/// How it ended.
enum End {
    Good,
    /// In this status.
    Bad(String),
}

async fn look(
    stacks: &Stacks,
    id: &str,
    teller: &mut Teller,
    report: &Report,
) -> Result<Option<Stack>, AwsError> {
    // The status first: what happens after it is looked at is told in the next round.
    let stack = stacks.stack(id).await?;
    match stacks.events_since(id, teller.last.as_deref()).await {
        Ok(events) => teller.tell(&events, report),
        // A stack that is gone has none.
        Err(_) if stack.is_none() => {}
        Err(error) => return Err(error),
    }
    Ok(stack)
}

/// Nothing while CloudFormation is at work.
fn end(stack: Option<&Stack>, doing: Doing) -> Option<End> {
    let Some(stack) = stack else {
        return Some(match doing {
            Doing::Deleting | Doing::Waiting => End::Good,
            Doing::Creating | Doing::Updating => End::Bad("DELETE_COMPLETE".to_owned()),
        });
    };
    let status = &stack.status;
    if status.is_in_progress() {
        return None;
    }
    let is_wanted = match doing {
        Doing::Deleting => status.is_deleted(),
        Doing::Creating | Doing::Updating => status.is_good(),
        Doing::Waiting => true,
    };
    Some(if is_wanted {
        End::Good
    } else {
        End::Bad(status.to_string())
    })
}

/// Whether AWS may answer again in a while.
fn passes(error: &AwsError) -> bool {
    match &error.cause {
        Cause::Throttled(_) | Cause::Unreachable { .. } => true,
        Cause::Foreign { status, .. } => *status >= 500 || *status == 429,
        Cause::Service(answer) => answer.status >= 500,
        Cause::NoCredentials
        | Cause::Credentials { .. }
        | Cause::Rejected(_)
        | Cause::Denied(_)
        | Cause::Request { .. } => false,
    }
}

/// Since when AWS has not answered.
struct Silence {
    since: Option<Instant>,
    pause: Duration,
}

impl Silence {
    fn none() -> Self {
        Self {
            since: None,
            pause: LOOK_AGAIN,
        }
    }

    fn lasted(&self) -> Duration {
        self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn warn_once(&mut self, error: &AwsError, report: &Report) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            report.warning(&format!(
                "{error}: {}; the stack goes on, looking again",
                error.cause
            ));
        }
    }

    fn pause(&mut self) -> Duration {
        if self.since.is_some() {
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        self.pause
    }
}

/// Remembers what was told, and what went wrong first.
struct Teller {
    last: Option<String>,
    failure: Option<StackEvent>,
    /// Whether an event about the stack itself has come.
    has_begun: bool,
}

impl Teller {
    fn tell(&mut self, events: &[StackEvent], report: &Report) {
        for event in events {
            let what = format!("{} ({})", event.logical_id, event.kind);
            self.has_begun |= event.is_about_stack();
            match event.status.split_once('_').unwrap_or_default() {
                _ if event.is_about_stack() => report.detail(&format!("{what} {}", event.status)),
                ("CREATE", "COMPLETE") => report.status("Created", &what),
                ("UPDATE", "COMPLETE") => report.status("Updated", &what),
                ("DELETE", "COMPLETE") => report.status("Deleted", &what),
                ("DELETE", "SKIPPED") => report.status("Kept", &what),
                _ if event.is_failure() => report.warning(&format!(
                    "{what} failed: {}",
                    event.reason.as_deref().unwrap_or("no reason given")
                )),
                _ => report.detail(&format!("{what} {}", event.status)),
            }
            if self.failure.is_none() && event.is_failure() && !event.is_about_stack() {
                self.failure = Some(event.clone());
            }
        }
        if let Some(event) = events.last() {
            self.last = Some(event.id.clone());
        }
    }

    fn failed(self, stack: &str, status: &str, doing: Doing) -> InfraError {
        let hint = match (doing, status) {
            (Doing::Deleting, _) => "mend the reason and run `wpimg infra destroy` again",
            (_, "ROLLBACK_FAILED" | "UPDATE_ROLLBACK_FAILED") => {
                "what was there before could not be brought back; mend the reason and run `wpimg \
                 infra apply`, which tries that again first"
            }
            (Doing::Creating, _) => {
                "what was made has been taken away again; mend the reason and run `wpimg infra \
                 apply` again"
            }
            (Doing::Updating | Doing::Waiting, _) => {
                "the stack is as it was before the change; mend the reason and run `wpimg infra \
                 apply` again, and see with `wpimg status` which image runs"
            }
        };
        let (resource, reason) = match self.failure {
            Some(event) => (
                format!("{} ({})", event.logical_id, event.kind),
                event.reason.unwrap_or_else(|| "no reason given".to_owned()),
            ),
            None => ("something".to_owned(), "no reason given".to_owned()),
        };
        InfraError::Failed {
            stack: stack.to_owned(),
            status: status.to_owned(),
            resource,
            reason,
            hint: hint.to_owned(),
        }
    }
}
