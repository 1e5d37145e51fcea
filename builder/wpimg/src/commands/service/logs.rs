//! `wpimg logs`: what the site's containers have written.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;
use tokio::time::sleep;
use wpimg_aws::logs::LogLine;

use crate::{
    cli::{Format, LogsArgs},
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    release::Live,
    report::json_text,
};

/// From one look to the next; CloudWatch takes ten such questions a second from an account.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How far back `--follow` looks each time: lines arrive late, and not in the order of their times.
const LATE: i64 = 30_000;

/// A line of `wpimg logs --format json`.
#[derive(Serialize)]
struct LineDocument<'a> {
    schema: &'static str,
    /// Milliseconds since 1970 (UTC).
    time: i64,
    task: &'a str,
    text: &'a str,
}

pub(crate) async fn logs(arguments: LogsArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let group = live.output("LogGroup")?;
    let asked = arguments.task.as_deref().unwrap_or_default();
    let logs = live.session().logs();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = now.unwrap_or_default().saturating_sub(arguments.since);
    let mut since = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let mut told: BTreeSet<(i64, String)> = BTreeSet::new();
    loop {
        let mut page = None;
        let mut latest = since;
        loop {
            let found = logs.since(&group, &[], since, page).await?;
            for line in found.lines {
                latest = latest.max(line.time);
                if task_of(&line).starts_with(asked) && told.insert((line.time, line.id.clone())) {
                    write(&line, context)?;
                }
            }
            page = found.next;
            if page.is_none() {
                break;
            }
        }
        if !arguments.follow {
            return Ok(ExitStatus::Success);
        }
        since = since.max(latest - LATE);
        told = told.split_off(&(since, String::new()));
        sleep(LOOK_AGAIN).await;
    }
}

/// The last part of the stream's name.
fn task_of(line: &LogLine) -> &str {
    line.stream.rsplit('/').next().unwrap_or_default()
}

fn write(line: &LogLine, context: &Context) -> Result<(), Failure> {
    let task = task_of(line);
    let text = match context.settings.format {
        Format::Text => format!("{}  {}", task.get(..8).unwrap_or(task), line.text),
        Format::Json => json_text(&LineDocument {
            schema: "wpimg/logs/1",
            time: line.time,
            task,
            text: &line.text,
        }),
    };
    Ok(context.report.data(&text)?)
}
