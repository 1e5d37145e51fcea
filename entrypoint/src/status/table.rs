//! The status as a person reads it.

use std::fmt::Write as _;

use super::{Ended, JobSnapshot, ServiceSnapshot, ServiceStage, Snapshot, Stage};

pub(super) fn table(snapshot: &Snapshot, now: u64) -> String {
    let mut text = String::new();
    let stage = match snapshot.stage {
        Stage::Starting => "starting",
        Stage::Ready => "ready",
        Stage::Degraded => "degraded: an essential service is missing",
        Stage::Draining => "draining",
        Stage::Stopping => "stopping",
    };
    let up = span(now.saturating_sub(snapshot.since));
    let _ = writeln!(text, "{stage}, up {up}, pid {}\n", snapshot.pid);
    let header = ["SERVICE", "STATE", "PID", "UP", "RESTARTS", "LAST EXIT"];
    let services = snapshot
        .services
        .iter()
        .map(|service| service_row(service, now));
    write_columns(&mut text, header, services);
    if !snapshot.jobs.is_empty() {
        text.push('\n');
        let header = ["JOB", "STATE", "LAST RUN", "TOOK", "NEXT RUN"];
        let jobs = snapshot.jobs.iter().map(|job| job_row(job, now));
        write_columns(&mut text, header, jobs);
    }
    text
}

fn service_row(service: &ServiceSnapshot, now: u64) -> [String; 6] {
    let state = match service.state {
        ServiceStage::Waiting => "waiting".to_owned(),
        ServiceStage::Starting => "starting".to_owned(),
        ServiceStage::Ready => "ready".to_owned(),
        ServiceStage::BackingOff => {
            let retry = service.retry.unwrap_or(now).saturating_sub(now);
            format!("again in {}", span(retry))
        }
        ServiceStage::Stopping => "stopping".to_owned(),
        ServiceStage::Ended => "ended".to_owned(),
    };
    [
        service.name.clone(),
        state,
        service.pid.map_or_else(none, |pid| pid.to_string()),
        service
            .since
            .map_or_else(none, |since| span(now.saturating_sub(since))),
        service.restarts.to_string(),
        service
            .last_exit
            .map_or_else(none, |ended| ended_at(ended, now)),
    ]
}

fn job_row(job: &JobSnapshot, now: u64) -> [String; 5] {
    let state = match job.since {
        Some(since) => format!("running for {}", span(now.saturating_sub(since))),
        None => "idle".to_owned(),
    };
    let next = match (job.next, job.since) {
        (Some(next), _) => format!("in {}", span(next.saturating_sub(now))),
        (None, Some(_)) => none(),
        (None, None) => "on request".to_owned(),
    };
    let last = job.last_run;
    [
        job.name.clone(),
        state,
        last.map_or_else(none, |run| ended_at(run.ended, now)),
        last.map_or_else(none, |run| format!("{} ms", run.milliseconds)),
        next,
    ]
}

fn ended_at(ended: Ended, now: u64) -> String {
    format!(
        "{}, {} ago",
        ended.exit(),
        span(now.saturating_sub(ended.at))
    )
}

fn none() -> String {
    "-".to_owned()
}

/// A time span in its two largest units.
fn span(seconds: u64) -> String {
    let (days, hours) = (seconds / 86400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest}s"),
        (0, 0, _) => format!("{minutes}m {rest}s"),
        (0, _, _) => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}

fn write_columns<const N: usize>(
    text: &mut String,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let mut lines = vec![header.map(str::to_owned)];
    lines.extend(rows);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..N)
        .map(|column| width(column).unwrap_or_default())
        .collect();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let padded: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        let _ = writeln!(text, "{}", padded.trim_end());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::exit_code::Exit;
    use crate::status::LastRun;

    const NOW: u64 = 1_000_000;

    /// A container with one of each.
    pub(in crate::status) fn snapshot() -> Snapshot {
        let service = |name: &str, essential, state| ServiceSnapshot {
            name: name.to_owned(),
            essential,
            state,
            pid: None,
            since: None,
            restarts: 0,
            retry: None,
            last_exit: None,
        };
        Snapshot {
            pid: 1,
            stage: Stage::Ready,
            since: NOW - 3700,
            services: vec![
                ServiceSnapshot {
                    pid: Some(12),
                    since: Some(NOW - 65),
                    restarts: 1,
                    last_exit: Some(Ended::new(Exit::Signal(9), NOW - 66)),
                    ..service("php-fpm", true, ServiceStage::Ready)
                },
                ServiceSnapshot {
                    restarts: 17,
                    retry: Some(NOW + 42),
                    last_exit: Some(Ended::new(Exit::Code(3), NOW - 18)),
                    ..service("queue", false, ServiceStage::BackingOff)
                },
            ],
            jobs: vec![JobSnapshot {
                name: "cron".to_owned(),
                pid: None,
                since: None,
                next: Some(NOW + 20),
                last_run: Some(LastRun {
                    ended: Ended::new(Exit::Code(0), NOW - 40),
                    milliseconds: 250,
                }),
            }],
        }
    }

    #[test]
    fn a_person_sees_at_once_what_is_missing() {
        let expected = "\
ready, up 1h 1m, pid 1

SERVICE  STATE         PID  UP     RESTARTS  LAST EXIT
php-fpm  ready         12   1m 5s  1         was killed by SIGKILL, 1m 6s ago
queue    again in 42s  -    -      17        exited with code 3, 18s ago

JOB   STATE  LAST RUN                     TOOK    NEXT RUN
cron  idle   exited with code 0, 40s ago  250 ms  in 20s
";
        assert_eq!(table(&snapshot(), NOW), expected);
    }

    #[test]
    fn a_clock_that_was_set_back_shows_nothing_absurd() {
        let text = table(&snapshot(), 0);
        assert!(text.contains("up 0s"), "{text}");
    }

    #[test]
    fn a_span_has_two_units() {
        for (seconds, expected) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m 0s"),
            (3600, "1h 0m"),
            (90_000, "1d 1h"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }
}
