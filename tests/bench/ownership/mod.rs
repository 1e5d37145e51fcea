//! The owners of the uploads: `wpimg-init` beside `chown -R`, which is what entrypoints do at every start.
//!
//! Once on the disk with a million files, and once where every call takes a millisecond, as on EFS. That tree is
//! smaller, because `chown -R` would take more than an hour for a million; both need the same time per file.

mod slow_tree;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use wpimg_e2e::docker;

use self::slow_tree::{Shape, SlowTree};
use crate::docker_build::tag;
use crate::measure::{Spread, note, run, timed};
use crate::ours::Ours;
use crate::table::{Table, Target};

/// Folders of a thousand files each.
const MILLION: u32 = 1000;
const SLOW: Shape = Shape {
    folders: 200,
    files_each: 100,
    latency: Duration::from_millis(1),
};
const WORKER: &str = "33:33";

pub(crate) fn measure(runs: usize, ours: &Ours, scratch: &Path) -> Result<[Table; 2]> {
    let init = init_of_the_image(ours, scratch)?;
    note("ownership: a million files on the disk");
    let tree = scratch.join("million");
    grow(&tree)?;
    let fast = Sides::measure(runs, &init, &tree)?;
    fs::remove_dir_all(&tree)?;

    note("ownership: a millisecond per call");
    let mount = scratch.join("slow");
    fs::create_dir(&mount)?;
    let mounted = SlowTree::mount(&mount, SLOW)?;
    let slow = Sides::measure(runs, &init, &mount);
    drop(mounted);
    let slow = slow?;

    let check = Target::AtMost(5.0);
    let million = fast.table(
        "Owners of a million files on the disk",
        MILLION * (MILLION + 1),
        Some(check),
    );
    let slow = slow.table(
        "Owners of 20 200 files where a call takes 1 ms (a million take fifty times as long)",
        u32::try_from(SLOW.entries())?,
        None,
    );
    Ok([million, slow])
}

/// The very binary that is in images.
fn init_of_the_image(ours: &Ours, scratch: &Path) -> Result<PathBuf> {
    let image = tag("ownership");
    run(&mut ours.default_image(&["--unlocked", "--load", "--tag", &image])?)?;
    let init = scratch.join("wpimg-init");
    let container = docker::run(["create", &image])?;
    let copied = docker::run([
        "cp",
        &format!("{container}:/usr/bin/wpimg-init"),
        &init.to_string_lossy(),
    ]);
    docker::run(["rm", &container])?;
    docker::run(["rmi", "--force", &image])?;
    copied?;
    Ok(init)
}

fn grow(tree: &Path) -> Result<()> {
    for folder in 0..MILLION {
        let folder = tree.join(folder.to_string());
        fs::create_dir_all(&folder)?;
        for file in 0..MILLION {
            fs::File::create(folder.join(file.to_string()))
                .context("the disk has no room for a million files")?;
        }
    }
    Ok(())
}

/// Seconds of both sides.
struct Sides {
    ours_foreign: Spread,
    ours_right: Spread,
    theirs_foreign: Spread,
    theirs_right: Spread,
}

impl Sides {
    fn measure(runs: usize, init: &Path, tree: &Path) -> Result<Self> {
        let [mut ours_foreign, mut ours_right] = [Vec::new(), Vec::new()];
        let [mut theirs_foreign, mut theirs_right] = [Vec::new(), Vec::new()];
        for _ in 0..runs {
            give_to_root(init, tree)?;
            ours_foreign.push(timed(&mut ours(init, tree))?.seconds);
            for _ in 0..5 {
                ours_right.push(timed(&mut ours(init, tree))?.seconds);
            }
            give_to_root(init, tree)?;
            theirs_foreign.push(timed(&mut theirs(tree, WORKER))?.seconds);
            theirs_right.push(timed(&mut theirs(tree, WORKER))?.seconds);
        }
        Ok(Self {
            ours_foreign: Spread::of(ours_foreign),
            ours_right: Spread::of(ours_right),
            theirs_foreign: Spread::of(theirs_foreign),
            theirs_right: Spread::of(theirs_right),
        })
    }

    fn table(&self, title: &'static str, entries: u32, check: Option<Target>) -> Table {
        let mut table = Table::new(
            title,
            &["", "wpimg-init", "chown -R", "chown -R takes", "goal"],
        );
        let per_file =
            |seconds: f64| format!("{:.1} µs per file", seconds / f64::from(entries) * 1e6);
        let (ours, theirs) = (self.ours_foreign, self.theirs_foreign);
        table.row(&[
            &"everything belongs to root",
            &format!("{ours} s, {}", per_file(ours.median)),
            &format!("{theirs} s, {}", per_file(theirs.median)),
            &format!("{:.1}x", theirs.median / ours.median),
            &"",
        ]);
        let (ours, theirs) = (self.ours_right, self.theirs_right);
        let goal = check.map_or_else(String::new, |goal| goal.verdict(ours.median * 1e3, " ms"));
        table.row(&[
            &"everything is right",
            &format!("{:.1} ms", ours.median * 1e3),
            &format!("{theirs} s, {}", per_file(theirs.median)),
            &format!("{:.0}x", theirs.median / ours.median),
            &goal,
        ]);
        table
    }
}

/// Waits until all is done, where a container would go on in the background.
fn ours(init: &Path, tree: &Path) -> Command {
    let mut command = Command::new(init);
    command
        .args(["job", "uploads"])
        .env_clear()
        .env("WPIMG_UPLOADS", tree)
        .env("WPIMG_OWNERSHIP_WAIT", "3600");
    command
}

fn theirs(tree: &Path, owner: &str) -> Command {
    let mut command = Command::new("chown");
    command.args(["-R", owner]).arg(tree);
    command
}

fn give_to_root(init: &Path, tree: &Path) -> Result<()> {
    let stamp = tree.join(".wpimg-owner");
    if stamp.exists() {
        fs::remove_file(stamp)?;
    }
    ensure!(init.exists(), "there is no `{}`", init.display());
    run(&mut theirs(tree, "0:0"))?;
    Ok(())
}
