//! `wpimg-init` with all the services of the default image.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use wpimg_e2e::{
    docker::{Container, Launch},
    image::Image,
    site::WEB_PORT,
};

use super::idle::{resident, switches};
use super::{MEMORY, SET_UP, STOP, WAKEUPS, set_up};
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
        set_ups.push(set_up::milliseconds()?);
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
            (
                "set-up, until php-fpm is started",
                set_up.median,
                SET_UP,
                " ms",
            ),
            ("TERM to end, nothing in flight", stop.median, STOP, " ms"),
        ] {
            let shown = format!("{figure:.2}{unit}");
            table.row(&[&what, &shown, &target.verdict(figure, unit)]);
        }
    }
    Ok(table)
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
