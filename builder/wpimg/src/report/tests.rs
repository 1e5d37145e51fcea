//! What ends up on which stream, at which verbosity.

use thiserror::Error;

use super::{Appearance, Captured, Colour, Progress, Report, TransferPlan, Verbosity};
use crate::error_report::{Failure, Hint};

fn captured(verbosity: Verbosity, colour: Colour) -> (Report, Captured) {
    Report::captured(Appearance {
        verbosity,
        colour,
        progress: Progress::Drawn,
    })
}

fn say_everything(report: &Report) {
    report.status("Resolved", "118 packages");
    report.detail("nginx-light 1.26.3-3");
    report.warning("the mirror answers slowly");
    report.data("sha256:9f2c").unwrap();
}

#[test]
fn results_go_to_standard_output_and_messages_to_standard_error() {
    let (report, captured) = captured(Verbosity::Normal, Colour::Plain);
    say_everything(&report);
    assert_eq!(captured.standard_output(), "sha256:9f2c\n");
    insta::assert_snapshot!(captured.standard_error(), @"
        Resolved 118 packages
    warning: the mirror answers slowly
    ");
}

#[test]
fn quiet_keeps_results_only() {
    let (report, captured) = captured(Verbosity::Quiet, Colour::Plain);
    say_everything(&report);
    assert_eq!(captured.standard_error(), "");
    assert_eq!(captured.standard_output(), "sha256:9f2c\n");
}

#[test]
fn verbose_adds_details() {
    let (report, captured) = captured(Verbosity::Verbose, Colour::Plain);
    say_everything(&report);
    assert!(
        captured
            .standard_error()
            .contains("             nginx-light 1.26.3-3\n")
    );
}

#[test]
fn colour_wraps_the_verb_and_leaves_the_message_alone() {
    let (report, captured) = captured(Verbosity::Normal, Colour::Painted);
    report.status("Resolved", "118 packages");
    assert_eq!(
        captured.standard_error(),
        "\u{1b}[1;32m    Resolved\u{1b}[0m 118 packages\n"
    );
}

#[test]
fn without_a_terminal_a_transfer_is_two_lines() {
    let (report, captured) = captured(Verbosity::Normal, Colour::Plain);
    let plan = TransferPlan {
        noun: "package",
        files: 2,
        bytes: 3_072,
    };
    let transfer = report.transfer(plan);
    transfer.received(1_000);
    transfer.discarded(1_000);
    transfer.received(1_024);
    transfer.finished_file();
    transfer.received(2_048);
    transfer.finished_file();
    transfer.finish();
    let text = captured.standard_error();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "    Fetching 2 packages (3.0 KiB)");
    assert!(
        lines[1].starts_with("     Fetched 2 packages (3.0 KiB) in "),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 2);
}

#[test]
fn a_transfer_of_nothing_says_nothing() {
    let (report, captured) = captured(Verbosity::Normal, Colour::Plain);
    report
        .transfer(TransferPlan {
            noun: "package",
            files: 0,
            bytes: 0,
        })
        .finish();
    assert_eq!(captured.standard_error(), "");
}

#[derive(Debug, Error)]
#[error("platform `{text}` is not supported")]
struct Hostile {
    text: &'static str,
}

impl Hint for Hostile {
    fn hint(&self) -> Option<String> {
        Some(format!("remove `{}`", self.text))
    }
}

#[test]
fn control_characters_of_foreign_text_never_reach_the_terminal() {
    const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\u{9b}31m";
    let (report, captured) = captured(Verbosity::Verbose, Colour::Plain);
    report.status("Unpacked", HOSTILE);
    report.detail(HOSTILE);
    report.warning(HOSTILE);
    let failure = Failure::from(Hostile { text: HOSTILE }).while_doing(HOSTILE);
    report.failure(&failure);
    let text = captured.standard_error();
    let found = text.matches(|character: char| character.is_control() && character != '\n');
    assert_eq!(found.count(), 0, "{text:?}");
    let shown = r"\u{1b}]0;owned\u{7}\u{1b}[2J\r\u{9b}31m";
    assert_eq!(text.matches(shown).count(), 6, "{text}");
}

#[test]
fn our_own_colours_survive_around_foreign_text() {
    let (report, captured) = captured(Verbosity::Normal, Colour::Painted);
    report.failure(&Hostile { text: "\u{1b}[0m" }.into());
    assert_eq!(
        captured.standard_error(),
        "\u{1b}[1;31merror\u{1b}[0m: platform `\\u{1b}[0m` is not supported\n\n\
         \u{1b}[1;36mhint\u{1b}[0m: remove `\\u{1b}[0m`\n"
    );
}
