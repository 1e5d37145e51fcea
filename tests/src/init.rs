//! `wpimg-init` on this machine, outside of any container: as the first process of a namespace or among others.
//!
//! The program is the one in the image that wpimg builds. `WPIMG_INIT_BIN` names another one, for whoever works on it
//! and does not want to build wpimg each time.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
    sync::mpsc::{self, Receiver},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};

use crate::docker;
use crate::image::{Image, artifacts};
use crate::poll;
use crate::requirement::Requirement;
use crate::wrap::is_root;

/// The path of `wpimg-init`, taken out of the image on first use.
pub fn program() -> Result<&'static Path> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PROGRAM
        .get_or_init(|| take_out().map_err(|error| format!("{error:#}")))
        .as_deref()
        .map_err(|message| anyhow!("{message}"))
}

fn take_out() -> Result<PathBuf> {
    if let Some(path) = env::var_os("WPIMG_INIT_BIN") {
        return std::path::absolute(&path).context("WPIMG_INIT_BIN is not a path");
    }
    let directory = artifacts("init")?;
    let program = directory.join("wpimg-init");
    // Renamed in the end: another run may be using the one that is there.
    let copy = directory.join(format!("copy-{}", std::process::id()));
    let container = docker::run(["create", Image::Wordpress.tag()?])?;
    let copied = docker::run([
        "cp",
        &format!("{container}:/usr/bin/wpimg-init"),
        &copy.to_string_lossy(),
    ]);
    docker::run(["rm", &container])?;
    copied?;
    fs::rename(&copy, &program)?;
    Ok(program)
}

/// What `wpimg-init` is to the other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// PID 1 of a process namespace, as in a container.
    FirstProcess,
    /// Some process of this machine.
    AmongOthers,
}

impl Place {
    pub const ALL: [Self; 2] = [Self::FirstProcess, Self::AmongOthers];

    /// `wpimg-init`, without arguments.
    pub fn command(self) -> Result<Command> {
        let program = program()?;
        Ok(match self {
            Self::AmongOthers => Command::new(program),
            Self::FirstProcess => {
                Requirement::Unshare.check()?;
                let mut unshare = Requirement::Unshare.command();
                if !is_root()? {
                    unshare.args(["--user", "--map-root-user"]);
                }
                unshare.args(["--pid", "--fork", "--mount-proc", "--kill-child"]);
                unshare.arg(program);
                unshare
            }
        })
    }

    /// `wpimg-init OPTIONS -- CMD`, started.
    pub fn start<const N: usize, const M: usize>(
        self,
        options: [&str; N],
        command: [&str; M],
    ) -> Result<Running> {
        let mut init = self.command()?;
        init.args(options).arg("--").args(command);
        let mut running = Running::start(&mut init)?;
        running.place = self;
        Ok(running)
    }

    /// As [`Place::start`], to its end.
    pub fn run<const N: usize, const M: usize>(
        self,
        options: [&str; N],
        command: [&str; M],
    ) -> Result<Ended> {
        self.start(options, command)?.wait()
    }
}

/// Something that was started, and is killed when this value is dropped.
pub struct Running {
    shown: String,
    child: Child,
    place: Place,
    lines: Receiver<String>,
    errors: Receiver<String>,
    input: Option<ChildStdin>,
}

