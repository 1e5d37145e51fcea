//! Recipes that are wrong: refused with exit code 2, before anything is fetched.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use wpimg_e2e::wpimg::{Run, Wpimg};

/// The exit code for what the user has to mend in arguments, environment or recipe.
const USAGE: i32 = 2;
/// Nothing listens here; a build that gets as far as fetching fails in another way.
const NO_MIRROR: &str = "http://127.0.0.1:9/debian";

fn build_in(directory: &Path) -> Result<Wpimg> {
    Ok(Wpimg::build()?
        .current_dir(directory)
        .option("--mirror", NO_MIRROR))
}

fn build(recipe: &str) -> Result<(TempDir, Run)> {
    let directory = tempfile::tempdir()?;
    fs::write(directory.path().join("wpimg.toml"), recipe)?;
    let run = build_in(directory.path())?.run()?;
    Ok((directory, run))
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_right_one() -> Result<()> {
    let (directory, run) = build("[debian]\npackages = []\nalow-scripts = [\"nginx\"]\n")?;
    run.expect_refusal(
        USAGE,
        &["`alow-scripts`", "wpimg.toml:3:1", "`allow-scripts`"],
    )?;
    let left: Vec<_> = fs::read_dir(directory.path())?.collect();
    ensure!(left.len() == 1, "the refused build left {left:?}");
    Ok(())
}

#[test]
fn an_unknown_section_is_named_with_the_nearest_right_one() -> Result<()> {
    let (_directory, run) = build("[wordpres]\nsource = \"debian\"\n")?;
    run.expect_refusal(USAGE, &["`wordpres`", "wpimg.toml:1", "`wordpress`"])
}

#[test]
fn a_recipe_that_is_no_toml_is_refused_with_the_place() -> Result<()> {
    let (_directory, run) = build("[debian]\npackages = [\"nginx\"\n[image]\n")?;
    run.expect_refusal(USAGE, &["TOML", "wpimg.toml:"])
}

#[test]
fn a_missing_recipe_is_refused_by_its_path() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let run = build_in(directory.path())?
        .option("--recipe", "no-such/wpimg.toml")
        .run()?;
    run.expect_refusal(USAGE, &["no-such/wpimg.toml", "No such file"])
}

// A directory cannot be read as a file even by root, unlike a file without permissions.
#[test]
fn an_unreadable_recipe_is_refused_by_its_path() -> Result<()> {
    let directory = tempfile::tempdir()?;
    fs::create_dir(directory.path().join("wpimg.toml"))?;
    let run = build_in(directory.path())?
        .option("--recipe", "wpimg.toml")
        .run()?;
    run.expect_refusal(USAGE, &["wpimg.toml", "directory"])
}

#[test]
fn a_file_that_the_recipe_names_and_nobody_has_is_refused_by_its_path() -> Result<()> {
    let (_directory, run) =
        build("[[files]]\nsource = \"missing.conf\"\ntarget = \"/etc/missing.conf\"\n")?;
    run.expect_refusal(USAGE, &["missing.conf"])
}
