//! Runs the `wpimg` command as a user would: release build, own home, own cache, an environment with nothing else.
//!
//! The binary comes from `WPIMG_BIN`, or is built once per test run with the cargo that runs the tests.

use std::{
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::OnceLock,
};

use crate::started::Started;
use anyhow::{Context, Result, anyhow, bail, ensure};
use tempfile::TempDir;

/// Kept from the tester's environment: how to find programs and how to reach the network and the Docker daemon.
const INHERITED: &[&str] = &[
    "PATH",
    "DOCKER_HOST",
    "WPIMG_MIRROR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
];

/// One invocation of `wpimg`, with a home directory that lives as long as this value.
pub struct Wpimg {
    program: Option<PathBuf>,
    home: TempDir,
    directory: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Wpimg {
    /// `wpimg build` with progress switched off.
    pub fn build() -> Result<Self> {
        Self::command_called("build")
    }

    /// `wpimg` with any command, progress switched off.
    pub fn command_called(name: &str) -> Result<Self> {
        let home = tempfile::tempdir().context("cannot create a home directory")?;
        Ok(Self {
            program: None,
            directory: home.path().to_path_buf(),
            home,
            arguments: vec![name.into(), "--no-progress".into()],
            environment: Vec::new(),
        })
    }

    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    #[must_use]
    pub fn option(self, name: &str, value: impl Into<OsString>) -> Self {
        self.arg(name).arg(value)
    }

    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Runs this copy of the program.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    #[must_use]
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// The invocation as a command that has not started, for callers that wrap or measure it.
    pub fn command(&self) -> Result<Command> {
        let program = match &self.program {
            Some(program) => program.as_path(),
            None => binary()?,
        };
        let mut command = Command::new(program);
        command
            .args(&self.arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("HOME", self.home.path())
            .stdin(Stdio::null());
        for name in INHERITED {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        Ok(command)
    }

    pub fn run(&self) -> Result<Run> {
        self.run_as(self.command()?)
    }

    /// Runs this invocation in the form that a wrapper gave to its command.
    pub fn run_as(&self, mut command: Command) -> Result<Run> {
        let output = command
            .output()
            .with_context(|| format!("cannot start `{}`", self.shown()))?;
        Ok(Run::new(self.shown(), &output))
    }

    /// Starts the command without waiting for it; what it says is lost. Its home is gone with `self`.
    pub fn spawn(&self) -> Result<Child> {
        self.command()?
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start `{}`", self.shown()))
    }

    /// Starts the command, to be listened to and signalled while it runs.
    pub fn start(self) -> Result<Started> {
        let child = self
            .command()?
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{}`", self.shown()))?;
        Started::new(child, self)
    }

    pub(crate) fn shown(&self) -> String {
        let words = self.arguments.iter().map(|word| word.to_string_lossy());
        format!("wpimg {}", words.collect::<Vec<_>>().join(" "))
    }
}

/// What a finished `wpimg` said. Displays as a transcript.
#[must_use = "a run says nothing until its exit code is looked at"]
#[derive(Debug)]
pub struct Run {
    command: String,
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn new(command: String, output: &Output) -> Self {
        Self {
            command,
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The digest that a successful build prints, alone, on its standard output.
    pub fn digest(&self) -> Result<&str> {
        ensure!(self.status.success(), "the build failed\n{self}");
        let digest = self.stdout.trim_end();
        ensure!(
            digest.len() == "sha256:".len() + 64 && digest.starts_with("sha256:"),
            "stdout is not one digest\n{self}"
        );
        Ok(digest)
    }

    /// Checks that the command did what it was to do.
    pub fn expect_success(&self) -> Result<&Self> {
        self.expect_exit(0)
    }

    /// Checks the exit code of a command that printed what it had to say.
    pub fn expect_exit(&self, code: i32) -> Result<&Self> {
        ensure!(
            self.status.code() == Some(code),
            "the exit code is not {code}\n{self}"
        );
        Ok(self)
    }

    /// Checks that the explanations on standard error have each of these words.
    pub fn expect_said(&self, words: &[&str]) -> Result<&Self> {
        // The message may be wrapped, so words are compared with any white space between them.
        let said = self.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            ensure!(said.contains(word), "nothing says `{word}`\n{self}");
        }
        Ok(self)
    }

    /// Checks that the command refused, with this exit code and each of these words in its explanation.
    pub fn expect_refusal(&self, code: i32, words: &[&str]) -> Result<()> {
        self.expect_exit(code)?;
        ensure!(
            self.stdout.is_empty(),
            "a refused build printed a result\n{self}"
        );
        self.expect_said(words)?;
        Ok(())
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            status,
            stdout,
            stderr,
        } = self;
        write!(
            f,
            "$ {command}\n{status}\n--- stdout\n{stdout}--- stderr\n{stderr}"
        )
    }
}

/// The root of the workspace, where the recipes of the test images lie.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The path of the release binary, built on first use.
pub fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| build_binary().map_err(|error| format!("{error:#}")))
        .as_deref()
        .map_err(|message| anyhow!("{message}"))
}

fn build_binary() -> Result<PathBuf> {
    if let Some(path) = env::var_os("WPIMG_BIN") {
        return std::path::absolute(&path).context("WPIMG_BIN is not a path");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo says of the tests' package would make build scripts that listen to it build once more.
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let output = command
        .args(["build", "--release", "--package", "wpimg", "--bin", "wpimg"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo to build wpimg")?;
    if !output.status.success() {
        bail!("wpimg does not compile (cargo's messages are above)");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "wpimg")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo built wpimg but named no executable")
}
