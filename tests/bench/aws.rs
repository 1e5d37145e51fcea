//! What `wpimg` itself adds to what AWS takes, on an emulator of it: a plan of stacks that are as they should be, and a
//! deployment, before it begins and after it has ended.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use wpimg_e2e::{aws::Account, poll};

use crate::measure::{Spread, note};
use crate::table::{Table, Target};

/// From one look at the emulator to the next.
const PAUSE: Duration = Duration::from_millis(20);

/// Seconds; the targets of the project.
const PLAN: f64 = 3.0;
const DEPLOY: f64 = 2.0;

pub(crate) fn measure(runs: usize) -> Result<Table> {
    note("stacks and releases");
    let account = Account::open()?;
    account.with_stacks()?;
    let versions = ["a", "b"];
    for version in versions {
        account.push_version(version)?;
    }
    // The first deployment sets up the database too, which is done once.
    deploy(&account, versions[1])?;
    apply(&account)?;
    let (mut plans, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..runs {
        let begin = Instant::now();
        account.run(&["infra", "plan"])?.expect_success()?;
        plans.push(begin.elapsed().as_secs_f64());
        let (one, other) = deploy(&account, versions[run % 2])?;
        before.push(one);
        after.push(other);
        apply(&account)?;
    }
    let mut table = Table::new("`wpimg` on an emulator of AWS", &["", "seconds", "target"]);
    let [plan, before, after] = [plans, before, after].map(Spread::of);
    let own = before.median + after.median;
    table.row(&[
        &"`infra plan`, nothing to change",
        &plan,
        &Target::AtMost(PLAN).verdict(plan.median, " s"),
    ]);
    table.row(&[&"`deploy`, up to `UpdateService`", &before, &""]);
    table.row(&[
        &"`deploy`, from the deployment's end to its own",
        &after,
        &"",
    ]);
    table.row(&[
        &"both together",
        &format!("{own:.2}"),
        &Target::AtMost(DEPLOY).verdict(own, " s"),
    ]);
    Ok(table)
}

/// The stack takes in the image that runs. Its service is waited for, which the emulator does not do by itself.
fn apply(account: &Account) -> Result<()> {
    account
        .run(&["infra", "apply", "--yes"])?
        .expect_success()?;
    poll::until_true("the service is settled", || account.is_settled())
}

/// Seconds up to `UpdateService`, and from the deployment's end to that of the command.
fn deploy(account: &Account, version: &str) -> Result<(f64, f64)> {
    let is_over = Arc::new(AtomicBool::new(false));
    let begin = Instant::now();
    let (command, ended) = thread::scope(|scope| {
        let over = Arc::clone(&is_over);
        let watch = scope.spawn(move || watch(account, &over));
        let run = account.run(&["deploy", "--image", version]);
        let end = Instant::now();
        is_over.store(true, Ordering::Relaxed);
        let ended = watch.join().ok().flatten();
        (run.map(|run| (run, end)), ended)
    });
    let (run, end) = command?;
    run.expect_success()?;
    let updated = account.gateway.last_call("UpdateService");
    let updated = updated.context("the service was not updated")?;
    let ended = ended.context("the deployment's end was not seen")?;
    Ok((
        updated.duration_since(begin).as_secs_f64(),
        end.saturating_duration_since(ended).as_secs_f64(),
    ))
}

/// When the service's only deployment was completed, after it was not.
fn watch(account: &Account, is_over: &AtomicBool) -> Option<Instant> {
    let mut has_begun = false;
    let mut ended = None;
    while !is_over.load(Ordering::Relaxed) {
        let is_settled = account.is_settled().ok()?;
        if !is_settled {
            has_begun = true;
            ended = None;
        } else if has_begun && ended.is_none() {
            ended = Some(Instant::now());
        }
        thread::sleep(PAUSE);
    }
    ended
}
