//! The tables of the page, which need no script.

use std::fmt::Write as _;

use super::escape::html;
use crate::{
    plain::excerpt,
    report::Report,
    size::{human, percent},
};

/// Enough for every package of a default image; a distribution's whole archive is not for reading.
const MOST_ROWS: usize = 400;
const MOST_FILES: usize = 25;

pub(super) fn write(page: &mut String, report: &Report) {
    layers(page, report);
    site(page, report);
    packages(page, report);
    rest(page, report);
    hidden(page, report);
    if !report.remarks.is_empty() {
        page.push_str("<section>\n<h2>Remarks</h2>\n<ul>\n");
        for remark in report.remarks.iter().take(MOST_ROWS) {
            let _ = writeln!(page, "<li>{}</li>", html(remark));
        }
        page.push_str("</ul>\n</section>\n");
    }
}

fn layers(page: &mut String, report: &Report) {
    open(
        page,
        "Layers",
        &["#", "Made by", "Compressed", "Unpacked", "Wasted", "Digest"],
    );
    let largest = report
        .layers
        .iter()
        .map(|layer| layer.size)
        .max()
        .unwrap_or(0);
    for (number, layer) in report.layers.iter().enumerate() {
        let _ = writeln!(
            page,
            "<tr><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><code>{}</code> {}</td></tr>",
            number + 1,
            html(&excerpt(layer.origin.as_deref().unwrap_or("–"), 120)),
            meter(layer.size, largest),
            human(layer.size),
            human(layer.uncompressed_size),
            human(layer.hidden),
            &layer.digest.hex()[..12],
            layer.encoding,
        );
    }
    close(page, 0);
}

fn site(page: &mut String, report: &Report) {
    if report.wordpress.is_empty() && report.extensions.is_empty() {
        return;
    }
    open(
        page,
        "WordPress",
        &["Kind", "Name", "Version", "Size", "From"],
    );
    let from = |package: &Option<String>| match package {
        Some(package) => format!("package {}", html(&excerpt(package, 80))),
        None => "–".to_owned(),
    };
    let mut row = |kind: &str, name: &str, version: &Option<String>, size: u64, package| {
        let version = html(&excerpt(version.as_deref().unwrap_or("–"), 40));
        let name = html(&excerpt(name, 120));
        let (size, from) = (human(size), from(package));
        let _ = writeln!(
            page,
            "<tr><td>{kind}</td><td>{name}</td><td>{version}</td><td class=\"n\">{size}</td><td>{from}</td></tr>"
        );
    };
    for site in report.wordpress.iter().take(MOST_ROWS) {
        row(
            "core",
            &site.root.to_string(),
            &site.version,
            site.usage.bytes,
            &site.package,
        );
    }
    for line in report.extensions.iter().take(MOST_ROWS) {
        row(
            line.kind.as_str(),
            &line.slug,
            &line.version,
            line.usage.bytes,
            &line.package,
        );
    }
    close(page, report.extensions.len().saturating_sub(MOST_ROWS));
}

fn packages(page: &mut String, report: &Report) {
    if report.packages.is_empty() {
        return;
    }
    open(
        page,
        "Packages",
        &["Package", "Version", "Size", "Share", "Files"],
    );
    let largest = report.packages.first().map_or(0, |line| line.usage.bytes);
    for line in report.packages.iter().take(MOST_ROWS) {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            html(&excerpt(&line.name, 100)),
            html(&excerpt(&line.version, 60)),
            meter(line.usage.bytes, largest),
            human(line.usage.bytes),
            percent(line.usage.bytes, report.total.bytes),
            line.usage.files,
        );
    }
    close(page, report.packages.len().saturating_sub(MOST_ROWS));
}

fn rest(page: &mut String, report: &Report) {
    if report.unpackaged.is_empty() {
        return;
    }
    open(page, "Not from a package", &["What", "Size", "Files"]);
    for (component, usage) in report.unpackaged.iter().take(MOST_ROWS) {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            html(&excerpt(&component.label(), 120)),
            human(usage.bytes),
            usage.files,
        );
    }
    close(page, report.unpackaged.len().saturating_sub(MOST_ROWS));
}

fn hidden(page: &mut String, report: &Report) {
    if report.hidden.is_empty() {
        return;
    }
    open(
        page,
        "Wasted: stored, but hidden by a later layer",
        &["Path", "Layer", "Size"],
    );
    for file in report.hidden.iter().take(MOST_FILES) {
        let _ = writeln!(
            page,
            "<tr><td class=\"path\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            html(&excerpt(&file.path.to_string(), 300)),
            file.layer + 1,
            human(file.size),
        );
    }
    close(page, report.hidden.len().saturating_sub(MOST_FILES));
}

/// Heads of columns with numbers stand above the numbers.
fn open(page: &mut String, title: &str, heads: &[&str]) {
    let _ = write!(
        page,
        "<section>\n<h2>{title}</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
    );
    for head in heads {
        let is_number = matches!(
            *head,
            "#" | "Size" | "Share" | "Files" | "Layer" | "Compressed" | "Unpacked" | "Wasted"
        );
        let class = if is_number { " class=\"n\"" } else { "" };
        let _ = write!(page, "<th scope=\"col\"{class}>{head}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
}

fn close(page: &mut String, left_out: usize) {
    page.push_str("</tbody>\n</table></div>\n");
    if left_out > 0 {
        let _ = writeln!(page, "<p class=\"note\">… and {left_out} more</p>");
    }
    page.push_str("</section>\n");
}

/// A bar behind a number; drawn by the browser, and nothing without styles.
fn meter(part: u64, whole: u64) -> String {
    let permille = u128::from(part) * 1000 / u128::from(whole.max(1));
    format!(
        "<svg class=\"meter\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{permille}\" height=\"10\"/></svg>"
    )
}
