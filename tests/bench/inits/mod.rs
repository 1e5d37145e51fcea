//! `wpimg-init` beside other inits and supervisors, each with one command that sleeps: what it costs to have it.

mod idle;
pub(crate) mod serving;
pub(crate) mod set_up;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Result, ensure};
use wpimg_e2e::init;

use self::idle::Idle;
use crate::measure::{Spread, note};
use crate::table::{Table, Target};

/// A start takes so little that many more of them are made.
const FACTOR: usize = 100;

const START: Target = Target::AtMost(2.0);
const SIZE: Target = Target::AtMost(5.0);
pub(super) const MEMORY: Target = Target::AtMost(2.0);
pub(super) const WAKEUPS: Target = Target::AtMost(1.0);
pub(super) const SET_UP: Target = Target::AtMost(30.0);
pub(super) const STOP: Target = Target::AtMost(100.0);

/// One of them.
pub(super) struct Init {
    name: &'static str,
    program: PathBuf,
    kind: Kind,
}

enum Kind {
    /// Stands before a command, with these words between.
    Wrapper(&'static [&'static str]),
    /// Reads from files below a directory what to run.
    Supervisor(Prepare),
}

/// Writes a supervisor's files and gives its arguments.
type Prepare = fn(&Path) -> Result<Vec<String>>;

impl Init {
    /// The init before this command, where it can stand before any.
    fn before(&self, command: &[&str]) -> Option<Command> {
        let Kind::Wrapper(between) = self.kind else {
            return None;
        };
        let mut init = Command::new(&self.program);
        init.args(between).args(command);
        Some(init)
    }

    /// With one command that sleeps.
    pub(super) fn idle(&self, directory: &Path) -> Result<Command> {
        let mut init = Command::new(&self.program);
        match self.kind {
            Kind::Wrapper(between) => init.args(between).args(["sleep", "1000"]),
            Kind::Supervisor(prepare) => {
                fs::create_dir_all(directory)?;
                init.args(prepare(directory)?)
            }
        };
        Ok(init)
    }
}

fn all() -> Result<Vec<Init>> {
    let init = |name, program, kind| Init {
        name,
        program,
        kind,
    };
    let wpimg = init::program()?.to_owned();
    Ok(vec![
        init("wpimg-init", wpimg, Kind::Wrapper(&["--"])),
        // Without its option it warns that it is not PID 1.
        init("tini", installed("tini")?, Kind::Wrapper(&["-s", "--"])),
        init("dumb-init", installed("dumb-init")?, Kind::Wrapper(&["--"])),
        init("catatonit", installed("catatonit")?, Kind::Wrapper(&["--"])),
        init(
            "s6 (svscan, supervise)",
            installed("s6-svscan")?,
            Kind::Supervisor(s6),
        ),
        init(
            "supervisord",
            installed("supervisord")?,
            Kind::Supervisor(supervisord),
        ),
    ])
}

fn installed(name: &str) -> Result<PathBuf> {
    let path = PathBuf::from("/usr/bin").join(name);
    ensure!(
        path.exists(),
        "`{name}` is not installed; `bash tests/bench/run` does it"
    );
    Ok(path)
}

fn s6(directory: &Path) -> Result<Vec<String>> {
    let run = directory.join("sleep/run");
    fs::create_dir_all(directory.join("sleep"))?;
    fs::write(&run, "#!/bin/sh\nexec sleep 1000\n")?;
    fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(vec![directory.to_string_lossy().into_owned()])
}

fn supervisord(directory: &Path) -> Result<Vec<String>> {
    let configuration = directory.join("supervisord.conf");
    let shown = directory.display();
    let text = format!(
        "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={shown}/pid\n\
         [program:sleep]\ncommand=sleep 1000\n"
    );
    fs::write(&configuration, text)?;
    Ok(vec![
        "-c".to_owned(),
        configuration.to_string_lossy().into_owned(),
    ])
}

pub(crate) fn measure(runs: usize, scratch: &Path) -> Result<Vec<Table>> {
    let inits = all()?;
    note("inits: starts");
    let starts = starts(runs * FACTOR, &inits)?;
    note("inits: memory and wakeups");
    let idle = idle::measure(runs, &inits, &scratch.join("inits"))?;
    let mut table = Table::new(
        "Inits, each with `sleep` as its command",
        &[
            "init",
            "`true` takes longer by (ms)",
            "resident (MB)",
            "wakeups/s when idle",
            "TERM to end (ms)",
            "binary (MB)",
        ],
    );
    for ((init, start), idle) in inits.iter().zip(&starts).zip(&idle) {
        let start = start.map_or("–".to_owned(), |start| start.to_string());
        let Idle {
            resident,
            wakeups,
            stop,
        } = idle;
        let size = megabytes(&init.program)?;
        table.row(&[
            &init.name,
            &start,
            &format!("{resident:.2}"),
            &format!("{wakeups:.1}"),
            stop,
            &format!("{size:.2}"),
        ]);
    }
    Ok(vec![table, targets(&inits, &starts, &idle)?])
}

fn targets(inits: &[Init], starts: &[Option<Spread>], idle: &[Idle]) -> Result<Table> {
    let [ours, ..] = inits else {
        return Ok(Table::new("no init", &[]));
    };
    let size = megabytes(&ours.program)?;
    let mut table = Table::new(
        "`wpimg-init` in front of a command",
        &["figure", "", "target"],
    );
    if let (Some(Some(start)), Some(idle)) = (starts.first(), idle.first()) {
        let wakeups = idle.wakeups;
        for (what, figure, target, unit) in [
            ("start overhead of `-- true`", start.median, START, " ms"),
            ("resident memory", idle.resident, MEMORY, " MB"),
            ("idle wakeups", wakeups, WAKEUPS, "/s"),
            ("TERM to end", idle.stop.median, STOP, " ms"),
            ("static binary", size, SIZE, " MB"),
        ] {
            let shown = format!("{figure:.2}{unit}");
            table.row(&[&what, &shown, &target.verdict(figure, unit)]);
        }
    }
    Ok(table)
}

/// How much longer `true` takes with each of them, in milliseconds.
fn starts(runs: usize, inits: &[Init]) -> Result<Vec<Option<Spread>>> {
    let mut alone = Vec::new();
    let mut seconds: Vec<Vec<f64>> = inits.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        alone.push(milliseconds(&mut Command::new("true"))?);
        for (init, seconds) in inits.iter().zip(&mut seconds) {
            if let Some(mut command) = init.before(&["true"]) {
                seconds.push(milliseconds(&mut command)?);
            }
        }
    }
    let alone = Spread::of(alone).median;
    let more = |values: Vec<f64>| Spread::of(values.iter().map(|value| value - alone).collect());
    let some = |values: &Vec<f64>| !values.is_empty();
    let seconds = seconds.into_iter().map(|values| Some(values).filter(some));
    Ok(seconds.map(|values| values.map(more)).collect())
}

fn milliseconds(command: &mut Command) -> Result<f64> {
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let status = command.status()?;
    let milliseconds = begin.elapsed().as_secs_f64() * 1000.0;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(milliseconds)
}

/// Of a script it is the script alone: what interprets it is many times as large.
fn megabytes(program: &Path) -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a file of megabytes")]
    let bytes = fs::metadata(program)?.len() as f64;
    Ok(bytes / crate::measure::MEGABYTE)
}
