//! Reports the numbers of the last minute to CloudWatch, as one log line.
//!
//! Whoever does not answer is left out, with a message that says who; the rest is still worth having.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Job;
use crate::ecs::TaskMetadata;
use crate::exit_code::ExitCode;
use crate::http_get::{Timed as _, get_on_socket, read_all};
use crate::metrics::{
    Counters, Readings, Totals, emf, from_fpm, from_nginx, from_opcache, waiting_on_socket,
};
use crate::readiness::fastcgi;
use crate::schedule::{Begin, JobPolicy, OnFailure};
use crate::settings::{self, Environment, MetricsSettings};
use crate::setup::{self, Layout, NGINX_STATUS_PATH, STATUS_PATH};
use wpimg_report::Report;

/// A busy pool answers late, and a late answer is still one of this minute.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the job has to know; nothing of the site's own settings is in it.
pub(super) const VARIABLES: [&str; 3] = [
    settings::ECS_METADATA,
    "WPIMG_METRICS",
    "WPIMG_METRICS_NAMESPACE",
];

pub(super) fn policy(settings: &MetricsSettings) -> JobPolicy {
    JobPolicy {
        name: Job::Metrics.name(),
        begin: Begin::After(settings.interval),
        every: Some(settings.interval),
        time_limit: Duration::from_secs(30),
        failure: OnFailure::GoOn,
        gates_readiness: false,
    }
}

pub(super) fn run(environment: &Environment, report: &mut Report) -> ExitCode {
    let namespace = match settings::metrics_namespace(environment) {
        Ok(namespace) => namespace,
        Err(error) => {
            report.failure(&error, error.hint());
            return ExitCode::Configuration;
        }
    };
    let directory = settings::run_directory(environment)
        .map(|requested| setup::choose_runtime_directory(requested.as_deref()));
    let layout = match directory {
        Ok(Ok(run)) => Layout::new("/".into(), run),
        Ok(Err(error)) => {
            report.failure(&error, Some(error.hint()));
            return ExitCode::RuntimeDirectory;
        }
        Err(error) => {
            report.failure(&error, error.hint());
            return ExitCode::Configuration;
        }
    };
    let mut totals =
        Totals::from_text(&fs::read_to_string(layout.metrics_totals()).unwrap_or_default());
    let mut readings = Readings::default();
    let counters = environment
        .get(Counters::VARIABLE)
        .and_then(|text| text.to_str()?.parse().ok());
    if let Some(counters) = &counters {
        readings.add_counters(counters, &mut totals);
    }
    ask_everybody(&layout, &mut readings, &mut totals, report);
    let task = task(environment, report);
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let (cluster, service) = (known(&task.cluster), known(&task.service));
    let frame = emf::Frame {
        timestamp: milliseconds(),
        namespace: &namespace,
        dimensions: &[("Cluster", &cluster), ("Service", &service)],
        properties: &[
            ("TaskId", &known(&task.task_id)),
            ("AvailabilityZone", &known(&task.zone)),
        ],
    };
    report.result(&(emf::line(&frame, &readings.metrics) + "\n"));
    // Somebody who looks by hand takes nothing away from the next report.
    if counters.is_some()
        && let Err(error) = remember(&layout.metrics_totals(), &totals)
    {
        report.warning(format_args!("cannot keep what was counted: {error}"));
    }
    ExitCode::Success
}

fn ask_everybody(
    layout: &Layout,
    readings: &mut Readings,
    totals: &mut Totals,
    report: &mut Report,
) {
    let fpm = ask_php(
        &layout.fpm_status_socket(),
        &fastcgi::get_with(STATUS_PATH, "json"),
    );
    let nginx = get_on_socket(&layout.nginx_status_socket(), NGINX_STATUS_PATH, PATIENCE);
    if let (Ok(sockets), Some(path)) = (
        fs::read_to_string("/proc/net/unix"),
        layout.fpm_socket().to_str(),
    ) {
        waiting_on_socket(readings, &sockets, path);
    }
    let script = layout.opcache_script();
    let script = script.to_str().unwrap_or_default();
    let opcache = ask_php(&layout.fpm_socket(), &fastcgi::get(script));
    let mut say = |who: &str, answer: io::Result<bool>| match answer {
        Ok(true) => {}
        Ok(false) => report.warning(format_args!(
            "{who} answered something else than its status"
        )),
        Err(error) => report.warning(format_args!("{who} does not say its status: {error}")),
    };
    say("php-fpm", fpm.map(|page| from_fpm(readings, totals, &page)));
    say(
        "nginx",
        nginx.map(|page| from_nginx(readings, totals, &String::from_utf8_lossy(&page))),
    );
    say(
        "opcache",
        opcache.map(|page| from_opcache(readings, totals, &page)),
    );
}

/// The body of what php-fpm answers.
fn ask_php(socket: &Path, request: &[u8]) -> io::Result<Vec<u8>> {
    let end = Instant::now() + PATIENCE;
    let mut stream = UnixStream::connect(socket)?;
    stream.limit(PATIENCE)?;
    stream.write_all(request)?;
    let output = fastcgi::output(&read_all(stream, end)?);
    let head = output.windows(4).position(|four| four == b"\r\n\r\n");
    Ok(head.map_or_else(Vec::new, |head| output[head + 4..].to_vec()))
}

/// Outside ECS there is nothing to ask.
fn task(environment: &Environment, report: &mut Report) -> TaskMetadata {
    let endpoint = environment
        .get(settings::ECS_METADATA)
        .and_then(|url| url.to_str());
    let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.is_empty()) else {
        return TaskMetadata::default();
    };
    TaskMetadata::fetch(endpoint).unwrap_or_else(|error| {
        report.warning(format_args!("ECS does not say which task this is: {error}"));
        TaskMetadata::default()
    })
}

fn remember(path: &Path, totals: &Totals) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, totals.to_text())?;
    fs::rename(&new, path)
}

fn milliseconds() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}
