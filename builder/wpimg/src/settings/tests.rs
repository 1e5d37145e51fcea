//! What wins over what.

use std::{cell::RefCell, collections::BTreeSet, ffi::OsString, path::Path};

use clap::Parser as _;

use super::{
    BuildSettings, Environment, NamedBy, NamedMirror, OnTerminal, Output, Settings, SettingsError,
    appearance, environment::VARIABLES,
};
use crate::{
    cli::{BuildArgs, Cli, Command, GlobalArgs},
    error_report::Hint as _,
    exit_status::ExitStatus,
    recipe::{ImageName, RecipeLocation},
    report::{Colour, Progress, Verbosity},
};

fn environment(variables: &[(&str, &str)]) -> Environment {
    read(Path::new("/nowhere"), variables).unwrap()
}

fn read(directory: &Path, variables: &[(&str, &str)]) -> Result<Environment, SettingsError> {
    Environment::from_lookup(directory, |wanted| {
        let found = variables.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| OsString::from(value))
    })
}

fn global(arguments: &[&str]) -> GlobalArgs {
    let line = ["wpimg"].iter().chain(arguments).chain(&["build"]);
    Cli::try_parse_from(line).unwrap().global
}

fn build_arguments(arguments: &[&str]) -> BuildArgs {
    let line = ["wpimg", "build"].iter().chain(arguments);
    let Command::Build(arguments) = Cli::try_parse_from(line).unwrap().command else {
        panic!("`build` parsed as another command");
    };
    arguments
}

fn build(arguments: &[&str], variables: &[(&str, &str)]) -> Result<BuildSettings, SettingsError> {
    BuildSettings::resolve(build_arguments(arguments), &environment(variables))
}

#[track_caller]
fn check_cache(arguments: &[&str], variables: &[(&str, &str)], expected: &str) {
    let settings = Settings::resolve(&global(arguments), &environment(variables)).unwrap();
    assert_eq!(settings.cache_directory, Path::new(expected));
}

#[test]
fn the_cache_is_where_the_nearest_setting_says() {
    let all = [
        ("WPIMG_CACHE_DIR", "/v"),
        ("XDG_CACHE_HOME", "/x"),
        ("HOME", "/home/a"),
    ];
    check_cache(&["--cache-dir", "/c"], &all, "/c");
    check_cache(&[], &all, "/v");
    check_cache(&[], &all[1..], "/x/wpimg");
    check_cache(&[], &all[2..], "/home/a/.cache/wpimg");
}

#[test]
fn a_relative_cache_argument_is_taken_from_the_working_directory() {
    check_cache(&["--cache-dir", "c"], &[], "/nowhere/c");
}

#[test]
fn a_relative_xdg_directory_is_ignored_as_its_specification_says() {
    check_cache(
        &[],
        &[("XDG_CACHE_HOME", "x"), ("HOME", "/h")],
        "/h/.cache/wpimg",
    );
}

#[test]
fn an_empty_variable_counts_as_unset() {
    check_cache(
        &[],
        &[("WPIMG_CACHE_DIR", ""), ("HOME", "/h")],
        "/h/.cache/wpimg",
    );
}

#[test]
fn without_any_place_for_the_cache_the_argument_is_suggested() {
    let error = Settings::resolve(&global(&[]), &environment(&[])).unwrap_err();
    assert!(error.hint().unwrap().contains("--cache-dir"));
    assert_eq!(error.exit_status(), ExitStatus::Usage);
}

#[test]
fn source_date_epoch_is_seconds_or_an_error() {
    let epoch = |value| build(&[], &[("SOURCE_DATE_EPOCH", value)]);
    assert_eq!(
        epoch("1700000000").unwrap().source.source_date_epoch,
        Some(1_700_000_000)
    );
    assert_eq!(build(&[], &[]).unwrap().source.source_date_epoch, None);
    for bad in [
        "-1",
        "+1",
        "1.5",
        "yesterday",
        "99999999999999999999",
        "8589934592",
    ] {
        assert!(epoch(bad).unwrap_err().to_string().contains(bad));
    }
}

#[test]
fn the_mirror_argument_wins_over_the_variable() {
    let variables = [("WPIMG_MIRROR", "http://b.example/debian")];
    let named = |url: &str, named_by| {
        Some(NamedMirror {
            url: url.to_owned(),
            named_by,
        })
    };
    assert_eq!(
        build(&["--mirror", "http://a.example/debian"], &variables)
            .unwrap()
            .source
            .mirror,
        named("http://a.example/debian", NamedBy::Argument)
    );
    assert_eq!(
        build(&[], &variables).unwrap().source.mirror,
        named("http://b.example/debian", NamedBy::Variable)
    );
}

