//! What a stack costs a month, as an estimate: list prices of AWS, without discounts, free tiers, taxes and traffic.
//!
//! [`Estimate::of`] looks at a template with its parameters and prices what costs money by being there. What costs by being
//! used is named and not counted, so the estimate is a floor. A price that is not known is never made up: the resource is
//! named as one that is not in the estimate.
//!
//! `catalogue` has every type of resource, `services` how each is billed, `prices` the figures with their dates and sources.

mod assumptions;
mod catalogue;
mod change;
mod difference;
mod estimate;
mod ledger;
mod price;
mod prices;
mod services;
mod text;
mod wire;

pub use assumptions::Assumptions;
pub use change::{CostChange, CostError, Version};
pub use difference::{Difference, LineDifference};
pub use estimate::{Estimate, Line, NotCounted, Unit};
pub use wire::{CostDocument, DifferenceDocument};

#[cfg(test)]
mod tests;

/// Hours of a month as AWS counts them: a year's, divided by twelve.
pub const HOURS: f64 = 730.0;
