//! Changes of a lock on standard output: one line each, or one JSON document.

use serde::Serialize;

use crate::cli::Format;
use crate::commands::Context;
use crate::lock::{Change, Security};
use crate::report::{ReportError, json_text};

/// `wpimg update --format json` and its kin.
#[derive(Serialize)]
struct ChangesDocument<'a> {
    schema: &'static str,
    changes: Vec<ChangeDocument<'a>>,
}

#[derive(Serialize)]
struct ChangeDocument<'a> {
    kind: &'a str,
    name: &'a str,
    old: &'a [String],
    new: &'a [String],
    security: bool,
}

pub(super) fn print(changes: &[Change], context: &Context) -> Result<(), ReportError> {
    match context.settings.format {
        Format::Text if changes.is_empty() => Ok(()),
        Format::Text => context.report.data(&text(changes)),
        Format::Json => context.report.data(&json(changes)),
    }
}

/// Columns: name, versions, and what to know about it.
fn text(changes: &[Change]) -> String {
    let version = |versions: &[String]| match versions {
        [] => "-".to_owned(),
        versions => versions.join(", "),
    };
    let rows: Vec<[String; 3]> = changes
        .iter()
        .map(|change| {
            let name = match change.kind {
                "package" => change.name.clone(),
                kind => format!("{} ({kind})", change.name),
            };
            [name, version(&change.old), version(&change.new)]
        })
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let (names, olds, news) = (width(0), width(1), width(2));
    let line = |(row, change): (&[String; 3], &Change)| {
        let [name, old, new] = row;
        let note = match (
            change.security,
            change.old.is_empty(),
            change.new.is_empty(),
        ) {
            (Security::Yes, ..) => "security",
            (Security::No, true, _) => "new",
            (Security::No, _, true) => "removed",
            (Security::No, false, false) => "",
        };
        let line = format!("{name:names$}  {old:olds$} -> {new:news$}  {note}");
        line.trim_end().to_owned()
    };
    let lines: Vec<String> = rows.iter().zip(changes).map(line).collect();
    lines.join("\n")
}

fn json(changes: &[Change]) -> String {
    fn document(change: &Change) -> ChangeDocument<'_> {
        let Change {
            kind,
            name,
            old,
            new,
            security,
        } = change;
        ChangeDocument {
            kind,
            name,
            old,
            new,
            security: *security == Security::Yes,
        }
    }
    let document = ChangesDocument {
        schema: "wpimg/changes/1",
        changes: changes.iter().map(document).collect(),
    };
    json_text(&document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: &'static str, name: &str, old: &[&str], new: &[&str]) -> Change {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Change {
            kind,
            name: name.to_owned(),
            old: texts(old),
            new: texts(new),
            security: if name == "nginx" {
                Security::Yes
            } else {
                Security::No
            },
        }
    }

    #[test]
    fn changes_are_lines_that_line_up() {
        let changes = [
            change("package", "libfoo", &[], &["1"]),
            change("package", "nginx", &["1.26.3-3"], &["1.26.3-3+deb13u1"]),
            change("plugin", "akismet", &["5.3"], &["5.4"]),
            change("theme", "old", &["1"], &[]),
        ];
        insta::assert_snapshot!(text(&changes), @r"
        libfoo            -        -> 1                 new
        nginx             1.26.3-3 -> 1.26.3-3+deb13u1  security
        akismet (plugin)  5.3      -> 5.4
        old (theme)       1        -> -                 removed
        ");
        insta::assert_snapshot!(
            json(&changes[1..2]),
            @r#"{"schema":"wpimg/changes/1","changes":[{"kind":"package","name":"nginx","old":["1.26.3-3"],"new":["1.26.3-3+deb13u1"],"security":true}]}"#
        );
    }
}
