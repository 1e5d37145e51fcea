//! A line for each part of what a site costs, and what is left out.

use std::collections::BTreeMap;

use wpimg_plan::cost::{Estimate, Line, Unit};
use wpimg_template::written::markdown::{code, table};

use crate::shape::{REGIONS, Site};

/// Marks what is at the price of another region.
pub(crate) const FOREIGN: &str = " \\*";

/// The same part of one resource or of several, with its sum in each region.
struct Part<'a> {
    names: Vec<&'a str>,
    line: &'a Line,
    quantity: f64,
    sums: [Sum; REGIONS.len()],
}

/// USD a month.
#[derive(Clone, Copy, Default)]
struct Sum {
    monthly: f64,
    /// Whether it is at the price of another region.
    is_foreign: bool,
}

/// The table of all parts.
pub(crate) fn parts(sites: &[Site; REGIONS.len()]) -> String {
    let mut rows = Vec::new();
    for number in 0..sites[0].stacks().len() {
        let estimates = sites.each_ref().map(|site| site.stacks()[number].1);
        let stack = sites[0].stacks()[number].0;
        rows.extend(grouped(estimates).iter().map(|part| row(stack, part)));
        let sums = estimates.map(|estimate| amount(estimate.total()));
        rows.push(sum(&format!("{stack} stack"), sums));
    }
    let sums = sites.each_ref().map(|site| amount(site.total()));
    rows.push(sum("both stacks", sums));
    let [first, second] = REGIONS.map(|region| format!("{region}:"));
    table(
        [
            "Stack", "Resource", "What", "A month:", &first, &second, "Price of",
        ],
        rows,
    )
}

fn row(stack: &str, part: &Part<'_>) -> [String; 7] {
    let Line {
        what,
        detail,
        unit,
        price_from,
        ..
    } = part.line;
    let names: Vec<String> = part.names.iter().map(|name| code(name)).collect();
    let what = if detail.is_empty() {
        (*what).to_owned()
    } else {
        format!("{what} ({detail})")
    };
    let [first, second] = part.sums.map(|sum| {
        let mark = if sum.is_foreign { FOREIGN } else { "" };
        format!("{}{mark}", amount(sum.monthly))
    });
    [
        stack.to_owned(),
        names.join(", "),
        what,
        quantity(part.quantity, *unit),
        first,
        second,
        (*price_from).to_owned(),
    ]
}

fn sum(of: &str, sums: [String; REGIONS.len()]) -> [String; 7] {
    let [first, second] = sums.map(|sum| format!("**{sum}**"));
    let empty = String::new;
    [
        empty(),
        format!("**{of}**"),
        empty(),
        empty(),
        first,
        second,
        empty(),
    ]
}

fn quantity(quantity: f64, unit: Unit) -> String {
    let units = unit.word();
    let is_one = (quantity - 1.0).abs() < 1e-9;
    let word = if is_one {
        units.trim_end_matches('s')
    } else {
        units
    };
    format!("{quantity} {word}")
}

/// Resources with the same part stand in one line, such as all alarms.
fn grouped(estimates: [&Estimate; REGIONS.len()]) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (region, estimate) in estimates.into_iter().enumerate() {
        for line in &estimate.lines {
            let is_same = |part: &Part<'_>| {
                (part.line.what, &part.line.detail, part.line.unit)
                    == (line.what, &line.detail, line.unit)
            };
            let index = parts.iter().position(is_same).unwrap_or_else(|| {
                parts.push(Part {
                    names: Vec::new(),
                    line,
                    quantity: 0.0,
                    sums: [Sum::default(); REGIONS.len()],
                });
                parts.len() - 1
            });
            let part = &mut parts[index];
            let sum = &mut part.sums[region];
            sum.monthly += line.monthly;
            sum.is_foreign |= line.region != estimate.region;
            // Another region has the same resources.
            if region == 0 {
                part.names.push(&line.logical_id);
                part.quantity += line.quantity;
            }
        }
    }
    parts
}

/// What costs money that is not counted, with the resources that it is about, a line of a list each.
pub(crate) fn not_counted(site: &Site) -> String {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (_, estimate) in site.stacks() {
        for entry in &estimate.not_counted {
            let names = reasons.entry(&entry.why).or_default();
            names.push(code(&entry.logical_id));
        }
    }
    let lines = reasons.into_iter();
    lines
        .map(|(why, names)| format!("- {}: {why}\n", names.join(", ")))
        .collect()
}

/// What is taken for given, a line of a list each.
pub(crate) fn assumed(site: &Site) -> String {
    let stacks = site.stacks();
    let sentences = stacks.iter().flat_map(|(_, estimate)| &estimate.assumed);
    sentences
        .map(|sentence| format!("- {sentence}\n"))
        .collect()
}

/// USD, as it is shown.
pub(crate) fn amount(usd: f64) -> String {
    format!("{usd:.2}")
}
