//! Terminals: a command under a shell that controls jobs, and one in a container with a terminal.

use std::fs;
use std::process::Command;

use anyhow::Result;
use tempfile::NamedTempFile;
use wpimg_e2e::init;
use wpimg_e2e::terminal::{INTERRUPT, SUSPEND, Terminal};

/// Says when it is ready, when it is continued, and what it has read. dash gives a read up when a signal comes.
const READS: &str = "
trap 'echo continued' CONT
echo ready
while :; do read -r x && break; done
echo got-$x
";

/// A script in a file, so that its text is not on the screen.
fn script(text: &str) -> Result<NamedTempFile> {
    let file = NamedTempFile::new()?;
    fs::write(file.path(), text)?;
    Ok(file)
}

/// A shell of a person, in which `$i` is `wpimg-init`. What is typed is shown too, so each text that is waited for is
/// put together by the shell.
fn shell() -> Result<Terminal> {
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "--noediting", "-i"]);
    let mut terminal = Terminal::start(&bash)?;
    let program = init::program()?.display();
    terminal.keys(&format!("i={program}; PS1='> '; echo be''gin\n"))?;
    terminal.wait_for("begin")?;
    Ok(terminal)
}

#[test]
fn a_command_reads_from_the_terminal_and_the_shell_does_afterwards() -> Result<()> {
    let mut terminal = shell()?;
    terminal.keys("$i -- sh -c 'echo re''ady; read x; echo got-$x'\n")?;
    terminal.wait_for("ready")?;
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")?;
    terminal.keys("echo code-$?\n")?;
    terminal.wait_for("code-0")
}

#[test]
fn a_script_reads_from_the_terminal_after_the_command() -> Result<()> {
    let mut terminal = shell()?;
    // A shell that does not control jobs takes nothing back.
    terminal.keys("sh -c \"$i -- true; echo re''ady; read x; echo got-\\$x\"\n")?;
    terminal.wait_for("ready")?;
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")
}

// The command itself gets the key: a shell that forks at that moment loses it.
#[test]
fn ctrl_c_interrupts_the_command() -> Result<()> {
    let mut terminal = shell()?;
    terminal.keys("$i -- sh -c 'echo re''ady; exec sleep 1000'\n")?;
    terminal.wait_for("ready")?;
    terminal.keys(INTERRUPT)?;
    terminal.wait_for("> ")?;
    terminal.keys("echo code-$?\n")?;
    terminal.wait_for("code-130")
}

#[test]
fn ctrl_z_suspends_the_job_and_fg_continues_it() -> Result<()> {
    let reads = script(READS)?;
    let mut terminal = shell()?;
    terminal.keys(&format!("$i -- sh {}\n", reads.path().display()))?;
    terminal.wait_for("ready")?;
    for _ in 0..3 {
        terminal.keys(SUSPEND)?;
        terminal.wait_for("Stopped")?;
        terminal.keys("fg\n")?;
        terminal.wait_for("continued")?;
    }
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")
}

#[test]
fn ctrl_z_suspends_the_script_around_the_command_too() -> Result<()> {
    let reads = script(READS)?;
    let outer = script(&format!(
        "$i -- sh {}\necho after\n",
        reads.path().display()
    ))?;
    let mut terminal = shell()?;
    terminal.keys(&format!("export i; sh {}\n", outer.path().display()))?;
    terminal.wait_for("ready")?;
    terminal.keys(SUSPEND)?;
    terminal.wait_for("Stopped")?;
    terminal.keys("fg\n")?;
    terminal.wait_for("continued")?;
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")?;
    terminal.wait_for("after")
}

#[test]
fn a_command_in_the_background_is_suspended_when_it_wants_to_read() -> Result<()> {
    let reads = script(READS)?;
    let mut terminal = shell()?;
    terminal.keys(&format!("$i -- sh {} &\n", reads.path().display()))?;
    terminal.keys("until jobs | grep -q Stop; do sleep 0.01; done; echo sus''pended\n")?;
    terminal.wait_for("suspended")?;
    terminal.keys("fg\n")?;
    terminal.wait_for("continued")?;
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")
}

#[test]
fn the_reader_of_a_pipeline_has_the_terminal() -> Result<()> {
    let mut terminal = shell()?;
    let reader = "(read x; echo re''ady; read y </dev/tty; echo $x-$y)";
    terminal.keys(&format!("$i -- sh -c 'echo one; sleep 1000' | {reader}\n"))?;
    terminal.wait_for("ready")?;
    terminal.keys("two\n")?;
    terminal.wait_for("one-two")?;
    terminal.keys(INTERRUPT)?;
    let reader = "sh -c 'read x; echo re''ady; read y </dev/tty; echo $x-$y'";
    terminal.keys(&format!("echo three | $i -- {reader}\n"))?;
    terminal.wait_for("ready")?;
    terminal.keys("four\n")?;
    terminal.wait_for("three-four")
}

#[test]
fn a_shell_that_controls_jobs_itself_works_behind_it() -> Result<()> {
    let mut terminal = shell()?;
    terminal.keys("$i -- bash --norc --noediting -i\n")?;
    // The job itself says so: it has the terminal by then.
    terminal.keys("sh -c 'echo in''ner; exec sleep 1000'\n")?;
    terminal.wait_for("inner")?;
    terminal.keys(SUSPEND)?;
    terminal.wait_for("Stopped")?;
    // The shell refuses to go while it believes in a stopped job.
    terminal.keys("kill %1; while jobs | grep -q Stop; do sleep 0.01; done; exit 5\n")?;
    terminal.keys("echo code-$?\n")?;
    terminal.wait_for("code-5")
}

#[test]
fn who_asks_the_init_to_suspend_suspends_both() -> Result<()> {
    let mut terminal = shell()?;
    terminal.keys("$i -- sleep 1000 &\n")?;
    terminal.keys(
        "until [ -n \"$(cat /proc/$!/task/$!/children)\" ]; do sleep 0.01; done; kill -TSTP $!\n",
    )?;
    terminal.keys("until jobs | grep -q Stop; do sleep 0.01; done; echo sus''pended\n")?;
    terminal.wait_for("suspended")?;
    terminal.keys("kill -CONT %1; until jobs | grep -q Running; do sleep 0.01; done\n")?;
    terminal.keys("kill %1; wait %1; echo code-$?\n")?;
    terminal.wait_for("code-143")
}

#[test]
fn a_container_that_nobody_can_continue_is_not_suspended() -> Result<()> {
    let reads = script(READS)?;
    let mut first = Command::new("unshare");
    first.args(["--pid", "--fork", "--mount-proc", "--kill-child"]);
    // As a container engine does it: the first process leads the session that has the terminal.
    first.args(["setsid", "--ctty"]).arg(init::program()?);
    first.args(["--", "sh"]).arg(reads.path());
    let mut terminal = Terminal::start(&first)?;
    terminal.wait_for("ready")?;
    terminal.keys(SUSPEND)?;
    terminal.wait_for("continued")?;
    terminal.keys("one\n")?;
    terminal.wait_for("got-one")
}
