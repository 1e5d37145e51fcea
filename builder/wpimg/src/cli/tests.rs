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
    let Command::Build(arguments) = Cli::try_parse_from(line).unwrap().command else {
        panic!("`build` parsed as another command");
    };
    arguments
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn build_needs_no_argument() {
    let arguments = build(&[]);
    assert_eq!(arguments.output.to_str(), Some("./wpimg.oci"));
    assert!(
        arguments.source.recipe.is_none()
            && arguments.source.platform.is_empty()
            && !arguments.load
    );
}

#[test]
fn platforms_are_separated_by_commas() {
    let arguments = build(&["--platform", "linux/amd64,linux/arm64"]);
    assert_eq!(arguments.source.platform, ["linux/amd64", "linux/arm64"]);
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
        &["init"],
        &["push"],
        &["copy"],
        &["lock"],
        &["update"],
        &["outdated"],
        &["vendor"],
        &["inspect"],
        &["diff"],
        &["verify"],
        &["sbom"],
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

#[test]
fn help_of_init() {
    insta::assert_snapshot!(help_of(&["init"]));
}

#[test]
fn help_of_push() {
    insta::assert_snapshot!(help_of(&["push"]));
}

#[test]
fn help_of_copy() {
    insta::assert_snapshot!(help_of(&["copy"]));
}

#[test]
fn help_of_lock() {
    insta::assert_snapshot!(help_of(&["lock"]));
}

#[test]
fn help_of_update() {
    insta::assert_snapshot!(help_of(&["update"]));
}

#[test]
fn help_of_outdated() {
    insta::assert_snapshot!(help_of(&["outdated"]));
}

#[test]
fn help_of_vendor() {
    insta::assert_snapshot!(help_of(&["vendor"]));
}

#[test]
fn help_of_inspect() {
    insta::assert_snapshot!(help_of(&["inspect"]));
}

#[test]
fn help_of_diff() {
    insta::assert_snapshot!(help_of(&["diff"]));
}

#[test]
fn help_of_verify() {
    insta::assert_snapshot!(help_of(&["verify"]));
}

#[test]
fn help_of_sbom() {
    insta::assert_snapshot!(help_of(&["sbom"]));
}