/// How it ended, and what it had said that nobody had read before.
#[derive(Debug)]
#[must_use = "an end means nothing until its code is looked at"]
pub struct Ended {
    pub command: String,
    /// 128 plus the signal for one that was killed, as a shell has it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Result<Self> {
        let words = [command.get_program()]
            .into_iter()
            .chain(command.get_args());
        let words: Vec<OsString> = words.map(Into::into).collect();
        let shown = words.join(" ".as_ref()).to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        Ok(Self {
            lines: lines(child.stdout.take().context("no stdout")?),
            errors: lines(child.stderr.take().context("no stderr")?),
            input: child.stdin.take(),
            place: Place::AmongOthers,
            shown,
            child,
        })
    }

    /// The next line of standard output.
    pub fn line(&self) -> Result<String> {
        self.lines
            .recv_timeout(poll::PATIENCE)
            .with_context(|| format!("no further line comes from `{}`", self.shown))
    }

    /// Reads lines up to and including this one, and gives those before it.
    pub fn wait_for_line(&self, expected: &str) -> Result<Vec<String>> {
        let mut before = Vec::new();
        loop {
            let line = self
                .line()
                .with_context(|| format!("`{expected}` does not come after {before:?}"))?;
            if line == expected {
                return Ok(before);
            }
            before.push(line);
        }
    }

    /// The pid of `wpimg-init` as this machine sees it.
    pub fn pid(&self) -> Result<u32> {
        match self.place {
            Place::AmongOthers => Ok(self.child.id()),
            Place::FirstProcess => poll::until("unshare has a child", || {
                let children = children(self.child.id())?;
                children.first().copied().context("it has none")
            }),
        }
    }

    /// Sends a signal to `wpimg-init`.
    pub fn signal(&self, number: i32) -> Result<()> {
        signal(self.pid()?, number)
    }

    pub fn type_line(&mut self, line: &str) -> Result<()> {
        let input = self.input.as_mut().context("the input is closed")?;
        writeln!(input, "{line}")?;
        Ok(())
    }

    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits for the end; a hang is an error.
    pub fn wait(mut self) -> Result<Ended> {
        let mut status = None;
        poll::until_true(&format!("`{}` ends", self.shown), || {
            status = self.child.try_wait()?;
            Ok(status.is_some())
        })?;
        let status = status.context("no status")?;
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        Ok(Ended {
            command: self.shown.clone(),
            code: status
                .code()
                .or(signal.map(|signal| 128 + signal))
                .unwrap_or(-1),
            stdout: rest(&self.lines),
            stderr: rest(&self.errors),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has been waited for has lost its pid.
        if let Ok(None) = self.child.try_wait() {
            kill_tree(self.child.id());
        }
        let _ = self.child.wait();
    }
}

impl Ended {
    pub fn expect_code(&self, code: i32) -> Result<&Self> {
        ensure!(self.code == code, "the exit code is not {code}: {self:#?}");
        Ok(self)
    }

    pub fn expect_said(&self, words: &str) -> Result<&Self> {
        ensure!(
            self.stderr.contains(words),
            "nothing says `{words}`: {self:#?}"
        );
        Ok(self)
    }
}

/// What comes until the stream ends. Something that was left behind may keep it open.
fn rest(lines: &Receiver<String>) -> String {
    let next = || lines.recv_timeout(poll::PATIENCE).ok();
    std::iter::from_fn(next).map(|line| line + "\n").collect()
}

/// Kills a process and all that descends from it: a test that failed leaves nothing behind.
pub(crate) fn kill_tree(pid: u32) {
    let children = children(pid).unwrap_or_default();
    let _ = signal(pid, 9);
    children.into_iter().for_each(kill_tree);
}

/// Sends a signal by its number; `sh` knows those that have no name, too.
pub fn signal(pid: u32, number: i32) -> Result<()> {
    let output = Command::new("sh")
        .args(["-c", &format!("kill -{number} {pid}")])
        .output()?;
    ensure!(
        output.status.success(),
        "cannot send {number} to {pid}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// The children of a process, zombies included (proc(5), `/proc/pid/task/tid/children`).
pub fn children(pid: u32) -> Result<Vec<u32>> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .with_context(|| format!("process {pid} has gone"))?;
    list.split_whitespace()
        .map(|pid| pid.parse().with_context(|| format!("`{pid}` is not a pid")))
        .collect()
}

/// The lines of a stream as they come; the last one may lack its end.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            if sender
                .send(String::from_utf8_lossy(&line).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
    receiver
}
