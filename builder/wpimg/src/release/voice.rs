//! What is said on the way of a release: lines for people, and with `--format json` a line of JSON for each event.

use serde::Serialize;
use wpimg_aws::logs::LogLine;
use wpimg_rollout::{
    rollout::{Counts, Notice, Outcome, StoppedTask},
    task_definition::Difference,
};

use crate::{
    cli::Format,
    error_report::Failure,
    report::{Report, Tone, json_text},
};

/// Who is told.
#[derive(Clone)]
pub(crate) struct Voice {
    report: Report,
    format: Format,
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Event<'a> {
    schema: &'static str,
    #[serde(rename = "event")]
    name: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_definition: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
}

#[derive(Serialize)]
struct CountsDocument {
    desired: u32,
    pending: u32,
    running: u32,
    failed: u32,
}

impl Event<'_> {
    fn new(name: &'static str, message: String) -> Self {
        Self {
            schema: "wpimg/deploy/1",
            name,
            message,
            task: None,
            counts: None,
            exit_code: None,
            deployment: None,
            task_definition: None,
            image: None,
        }
    }
}

impl Voice {
    pub(crate) fn new(report: &Report, format: Format) -> Self {
        Self {
            report: report.clone(),
            format,
        }
    }

    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    /// What the next task definition has different, before anything is touched.
    pub(crate) fn changes(&self, difference: &Difference) -> Result<(), Failure> {
        for change in &difference.changes {
            let text = change.to_string();
            match self.format {
                Format::Json => self.write(&Event::new("change", text))?,
                Format::Text => {
                    let sign = self.report.toned(Tone::Notable, "~");
                    self.report.data(&format!("{sign} {text}"))?;
                }
            }
        }
        Ok(())
    }

    /// The deployment has begun.
    pub(crate) fn begun(
        &self,
        (deployment, task_definition, image): (&str, &str, &str),
    ) -> Result<(), Failure> {
        let message = format!("{task_definition} as {deployment}");
        self.report.status("Deploying", &message);
        self.write(&Event {
            deployment: Some(deployment),
            task_definition: Some(task_definition),
            image: Some(image),
            ..Event::new("begun", message)
        })
    }

    pub(crate) fn notice(&self, notice: &Notice) -> Result<(), Failure> {
        let text = notice.to_string();
        let report = &self.report;
        let (name, counts, task) = match notice {
            Notice::Event { .. } => {
                report.status("ECS", &text);
                ("service", None, None)
            }
            Notice::Tasks { counts, failed } => {
                report.status("Running", &text);
                ("tasks", Some((*counts, *failed)), None)
            }
            Notice::Status { .. } => {
                report.detail(&text);
                ("status", None, None)
            }
            Notice::TaskStopped(task) => {
                if is_failure(task) {
                    report.warning(&text);
                } else {
                    report.detail(&text);
                }
                ("task-stopped", None, Some(task.id.as_str()))
            }
            Notice::CheckingSite => {
                report.status("Asking", &text);
                ("checking", None, None)
            }
            Notice::SiteFailed { .. } => {
                report.warning(&text);
                ("site-failed", None, None)
            }
            Notice::EcsRollsBack { .. } | Notice::RollingBack { .. } => {
                report.warning(&text);
                ("rolling-back", None, None)
            }
            Notice::StopRefused { .. } | Notice::StillRollingBack | Notice::StillRecording => {
                report.warning(&text);
                ("notice", None, None)
            }
            Notice::Throttled { .. } | Notice::Unanswered { .. } => {
                report.warning(&text);
                ("unanswered", None, None)
            }
        };
        let counts = counts.map(|(counts, failed): (Counts, u32)| CountsDocument {
            desired: counts.desired,
            pending: counts.pending,
            running: counts.running,
            failed,
        });
        self.write(&Event {
            task,
            counts,
            ..Event::new(name, text)
        })
    }

    /// What a task has written last.
    pub(crate) fn log(&self, task: &str, lines: &[LogLine]) -> Result<(), Failure> {
        for line in lines {
            self.report.status(short(task), &line.text);
            self.write(&Event {
                task: Some(task),
                ..Event::new("log", line.text.clone())
            })?;
        }
        Ok(())
    }

    /// The end, whichever it is. What went wrong is told to people by the error that follows.
    pub(crate) fn ended(&self, outcome: &Outcome, exit_code: u8) -> Result<(), Failure> {
        let text = outcome.to_string();
        if *outcome == Outcome::Succeeded {
            self.report.status("Finished", &text);
        }
        self.write(&Event {
            exit_code: Some(exit_code),
            ..Event::new("ended", text)
        })
    }

    fn write(&self, event: &Event<'_>) -> Result<(), Failure> {
        if self.format == Format::Json {
            self.report.data(&json_text(event))?;
        }
        Ok(())
    }
}

fn is_failure(task: &StoppedTask) -> bool {
    task.containers
        .iter()
        .any(|container| container.exit_code.is_none_or(|code| code != 0))
}

/// The first letters of a task's id fit where the verbs stand.
fn short(task: &str) -> &str {
    task.get(..8).unwrap_or(task)
}
