//! Orphans: all of them are reaped, and none stays behind.

use std::fs;

use anyhow::Result;
use wpimg_e2e::init::{self, Place};
use wpimg_e2e::poll;

/// How many end while nobody looks; the kernel tells of them once.
const MANY: usize = 1000;

fn zombies(parent: u32) -> Result<usize> {
    let children = init::children(parent)?;
    let states = children.iter().filter_map(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    });
    Ok(states.filter(|state| *state == 'Z').count())
}

#[test]
fn thousands_that_end_at_once_are_all_reaped() -> Result<()> {
    for place in Place::ALL {
        // They end before their parent does, which has not waited for them.
        let script = format!(
            "echo up; read line; python3 -c 'import os\nfor _ in range({MANY}):\n  if os.fork() == 0: os._exit(0)'; \
             echo made; read line; exit 3"
        );
        let mut running = place.start([], ["sh", "-c", &script])?;
        running.wait_for_line("up")?;
        let init = running.pid()?;
        init::signal(init, 19)?;
        running.type_line("go")?;
        running.wait_for_line("made")?;
        poll::until_true("they wait for somebody", || Ok(zombies(init)? >= MANY))?;
        init::signal(init, 18)?;
        poll::until_true("nobody waits any more", || Ok(zombies(init)? == 0))?;
        running.close_input();
        running.wait()?.expect_code(3)?;
    }
    Ok(())
}

/// Forks and ends, again and again: whoever is listed has gone when the signal comes.
const CHAIN: &str = "
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.write(1, b'ready\\n')
while True:
    if os.fork():
        os._exit(0)
";

#[test]
fn a_chain_of_orphans_comes_to_an_end() -> Result<()> {
    for place in Place::ALL {
        let mark = format!("{}-{place:?}", std::process::id());
        let script =
            format!("python3 -c \"$0\" {mark} & python3 -c \"$0\" {mark} & read line; exit 3");
        let mut running = place.start(["--grace=0"], ["sh", "-c", &script, CHAIN])?;
        running.wait_for_line("ready")?;
        running.wait_for_line("ready")?;
        running.close_input();
        running.wait()?.expect_code(3)?;
        poll::until_true("nothing of the chain is left", || Ok(!anybody_has(&mark)))?;
    }
    Ok(())
}

fn anybody_has(argument: &str) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut commands =
        processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    commands.any(|command| String::from_utf8_lossy(&command).contains(argument))
}
