//! What the command line accepts and what its help says.

use clap::{CommandFactory as _, Parser as _};

use super::{BuildArgs, Cli, Command, CompressionChoice, Format};

fn help_of(path: &[&str]) -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut found = &mut command;
    for name in path {
        found = found.find_subcommand_mut(name).unwrap();
    }
    found.render_long_help().to_string()
}

fn build(arguments: &[&str]) -> BuildArgs {
    let line = ["wpimg", "build"].iter().chain(arguments);
    match Cli::try_parse_from(line).unwrap().command {
        Command::Build(arguments) => arguments,
        Command::Cache(_) => panic!("`build` parsed as another command"),
    }
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn build_needs_no_argument() {
    let arguments = build(&[]);
    assert_eq!(arguments.output.to_str(), Some("./wpimg.oci"));
    assert!(arguments.recipe.is_none() && arguments.platform.is_empty() && !arguments.load);
}

#[test]
fn platforms_are_separated_by_commas() {
    let arguments = build(&["--platform", "linux/amd64,linux/arm64"]);
    assert_eq!(arguments.platform, ["linux/amd64", "linux/arm64"]);
}

#[test]
fn tags_accumulate() {
    let arguments = build(&["--tag", "shop:1", "--tag", "shop:latest"]);
    assert_eq!(arguments.tags, ["shop:1", "shop:latest"]);
}

#[test]
fn compression_none_is_a_choice_and_not_the_absence_of_one() {
    assert_eq!(
        build(&["--compression", "none"]).compression,
        Some(CompressionChoice::None)
    );
    assert_eq!(build(&[]).compression, None);
}

#[test]
fn global_options_may_follow_the_command() {
    let line = ["wpimg", "build", "--format", "json", "-q"];
    let cli = Cli::try_parse_from(line).unwrap();
    assert_eq!(cli.global.format, Format::Json);
    assert!(cli.global.quiet);
}

#[test]
fn quiet_and_verbose_exclude_each_other() {
    assert!(Cli::try_parse_from(["wpimg", "-q", "-v", "build"]).is_err());
}

#[test]
fn every_command_shows_an_example() {
    for path in [
        &["build"][..],
        &["cache"],
        &["cache", "dir"],
        &["cache", "clean"],
        &["cache", "size"],
    ] {
        assert!(
            help_of(path).contains("Example:\n  "),
            "no example in the help of {path:?}"
        );
    }
}

#[test]
fn help_of_wpimg() {
    insta::assert_snapshot!(help_of(&[]));
}

#[test]
fn help_of_build() {
    insta::assert_snapshot!(help_of(&["build"]));
}

#[test]
fn help_of_cache() {
    insta::assert_snapshot!(help_of(&["cache"]));
}

#[test]
fn help_of_cache_clean() {
    insta::assert_snapshot!(help_of(&["cache", "clean"]));
}