#[test]
fn the_recipe_is_the_named_one_or_the_local_one_or_the_built_in_one() {
    let directory = tempfile::tempdir().unwrap();
    let recipe = |arguments: &[&str], variables: &[(&str, &str)]| {
        let environment = read(directory.path(), variables).unwrap();
        BuildSettings::resolve(build_arguments(arguments), &environment)
            .unwrap()
            .source
            .recipe
    };
    assert_eq!(recipe(&[], &[]), RecipeLocation::BuiltIn);
    std::fs::write(directory.path().join("wpimg.toml"), "").unwrap();
    assert_eq!(recipe(&[], &[]), RecipeLocation::File("wpimg.toml".into()));
    let variables = [("WPIMG_RECIPE", "v.toml")];
    assert_eq!(
        recipe(&[], &variables),
        RecipeLocation::File("v.toml".into())
    );
    assert_eq!(
        recipe(&["--recipe", "a.toml"], &variables),
        RecipeLocation::File("a.toml".into())
    );
}

#[test]
fn an_output_that_ends_in_tar_is_an_archive() {
    let output = |path| build(&["--output", path], &[]).unwrap().output;
    assert_eq!(output("shop.tar"), Output::Archive("shop.tar".into()));
    assert_eq!(output("shop.oci"), Output::Directory("shop.oci".into()));
    assert_eq!(output("tar"), Output::Directory("tar".into()));
}

#[test]
fn colour_needs_a_terminal_unless_it_is_forced() {
    let colour = |arguments: &[&str], variables: &[(&str, &str)], on_terminal| {
        appearance(&global(arguments), &environment(variables), on_terminal).colour
    };
    assert_eq!(colour(&[], &[], OnTerminal::Yes), Colour::Painted);
    assert_eq!(colour(&[], &[], OnTerminal::No), Colour::Plain);
    assert_eq!(
        colour(&[], &[("NO_COLOR", "1")], OnTerminal::Yes),
        Colour::Plain
    );
    assert_eq!(
        colour(&["--color", "never"], &[], OnTerminal::Yes),
        Colour::Plain
    );
    let forced = ["--color", "always"];
    assert_eq!(
        colour(&forced, &[("NO_COLOR", "1")], OnTerminal::No),
        Colour::Painted
    );
}

#[test]
fn progress_and_verbosity_follow_their_switches() {
    let look = |arguments: &[&str], variables: &[(&str, &str)]| {
        appearance(&global(arguments), &environment(variables), OnTerminal::Yes)
    };
    assert_eq!(look(&[], &[]).progress, Progress::Drawn);
    assert_eq!(look(&["--no-progress"], &[]).progress, Progress::Plain);
    assert_eq!(
        look(&[], &[("WPIMG_NO_PROGRESS", "1")]).progress,
        Progress::Plain
    );
    assert_eq!(look(&["-q"], &[]).verbosity, Verbosity::Quiet);
    assert_eq!(look(&["-v"], &[]).verbosity, Verbosity::Verbose);
}

#[test]
fn every_variable_that_is_read_is_documented() {
    let asked = RefCell::new(BTreeSet::new());
    Environment::from_lookup(Path::new("/nowhere"), |name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    for name in asked.into_inner() {
        let documented = VARIABLES.iter().any(|variable| variable.name == name);
        assert!(documented, "`{name}` is read but not in the table");
    }
}

#[test]
fn a_name_without_a_tag_means_latest_and_a_bad_name_is_refused() {
    for (name, tagged) in [
        ("shop", "shop:latest"),
        ("shop:6.8", "shop:6.8"),
        ("host:5000/team/shop", "host:5000/team/shop:latest"),
    ] {
        assert_eq!(name.parse::<ImageName>().unwrap().tagged(), tagged);
    }
    for bad in [
        "Shop",
        "",
        "a b",
        "shop:",
        "shop@sha256:00",
        "a:b:c",
        "/shop",
        "a//b",
        "host:x/shop",
    ] {
        let error = super::tags(&[bad.to_owned()]).unwrap_err();
        assert_eq!(error.exit_status(), ExitStatus::Usage);
        assert!(error.to_string().contains(bad), "{error}");
    }
}
