//! Time and memory of one command, and what several of them say together.

use std::{
    fmt, fs,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};

pub(crate) const MEGABYTE: f64 = 1_000_000.0;

/// What one build gave, and how long it took.
pub(crate) struct Built {
    pub(crate) seconds: f64,
    /// What the builder calls its result: equal for equal results.
    pub(crate) id: String,
}

/// Runs a command that must succeed; its standard output is the result's name.
pub(crate) fn timed(command: &mut Command) -> Result<Built> {
    let begin = Instant::now();
    let id = run(command)?;
    Ok(Built {
        seconds: begin.elapsed().as_secs_f64(),
        id,
    })
}

/// Runs a command that must succeed and gives its standard output.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| {
        format!(
            "cannot start `{program}`; `bash tests/bench/run` installs what the benchmark needs"
        )
    })?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Megabytes of resident memory at a command's highest, from time(1).
pub(crate) fn peak_memory(command: &Command) -> Result<f64> {
    let report = tempfile::NamedTempFile::new()?;
    let mut time = Command::new("/usr/bin/time");
    time.args(["--format=%M", "--output"]).arg(report.path());
    time.arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        time.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => time.env(name, value),
            None => time.env_remove(name),
        };
    }
    run(&mut time)?;
    let kibibytes: f64 = fs::read_to_string(report.path())?.trim().parse()?;
    Ok(kibibytes * 1024.0 / MEGABYTE)
}

/// A median with its neighbours. Displays as `median (lowest-highest)`.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            median: at(values.len() / 2),
            lowest: at(0),
            highest: at(values.len().saturating_sub(1)),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            median,
            lowest,
            highest,
        } = self;
        // Milliseconds are seen below a second, hundredths below a hundred.
        let digits = match *median {
            value if value < 1.0 => 3,
            value if value < 100.0 => 2,
            _ => 1,
        };
        write!(
            f,
            "{median:.digits$} ({lowest:.digits$}-{highest:.digits$})"
        )
    }
}

/// Says what is being done, beside the result.
#[expect(
    clippy::print_stderr,
    reason = "the benchmark is its own user interface"
)]
pub(crate) fn note(what: &str) {
    eprintln!("bench: {what}");
}
