//! Licence expressions as a set of demands, spelled the same way whatever order they came in.

use std::collections::BTreeSet;

/// Far beyond the files that were looked at, whose longest expression has dozens.
const MOST_DEMANDS: usize = 512;

/// Demands that hold all at once.
#[derive(Debug, Default)]
pub(super) struct All(BTreeSet<Any>);

/// Alternatives, each a set of licences that hold all at once.
pub(super) type Any = BTreeSet<BTreeSet<String>>;

impl All {
    /// Adds one more demand; says nothing when there are too many for an honest file.
    pub(super) fn add(&mut self, alternatives: Any) -> Option<()> {
        if alternatives.len() == 1 {
            // `A and B` alone demands what `A` and `B` in two places do.
            let terms = alternatives.into_iter().flatten();
            self.0
                .extend(terms.map(|term| Any::from([BTreeSet::from([term])])));
        } else {
            self.0.insert(alternatives);
        }
        (self.0.len() <= MOST_DEMANDS).then_some(())
    }

    /// Returns the expression, or nothing where there are no demands.
    pub(super) fn spell(&self) -> Option<String> {
        let alone = self.0.len() == 1;
        let demands: BTreeSet<String> = self.0.iter().map(|any| spell_any(any, alone)).collect();
        (!demands.is_empty()).then(|| demands.into_iter().collect::<Vec<_>>().join(" AND "))
    }
}

fn spell_any(alternatives: &Any, alone: bool) -> String {
    let spelled: BTreeSet<String> = alternatives
        .iter()
        .map(|terms| {
            let joined = terms.iter().cloned().collect::<Vec<_>>().join(" AND ");
            if terms.len() > 1 {
                format!("({joined})")
            } else {
                joined
            }
        })
        .collect();
    let joined = spelled.into_iter().collect::<Vec<_>>().join(" OR ");
    if alternatives.len() > 1 && !alone {
        format!("({joined})")
    } else {
        joined
    }
}
