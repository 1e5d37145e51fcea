//! The part of the page that is generated.

use crate::{
    choices, lines,
    shape::{REGIONS, Site},
};

pub(crate) fn text() -> String {
    let sites = REGIONS.map(|region| Site::of(&[], region));
    let [first, second] = REGIONS;
    let (oldest, newest) = days(&sites);
    let [first_sum, second_sum] = sites.each_ref().map(|site| format!("{:.0}", site.total()));
    let parts = lines::parts(&sites);
    let choices = choices::compared(&sites);
    let assumed = lines::assumed(&sites[0]);
    let not_counted = lines::not_counted(&sites[0]);
    format!(
        "\
About {first_sum} USD a month in {first} and {second_sum} in {second}, for both stacks with the parameters that they have by default and `DesiredCount` `auto`.
This is an estimate, and no invoice: AWS's list prices from {oldest} to {newest}, 730 hours a month, without tax, discounts, free tiers and what is
billed by use. `Price of` is the day of the published copy that a price is from.

{parts}
\\* At the price of {first}, since the one of {second} is not known here. Prices in {second} are mostly higher, so its sum is rather too low.

One other choice, the rest as it is by default:

{choices}
Taken for given:

{assumed}
Not counted, because it depends on use:

{not_counted}"
    )
}

/// The days of the oldest and of the newest price.
fn days(sites: &[Site]) -> (&'static str, &'static str) {
    let stacks = sites.iter().flat_map(|site| [&site.data, &site.app]);
    let days = stacks.flat_map(|estimate| estimate.lines.iter().map(|line| line.price_from));
    // Days in this form are in order as texts are.
    let mut days: Vec<&str> = days.collect();
    days.sort_unstable();
    (days[0], days[days.len() - 1])
}
