//! A task that runs once: it is waited for until it has stopped, since one that ends fast is never seen running.

use std::time::Duration;

use tokio::time::sleep;
use wpimg_aws::ecs::{Launch, Task, TaskState};

use super::{CONTAINER, Live, LogPlace, ReleaseError};
use crate::{error_report::Failure, interrupts::Interrupts};

/// From one look to the next.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// So many looks in a row may show nothing.
const MOST_MISSES: u32 = 15;

/// What to run.
pub(crate) struct Once<'a> {
    pub(crate) task_definition: &'a str,
    pub(crate) command: &'a [String],
    pub(crate) environment: &'a [(String, String)],
    /// ARN of the role it has, in place of the service's.
    pub(crate) role: Option<&'a str>,
    pub(crate) log: Option<LogPlace>,
}

/// Runs it where the service runs its own, hands each line of its log to `write`, and returns the exit code of its container.
pub(crate) async fn run_once(
    live: &Live,
    once: Once<'_>,
    mut write: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<i32, Failure> {
    let services = live.services();
    let launch = Launch {
        task_definition: once.task_definition,
        container: CONTAINER,
        command: once.command,
        environment: once.environment,
        role: once.role,
        started_by: "wpimg",
    };
    let task = services.run(&live.service, launch).await?;
    let arn = task.arn.clone();
    let mut tail = Tail::new(live, once.log, &task);
    let mut interrupts = Interrupts::listen();
    let mut is_interrupted = false;
    let mut misses = 0;
    let ended = loop {
        match services.task(&live.service.cluster, &arn).await {
            Ok(Some(task)) if task.state == TaskState::Stopped => break task,
            Ok(Some(_)) => misses = 0,
            // A task that has just been started is not known everywhere at once.
            Ok(None) if misses < MOST_MISSES => misses += 1,
            Ok(None) => return Err(ReleaseError::TaskLost.into()),
            Err(error) if error.cause.is_about_credentials() || misses == MOST_MISSES => {
                return Err(error.into());
            }
            Err(_) => misses += 1,
        }
        tail.read(&mut write).await;
        tokio::select! {
            () = sleep(LOOK_AGAIN) => {}
            () = interrupts.next() => {
                if is_interrupted {
                    return Err(ReleaseError::TaskInterrupted.into());
                }
                is_interrupted = true;
                services.stop_task(&live.service.cluster, &arn, "interrupted").await?;
            }
        }
    };
    if is_interrupted {
        return Err(ReleaseError::TaskInterrupted.into());
    }
    // What was written last arrives last.
    sleep(LOOK_AGAIN).await;
    tail.read(&mut write).await;
    let container = ended
        .containers
        .iter()
        .find(|found| found.name == CONTAINER);
    let exit_code = container.and_then(|container| container.exit_code);
    exit_code.ok_or_else(|| {
        let reason = container.and_then(|container| container.reason.clone());
        ReleaseError::TaskFailed {
            reason: reason.or(ended.reason),
        }
        .into()
    })
}

/// The log of a task, as far as it has been read.
struct Tail<'a> {
    live: &'a Live,
    place: Option<(LogPlace, String)>,
    since: i64,
    told: std::collections::BTreeSet<String>,
}

impl<'a> Tail<'a> {
    fn new(live: &'a Live, log: Option<LogPlace>, task: &Task) -> Self {
        let id = task.id().to_owned();
        Self {
            live,
            place: log.map(|log| {
                let stream = log.stream(&id);
                (log, stream)
            }),
            since: 0,
            told: std::collections::BTreeSet::new(),
        }
    }

    /// A log that cannot be read is no reason to give up a task that runs.
    async fn read(&mut self, write: &mut impl FnMut(&str) -> Result<(), Failure>) {
        let Some((log, stream)) = &self.place else {
            return;
        };
        let logs = self.live.session().logs();
        let streams = std::slice::from_ref(stream);
        let mut page = None;
        loop {
            let Ok(found) = logs.since(&log.group, streams, self.since, page).await else {
                return;
            };
            for line in found.lines {
                if self.told.insert(line.id) {
                    self.since = self.since.max(line.time);
                    if write(&line.text).is_err() {
                        return;
                    }
                }
            }
            page = found.next;
            if page.is_none() {
                return;
            }
        }
    }
}
