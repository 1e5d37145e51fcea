//! `wpimg-init` with all the services of the default image.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use wpimg_e2e::{
    docker::{Container, Launch},
    image::Image,
    init,
    site::WEB_PORT,
};

use super::idle::{resident, switches};
use super::{MEMORY, SET_UP, STOP, WAKEUPS};
use crate::measure::{Spread, note};
use crate::table::Table;

const WINDOW: Duration = Duration::from_secs(10);

/// Opcode caches and first jobs are over by then.
const SETTLING: Duration = Duration::from_secs(5);

pub(crate) fn measure(runs: usize) -> Result<Table> {
    note("inits: all services");
    let mut costs = None;
    let (mut set_ups, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let container = Launch::of(Image::Wordpress.tag()?)
            .publish(WEB_PORT)
            .start()?
            .without_log();
        container.wait_for_http(WEB_PORT, "/healthz")?;
        let pid = container.pid()?;
        set_ups.push(set_up(pid)?);
        if costs.is_none() {
            thread::sleep(SETTLING);
            let before = switches(pid)?;
            thread::sleep(WINDOW);
            let wakeups = (switches(pid)? - before) / WINDOW.as_secs_f64();
            costs = Some((resident(pid)?, wakeups));
        }
        stops.push(stop(&container, pid)?);
    }
    let (set_up, stop) = (Spread::of(set_ups), Spread::of(stops));
    let mut table = Table::new(
        "`wpimg-init` with php-fpm and nginx",
        &["figure", "", "target"],
    );
    if let Some((resident, wakeups)) = costs {
        for (what, figure, target, unit) in [
            ("resident memory", resident, MEMORY, " MB"),
            ("idle wakeups", wakeups, WAKEUPS, "/s"),
            ("start to php-fpm's start", set_up.median, SET_UP, " ms"),
            ("TERM to end, nothing in flight", stop.median, STOP, " ms"),
        ] {
            let shown = format!("{figure:.2}{unit}");
            table.row(&[&what, &shown, &target.verdict(figure, unit)]);
        }
    }
    Ok(table)
}

/// Milliseconds from the start of PID 1 to that of php-fpm, whose settings are written by then; the kernel keeps them in
/// hundredths of a second.
fn set_up(pid: u32) -> Result<f64> {
    let started = |pid| -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // Field 22 of proc_pid_stat(5); the name before may have spaces.
        let (_, fields) = stat.rsplit_once(')').context("no name")?;
        let ticks = fields.split_whitespace().nth(19).context("no start")?;
        Ok(ticks.parse::<f64>()? * 10.0)
    };
    let mut children = init::children(pid)?.into_iter();
    let php_fpm = children
        .find(|child| {
            fs::read_to_string(format!("/proc/{child}/comm"))
                .is_ok_and(|name| name.starts_with("php-fpm"))
        })
        .context("php-fpm is no child of PID 1")?;
    Ok(started(php_fpm)? - started(pid)?)
}

/// Milliseconds from TERM to the end of PID 1; what Docker does around it is no business of its.
fn stop(container: &Container, pid: u32) -> Result<f64> {
    let begin = Instant::now();
    wpimg_e2e::init::signal(pid, 15)?;
    wpimg_e2e::poll::often("PID 1 ends", || {
        anyhow::ensure!(resident(pid).is_err(), "it lives");
        Ok(())
    })?;
    let milliseconds = begin.elapsed().as_secs_f64() * 1000.0;
    container.wait()?;
    Ok(milliseconds)
}
