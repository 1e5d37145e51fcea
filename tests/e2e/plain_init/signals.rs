//! Signals: which arrive, at whom, and as what.

use std::process::Command;

use anyhow::{Result, ensure};
use wpimg_e2e::init::{self, Place, Running};

/// Prints the number of each signal that comes.
const PRINTS_SIGNALS: &str = "
import os, signal
reader, writer = os.pipe()
for number in range(1, 65):
    if number not in (9, 17, 19, 32, 33):
        signal.signal(number, lambda number, frame: os.write(writer, bytes([number])))
print('ready', flush=True)
while True:
    print(os.read(reader, 1)[0], flush=True)
";

/// KILL and STOP cannot be caught, CHLD is about the init's own children, and the C library keeps two for itself.
fn catchable() -> impl Iterator<Item = i32> {
    (1..=64).filter(|number| ![9, 17, 19, 32, 33].contains(number))
}

#[test]
fn every_signal_that_can_be_caught_arrives() -> Result<()> {
    for place in Place::ALL {
        let running = place.start([], ["python3", "-c", PRINTS_SIGNALS])?;
        running.wait_for_line("ready")?;
        for number in catchable() {
            running.signal(number)?;
            let came = running.line()?;
            ensure!(
                came == number.to_string(),
                "{place:?}: {number} came as {came}"
            );
        }
    }
    Ok(())
}

#[test]
fn a_signal_is_rewritten_or_dropped() -> Result<()> {
    let options = [
        "--rewrite=TERM:QUIT",
        "--rewrite",
        "HUP:0",
        "--rewrite=RTMIN+1:SIGUSR1",
    ];
    let running = Place::FirstProcess.start(options, ["python3", "-c", PRINTS_SIGNALS])?;
    running.wait_for_line("ready")?;
    // What is dropped leaves no trace, so something that is not follows it.
    for (sent, expected) in [(15, "3"), (35, "10"), (36, "36")] {
        running.signal(1)?;
        running.signal(sent)?;
        let came = running.line()?;
        ensure!(came == expected, "{sent} came as {came}");
    }
    Ok(())
}

/// The parent says USR1 and sends USR2 to its child, which says both.
const FAMILY: &str = "
    (trap 'echo child' USR1; trap 'echo end; exit' USR2; echo up; while :; do sleep 0.01; done) &
    trap \"echo parent; kill -USR2 $!\" USR1
    echo up
    while kill -0 $! 2>/dev/null; do sleep 0.01; done";

fn who_gets_it<const N: usize>(options: [&str; N]) -> Result<Vec<String>> {
    let running = Place::AmongOthers.start(options, ["sh", "-c", FAMILY])?;
    for _ in 0..2 {
        running.wait_for_line("up")?;
    }
    running.signal(10)?;
    let mut lines = running.wait_for_line("end")?;
    lines.sort();
    Ok(lines)
}

#[test]
fn a_signal_reaches_the_commands_group_or_the_command_alone() -> Result<()> {
    let everybody = who_gets_it([])?;
    ensure!(everybody == ["child", "parent"], "{everybody:?}");
    let alone = who_gets_it(["--child-only"])?;
    ensure!(alone == ["parent"], "{alone:?}");
    Ok(())
}

/// The lines of /proc/self/status about signals that the command finds when these are blocked and ignored.
fn found(blocked: &str, ignored: &str, init: &[&str]) -> Result<String> {
    let mut command = Command::new("env");
    command
        .args(["--default-signal", blocked, ignored])
        .args(init);
    command.args(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]);
    let ended = Running::start(&mut command)?.wait()?;
    Ok(ended.expect_code(0)?.stdout.clone())
}

#[test]
fn the_command_finds_signals_as_if_nobody_stood_before_it() -> Result<()> {
    let program = init::program()?.to_string_lossy();
    for (blocked, ignored) in [
        ("--block-signal=USR1,RTMIN,TERM", "--ignore-signal=HUP"),
        ("--block-signal=CHLD", "--ignore-signal=CHLD,PIPE,RTMAX"),
        ("--block-signal", "--ignore-signal"),
        ("--list-signal-handling", "--list-signal-handling"),
    ] {
        let without = found(blocked, ignored, &[])?;
        let with = found(blocked, ignored, &[&program, "--"])?;
        ensure!(
            with == without,
            "{blocked} {ignored}: {with} instead of {without}"
        );
    }
    Ok(())
}

#[test]
fn an_ignored_child_signal_loses_no_exit_code() -> Result<()> {
    let mut command = Command::new("env");
    command.arg("--ignore-signal=CHLD").arg(init::program()?);
    command.args(["--", "sh", "-c", "exit 42"]);
    Running::start(&mut command)?.wait()?.expect_code(42)?;
    Ok(())
}

#[test]
fn the_end_of_the_parent_is_told() -> Result<()> {
    let script = "\"$0\" --parent-death=TERM -- sh -c \
         'trap \"echo told; exit\" TERM; echo ready; while :; do sleep 0.01; done' & wait";
    let mut parent = Command::new("sh");
    parent.args(["-c", script]).arg(init::program()?);
    let running = Running::start(&mut parent)?;
    running.wait_for_line("ready")?;
    running.signal(9)?;
    running.wait_for_line("told")?;
    Ok(())
}
