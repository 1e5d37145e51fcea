//! The words of a change set as values of `wpimg_plan`.

use aws_sdk_cloudformation::types;
use wpimg_plan::change::{
    Action, Attribute, Cause, Detail, Policy, Recreation, Replacement, ResourceChange,
};

/// What would happen to one resource. A word that CloudFormation did not have when this was written is taken for the
/// worst that it may mean.
pub(super) fn of(found: &types::ResourceChange) -> ResourceChange {
    let word = found.action().map_or("", types::ChangeAction::as_str);
    let replacement = found.replacement().map(types::Replacement::as_str);
    ResourceChange {
        logical_id: found.logical_resource_id().unwrap_or_default().to_owned(),
        kind: found.resource_type().unwrap_or_default().to_owned(),
        physical_id: found
            .physical_resource_id()
            .filter(|id| !id.is_empty())
            .map(str::to_owned),
        action: Action::from_word(word).unwrap_or(Action::Dynamic),
        // What is made or removed is not replaced, and nothing is said about it.
        replacement: replacement.map_or(Replacement::No, |word| {
            Replacement::from_word(word).unwrap_or(Replacement::Conditional)
        }),
        policy: found
            .policy_action()
            .and_then(|policy| Policy::from_word(policy.as_str())),
        details: found.details().iter().filter_map(detail).collect(),
        before: found.before_context().map(str::to_owned),
    }
}

fn detail(found: &types::ResourceChangeDetail) -> Option<Detail> {
    let target = found.target()?;
    let attribute = target.attribute()?.as_str();
    let recreation = target
        .requires_recreation()
        .map_or("Never", types::RequiresRecreation::as_str);
    Some(Detail {
        attribute: Attribute::from_word(attribute).unwrap_or(Attribute::Properties),
        property: target.name().map(str::to_owned),
        requires_recreation: Recreation::from_word(recreation).unwrap_or(Recreation::Conditionally),
        cause: Cause::new(
            found.change_source().map(types::ChangeSource::as_str),
            found.causing_entity(),
        ),
        before: target.before_value().map(str::to_owned),
        after: target.after_value().map(str::to_owned),
    })
}
