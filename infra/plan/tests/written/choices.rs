//! What one other choice makes of the sum.

use std::collections::BTreeSet;

use wpimg_plan::cost::{Difference, Estimate};
use wpimg_template::{
    app, data,
    written::markdown::{code, table},
};

use crate::{
    lines::{FOREIGN, amount},
    shape::{Parameters, REGIONS, Site},
};

/// The choices that change the sum the most. `nat` is the default, and stands beside its alternatives.
pub(crate) const CHOICES: [Parameters; 9] = [
    &[("Egress", "nat")],
    &[("Egress", "nat-per-az")],
    &[("Egress", "endpoints")],
    &[("Egress", "public")],
    &[("MultiAz", "false")],
    &[("DatabaseEngine", "aurora")],
    &[("Cache", "valkey")],
    &[("Processor", "amd64")],
    &[("Capacity", "fargate-spot")],
];

/// The table of choices, each with both stacks' sum and what it is more or less than by default.
pub(crate) fn compared(defaults: &[Site; REGIONS.len()]) -> String {
    let rows = CHOICES.map(|chosen| {
        let sites = REGIONS.map(|region| Site::of(chosen, region));
        let [first, second] = [0, 1].map(|region| {
            let total = amount(sites[region].total());
            [total, change(&defaults[region], &sites[region])]
        });
        let [first, first_change] = first;
        let [second, second_change] = second;
        [
            named(chosen),
            first,
            first_change,
            second,
            second_change,
            besides(&defaults[0], &sites[0]),
        ]
    });
    let [first, second] = REGIONS.map(|region| format!("{region}:"));
    table(
        ["Choice", &first, "Change:", &second, "Change:", "Besides"],
        rows,
    )
}

fn named(chosen: Parameters) -> String {
    let names: Vec<String> = chosen
        .iter()
        .map(|(name, value)| format!("{} {}", code(name), code(value)))
        .collect();
    let names = names.join(", ");
    if chosen.iter().all(is_default) {
        return format!("{names}, the default");
    }
    names
}

fn is_default((name, value): &(&'static str, &'static str)) -> bool {
    let templates = [data::template(), app::template()];
    let mut parameters = templates.iter().flat_map(|template| &template.parameters);
    parameters.any(|(known, parameter)| known == name && parameter.default == Some(value))
}

/// With a mark where a price of another region has a part in it.
fn change(default: &Site, site: &Site) -> String {
    let differences = [(&default.data, &site.data), (&default.app, &site.app)]
        .map(|(before, after)| Estimate::difference(before, after));
    let usd: f64 = differences.iter().map(Difference::monthly).sum();
    if usd.abs() < 0.005 {
        return amount(0.0);
    }
    let mut lines = differences
        .iter()
        .flat_map(|difference| &difference.lines)
        .flat_map(|line| [&line.before, &line.after])
        .flatten();
    let mark = if lines.any(|line| line.region != default.data.region) {
        FOREIGN
    } else {
        ""
    };
    format!("{usd:+.2}{mark}")
}

/// What is taken for given or costs by use, and is nothing that is said of the default.
fn besides(default: &Site, site: &Site) -> String {
    let reasons = |site: &Site| -> BTreeSet<String> {
        let stacks = site.stacks();
        let sentences = stacks.iter().flat_map(|(_, estimate)| {
            let assumed = estimate.assumed.iter();
            let assumed = assumed.map(|sentence| format!("taken for given: {sentence}"));
            let not_counted = estimate.not_counted.iter();
            assumed.chain(not_counted.map(|entry| format!("not counted: {}", entry.why)))
        });
        sentences.collect()
    };
    let known = reasons(default);
    let others = reasons(site).into_iter();
    let others: Vec<String> = others.filter(|reason| !known.contains(reason)).collect();
    others.join("; ")
}
