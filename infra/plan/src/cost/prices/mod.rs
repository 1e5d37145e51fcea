//! The prices: AWS's on-demand list prices without tax, in USD.
//!
//! AWS publishes them on its pricing pages and as the AWS Price List, a file for each service and region. Each figure here is
//! from one of the two, by way of a published copy; `as_of` is the day of that copy, and `source` where AWS has the figure. To
//! bring one up to date, look there, and change figure and day. A figure that cannot be confirmed is left out.

mod cache_nodes;
mod database_classes;
mod instances;
mod item;

pub(super) use cache_nodes::CACHE_NODES;
pub(super) use database_classes::DATABASE_CLASSES;
pub(super) use instances::INSTANCES;
pub(super) use item::Item;

#[cfg(test)]
mod tests;
