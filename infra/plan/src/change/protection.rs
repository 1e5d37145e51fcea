//! What a change takes from the protection of contents, although they stay for now.

use super::{
    resource_change::{Detail, ResourceChange},
    words::Attribute,
};

/// Properties that say for how many days something is kept, with what goes when there are fewer.
const KEPT_DAYS: [(&str, &str, &str); 3] = [
    (
        "AWS::RDS::DBInstance",
        "BackupRetentionPeriod",
        "restore points from before the new period go",
    ),
    (
        "AWS::RDS::DBCluster",
        "BackupRetentionPeriod",
        "restore points from before the new period go",
    ),
    (
        "AWS::Logs::LogGroup",
        "RetentionInDays",
        "entries from before the new period go",
    ),
];

/// What is no longer protected as it was, each a part of a sentence.
pub(super) fn lost(change: &ResourceChange) -> Vec<&'static str> {
    let notes = change.details.iter();
    let mut notes: Vec<_> = notes
        .filter_map(|detail| note(&change.kind, detail))
        .collect();
    notes.dedup();
    notes
}

fn note(kind: &str, detail: &Detail) -> Option<&'static str> {
    match detail.attribute {
        Attribute::DeletionPolicy => unkept(
            detail,
            "from now on what it holds goes when it leaves the stack",
        ),
        Attribute::UpdateReplacePolicy => {
            unkept(detail, "from now on what it holds goes when it is replaced")
        }
        Attribute::Properties => {
            let name = detail.property.as_deref()?;
            if name == "DeletionProtection" {
                let is_off = detail.after.as_deref() == Some("false");
                return is_off.then_some("from now on it can be deleted");
            }
            let days = |value: &Option<String>| value.as_ref()?.trim().parse::<u64>().ok();
            let (before, after) = (days(&detail.before)?, days(&detail.after)?);
            let entry = KEPT_DAYS
                .iter()
                .find(|entry| (entry.0, entry.1) == (kind, name));
            entry.filter(|_| after < before).map(|entry| entry.2)
        }
        Attribute::Metadata
        | Attribute::CreationPolicy
        | Attribute::UpdatePolicy
        | Attribute::Tags => None,
    }
}

/// A policy that is gone is one to delete.
fn unkept(detail: &Detail, note: &'static str) -> Option<&'static str> {
    let keeps = |policy: &Option<String>| matches!(policy.as_deref(), Some("Retain" | "Snapshot"));
    (keeps(&detail.before) && !keeps(&detail.after)).then_some(note)
}
