//! A program on a terminal of its own, somebody who types, and what the screen shows.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Instant,
};

use anyhow::{Context, Result};
use nix::pty::openpty;

use crate::init::kill_tree;
use crate::poll;

/// What the keys Ctrl-C and Ctrl-Z send.
pub const INTERRUPT: &str = "\x03";
pub const SUSPEND: &str = "\x1a";

pub struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// Shown and not yet waited for.
    unread: String,
    child: Child,
}

impl Terminal {
    /// Starts the program in a session that has the terminal.
    pub fn start(program: &Command) -> Result<Self> {
        let pty = openpty(None, None).context("no pseudo-terminal")?;
        let mut command = Command::new("setsid");
        command
            .args(["--ctty", "--wait"])
            // A runner in the background of a script has ^C ignored, and so would everybody below it.
            .args(["env", "--default-signal"])
            .arg(program.get_program())
            .args(program.get_args())
            .stdin(Stdio::from(pty.slave.try_clone()?))
            .stdout(Stdio::from(pty.slave.try_clone()?))
            .stderr(Stdio::from(pty.slave));
        let child = command.spawn().context("cannot start `setsid`")?;
        // The command holds the terminal too, and the screen ends only when nobody does.
        drop(command);
        let keyboard = File::from(pty.master);
        Ok(Self {
            screen: screen(keyboard.try_clone()?),
            keyboard,
            unread: String::new(),
            child,
        })
    }

    pub fn keys(&mut self, keys: &str) -> Result<()> {
        self.keyboard.write_all(keys.as_bytes())?;
        Ok(())
    }

    /// Waits until the screen shows this, after whatever was waited for before.
    pub fn wait_for(&mut self, text: &str) -> Result<()> {
        let deadline = Instant::now() + poll::PATIENCE;
        loop {
            if let Some(at) = self.unread.find(text) {
                self.unread.drain(..at + text.len());
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let shown = self.screen.recv_timeout(left).with_context(|| {
                format!("the screen does not show `{text}`, but {:?}", self.unread)
            })?;
            self.unread += &String::from_utf8_lossy(&shown);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            kill_tree(self.child.id());
        }
        let _ = self.child.wait();
    }
}

fn screen(mut master: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        // The error at the end is EIO: nobody has the terminal open any more.
        while let Ok(count @ 1..) = master.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}
