//! A `wpimg` that runs: what it has said so far, signals to it, and how it ended.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Output},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use anyhow::{Result, anyhow, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::poll;
use crate::wpimg::{Run, Wpimg};

/// Killed when dropped before it has ended.
pub struct Started {
    child: Child,
    lines: Arc<Mutex<String>>,
    readers: Option<[JoinHandle<String>; 2]>,
    /// Its home lives as long as it does.
    command: Wpimg,
}

impl Started {
    pub(crate) fn new(mut child: Child, command: Wpimg) -> Result<Self> {
        let streams = (child.stdout.take(), child.stderr.take());
        let (Some(stdout), Some(stderr)) = streams else {
            return Err(anyhow!("the command has no pipes"));
        };
        let lines = Arc::new(Mutex::new(String::new()));
        let readers = Some([read(stdout, &lines), read(stderr, &lines)]);
        Ok(Self {
            child,
            lines,
            readers,
            command,
        })
    }

    /// Waits until a line with this text has been written, to either stream.
    pub fn wait_for_line(&self, text: &str) -> Result<()> {
        poll::until(&format!("a line with `{text}`"), || {
            let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            ensure!(lines.contains(text), "so far it has said: {lines}");
            Ok(())
        })
    }

    pub fn signal(&self, name: &str) -> Result<()> {
        let signal: Signal = format!("SIG{name}").parse()?;
        let pid = i32::try_from(self.child.id())?;
        Ok(kill(Pid::from_raw(pid), signal)?)
    }

    pub fn finish(mut self) -> Result<Run> {
        let status = self.child.wait()?;
        let [stdout, stderr] = self
            .readers
            .take()
            .ok_or_else(|| anyhow!("it has ended before"))?;
        let text =
            |reader: JoinHandle<String>| reader.join().map_err(|_| anyhow!("a reader panicked"));
        let output = Output {
            status,
            stdout: text(stdout)?.into_bytes(),
            stderr: text(stderr)?.into_bytes(),
        };
        Ok(Run::new(self.command.shown(), &output))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: impl Read + Send + 'static, lines: &Arc<Mutex<String>>) -> JoinHandle<String> {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            all.push_str(&line);
            all.push('\n');
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push_str(&line);
            lines.push('\n');
        }
        all
    })
}
