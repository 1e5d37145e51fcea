//! What a stack costs as it is, and as it is going to be.

use thiserror::Error;

use super::{
    assumptions::Assumptions,
    difference::Difference,
    estimate::{Estimate, cents},
};
use crate::evaluate::{Inputs, TemplateError, read};

/// A stack as it is deployed, or is going to be.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// JSON, as CloudFormation gets it in a change set and `GetTemplate` answers it.
    pub template: &'a str,
    pub inputs: &'a Inputs,
}

/// Both estimates of one stack.
#[derive(Clone, Debug, PartialEq)]
pub struct CostChange {
    pub before: Estimate,
    pub after: Estimate,
}

/// Why a change cannot be priced.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CostError {
    #[error("the deployed template cannot be read, so nobody can say what the stack costs now")]
    Deployed { source: TemplateError },
    #[error("the new template cannot be read, so nobody can say what the stack is going to cost")]
    Wanted { source: TemplateError },
}

impl CostError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Deployed { .. } => "`aws cloudformation get-template` shows it; `wpimg infra apply` puts one of its own there, and from then on costs are known".to_owned(),
            Self::Wanted { source } => source.hint(),
        }
    }
}

impl CostChange {
    /// A stack that does not exist yet has no `deployed`, and costs nothing.
    pub fn of(
        deployed: Option<Version<'_>>,
        wanted: Version<'_>,
        assumptions: &Assumptions,
    ) -> Result<Self, CostError> {
        let estimate = |version: Version<'_>| {
            Estimate::of(&read(version.template)?, version.inputs, assumptions)
        };
        let before = match deployed {
            None => Estimate::nothing(&wanted.inputs.region),
            Some(deployed) => {
                estimate(deployed).map_err(|source| CostError::Deployed { source })?
            }
        };
        let after = estimate(wanted).map_err(|source| CostError::Wanted { source })?;
        Ok(Self { before, after })
    }

    pub fn difference(&self) -> Difference {
        Estimate::difference(&self.before, &self.after)
    }

    /// One line. It needs [`CostChange::caveat`] beside it.
    pub fn summary(&self) -> String {
        let (before, after) = (cents(self.before.total()), cents(self.after.total()));
        let added = cents(after - before);
        format!("monthly cost: about {before:.2} -> {after:.2} USD ({added:+.2})")
    }

    /// What the sums are, in one line.
    pub fn caveat(&self) -> String {
        let priced = match (self.after.date, self.before.date) {
            (None, Some(_)) => &self.before,
            (Some(_), _) | (None, None) => &self.after,
        };
        priced.caveat()
    }
}
