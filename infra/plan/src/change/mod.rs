//! Change sets: what an update would do to a stack, in words, and what of it is refused.
//!
//! [`Plan::of`] takes what `DescribeChangeSet` has answered. It says of each resource what becomes of it, and where that
//! loses something nobody can make again (`contents`) or takes the site away for a while (`interruption`). What is lost
//! is refused until it is allowed: CloudFormation itself would do it without a word.

mod contents;
mod interruption;
mod line;
mod loss;
mod plan;
mod protection;
mod resource_change;
mod step;
mod turn;
mod wire;
mod words;

pub use line::{Line, Span, Style};
pub use loss::{AllowReplacement, Loss, Refusal, Remainder};
pub use plan::{Counts, Plan};
pub use resource_change::{Cause, Detail, ResourceChange};
pub use step::Step;
pub use turn::{Certainty, Severity, Turn};
pub use wire::PlanDocument;
pub use words::{Action, Attribute, Policy, Recreation, Replacement};

#[cfg(test)]
mod tests;
