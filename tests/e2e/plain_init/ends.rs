//! Ends: exit codes, and who is waited for.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::init::Place;

#[test]
fn it_ends_as_its_command_does() -> Result<()> {
    for place in Place::ALL {
        for (script, code) in [
            ("exit 0", 0),
            ("exit 7", 7),
            ("exit 255", 255),
            ("kill -TERM $$", 128 + 15),
            ("kill -KILL $$", 128 + 9),
            ("kill -40 $$", 128 + 40),
        ] {
            let ended = place.run([], ["sh", "-c", script])?;
            ended.expect_code(code)?;
            ensure!(ended.stderr.is_empty(), "it said something: {ended:#?}");
        }
    }
    Ok(())
}

#[test]
fn an_exit_code_means_what_the_caller_wants_it_to() -> Result<()> {
    let options = ["--remap-exit=143:0", "--remap-exit", "7:70"];
    for (script, code) in [
        ("kill -TERM $$", 0),
        ("exit 143", 0),
        ("exit 7", 70),
        ("exit 8", 8),
    ] {
        Place::FirstProcess
            .run(options, ["sh", "-c", script])?
            .expect_code(code)?;
    }
    Ok(())
}

#[test]
fn a_command_that_cannot_be_executed_is_named_with_the_reason() -> Result<()> {
    let home = tempfile::tempdir()?;
    let script = home.path().join("script");
    fs::write(&script, "#!/no/such/shell\n")?;
    let nobodys = home.path().join("nobodys");
    fs::write(&nobodys, "")?;
    let nonsense = home.path().join("nonsense");
    fs::write(&nonsense, "no program")?;
    for file in [&script, &nonsense] {
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    let directory = home.path().to_string_lossy();
    let path = |name: &str| format!("{directory}/{name}");
    for place in Place::ALL {
        for (command, code, reason) in [
            ("no-such-command".to_owned(), 127, "No such file"),
            (path("missing"), 127, "No such file"),
            (path("script"), 127, "interpreter"),
            (path("nobodys"), 126, "Permission denied"),
            (path(""), 126, "Permission denied"),
            (path("nonsense"), 126, "#!/bin/sh"),
        ] {
            let ended = place.run([], [&command])?;
            ended
                .expect_code(code)?
                .expect_said(&command)?
                .expect_said(reason)?;
        }
    }
    Ok(())
}

#[test]
fn wrong_options_are_named_and_nothing_is_run() -> Result<()> {
    for (options, said) in [
        (["--rewrite=TERM:NOISE"], "TERM:NOISE"),
        (["--grace=forever"], "forever"),
        (["--verbose"], "--verbose"),
    ] {
        let ended = Place::AmongOthers.run(options, ["echo", "run"])?;
        ended.expect_code(64)?.expect_said(said)?;
        ensure!(ended.stdout.is_empty(), "it ran: {ended:#?}");
    }
    Ok(())
}

#[test]
fn a_grandchild_that_finishes_its_work_is_waited_for() -> Result<()> {
    for place in Place::ALL {
        let worker = "(trap 'sleep 0.3; echo finished; exit' TERM; echo ready; while :; do sleep 0.01; done) &";
        let script = format!("{worker} read line; exit 7");
        let mut running = place.start([], ["sh", "-c", &script])?;
        running.wait_for_line("ready")?;
        running.close_input();
        running.wait_for_line("finished")?;
        running.wait()?.expect_code(7)?;
    }
    Ok(())
}

/// Deaf to TERM, and in a session of its own so that no group holds it.
const DEAF: &str =
    "setsid sh -c 'trap \"\" TERM; echo ready; while :; do sleep 1; done' & read line; exit 7";

#[test]
fn a_descendant_that_ignores_term_is_killed_after_its_grace() -> Result<()> {
    for place in Place::ALL {
        let mut running = place.start(["--grace=1"], ["sh", "-c", DEAF])?;
        running.wait_for_line("ready")?;
        running.close_input();
        running
            .wait()?
            .expect_code(7)?
            .expect_said("killed what the command had left")?;
    }
    Ok(())
}

#[test]
fn a_second_stop_signal_does_not_wait_for_the_grace() -> Result<()> {
    let mut running = Place::FirstProcess.start(["--grace=3600"], ["sh", "-c", DEAF])?;
    running.wait_for_line("ready")?;
    running.close_input();
    let init = running.pid()?;
    // Until the command has ended the signal would be for it.
    wpimg_e2e::poll::until_true("only the deaf one is left", || {
        let left = wpimg_e2e::init::children(init)?;
        let names = left
            .iter()
            .map(|pid| fs::read_to_string(format!("/proc/{pid}/cmdline")));
        Ok(names.flatten().all(|name| !name.contains("read line")))
    })?;
    running.signal(15)?;
    running.wait()?.expect_code(7)?;
    Ok(())
}

#[test]
fn a_command_that_ignores_the_stop_is_killed_when_its_time_is_over() -> Result<()> {
    for place in Place::ALL {
        let script = "trap '' TERM; echo ready; while :; do sleep 1; done";
        let running = place.start(["--stop-timeout=1"], ["sh", "-c", script])?;
        running.wait_for_line("ready")?;
        running.signal(15)?;
        running
            .wait()?
            .expect_code(128 + 9)?
            .expect_said("did not end within 1 s")?;
    }
    Ok(())
}
