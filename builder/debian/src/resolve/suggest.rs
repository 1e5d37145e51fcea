//! Finds the existing name nearest to one that does not exist.
//!
//! Only names within two edits, or a third of the length for short names, count as near; anything
//! farther is more confusing than helpful. Real packages are compared, not virtual ones.

use crate::index::PackageIndex;

/// Returns the nearest package name; of equally near ones the first in the alphabet.
pub(super) fn nearest(name: &str, indexes: &[PackageIndex]) -> Option<String> {
    let most = (name.len() / 3).clamp(1, 2);
    indexes
        .iter()
        .flat_map(PackageIndex::names)
        // The length is a lower bound of the distance, and cheap.
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= most)
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_string())
}
