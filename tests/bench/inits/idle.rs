//! What an init costs while nothing happens, and how long it takes to end.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use wpimg_e2e::{init, poll};

use super::Init;
use crate::measure::{MEGABYTE, Spread};

/// Long enough for what wakes once a second to be seen.
const WINDOW: Duration = Duration::from_secs(10);

/// After its start a supervisor is busy for a while: supervisord takes a second to believe in its command.
const SETTLING: Duration = Duration::from_secs(3);

pub(crate) struct Idle {
    /// Megabytes.
    pub(crate) resident: f64,
    /// Per second.
    pub(crate) wakeups: f64,
    /// Milliseconds from TERM to the end.
    pub(crate) stop: Spread,
}

/// All of them sleep at the same time, and end one after the other.
pub(super) fn measure(runs: usize, inits: &[Init], scratch: &Path) -> Result<Vec<Idle>> {
    let mut stops: Vec<Vec<f64>> = inits.iter().map(|_| Vec::new()).collect();
    let mut costs = Vec::new();
    for run in 0..runs {
        let mut started = Vec::new();
        for init in inits {
            let directory = scratch.join(format!("{}-{run}", init.name));
            started.push(Started::of(init, &directory)?);
        }
        thread::sleep(SETTLING);
        if run == 0 {
            costs = idle_costs(&started)?;
        }
        for (started, stops) in started.into_iter().zip(&mut stops) {
            stops.push(started.stop()?);
        }
    }
    let idle = costs.into_iter().zip(stops);
    let idle = idle.map(|((resident, wakeups), stops)| Idle {
        resident,
        wakeups,
        stop: Spread::of(stops),
    });
    Ok(idle.collect())
}

fn idle_costs(started: &[Started]) -> Result<Vec<(f64, f64)>> {
    let before: Vec<f64> = started
        .iter()
        .map(Started::switches)
        .collect::<Result<_>>()?;
    thread::sleep(WINDOW);
    let costs = started.iter().zip(before).map(|(started, before)| {
        let wakeups = (started.switches()? - before) / WINDOW.as_secs_f64();
        Ok((started.resident()?, wakeups))
    });
    costs.collect()
}

/// An init that runs, ended when this value is dropped.
struct Started {
    child: Child,
}

impl Started {
    fn of(init: &Init, directory: &Path) -> Result<Self> {
        let mut command = init.idle(directory)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", init.name))?;
        Ok(Self { child })
    }

    /// The init and what it needs beside itself, without the command that sleeps.
    fn processes(&self) -> Result<Vec<u32>> {
        let mut found = vec![self.child.id()];
        for pid in init::children(self.child.id())? {
            let name = fs::read_to_string(format!("/proc/{pid}/comm"))?;
            if name.trim_end() != "sleep" {
                found.push(pid);
            }
        }
        Ok(found)
    }

    fn resident(&self) -> Result<f64> {
        let pids = self.processes()?;
        pids.into_iter().map(resident).sum()
    }

    fn switches(&self) -> Result<f64> {
        let pids = self.processes()?;
        pids.into_iter().map(switches).sum()
    }

    fn stop(mut self) -> Result<f64> {
        let begin = Instant::now();
        init::signal(self.child.id(), 15)?;
        poll::often("an init ends", || {
            self.child.try_wait()?.context("it has not ended")
        })?;
        Ok(begin.elapsed().as_secs_f64() * 1000.0)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Megabytes of resident memory of one process.
pub(super) fn resident(pid: u32) -> Result<f64> {
    Ok(status(pid, "VmRSS:")? * 1024.0 / MEGABYTE)
}

/// How often a process has gone to sleep so far: as often as it was woken.
pub(super) fn switches(pid: u32) -> Result<f64> {
    status(pid, "voluntary_ctxt_switches:")
}

/// A number of proc(5), `/proc/pid/status`.
fn status(pid: u32, field: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("process {pid} has gone"))?;
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(field));
    let number = value.and_then(|value| value.split_whitespace().next());
    Ok(number
        .with_context(|| format!("no {field} of {pid}"))?
        .parse()?)
}
