//! Values that do not go together.
//!
//! Each would be taken by CloudFormation and refused by a service in the middle of a change, or leave a site that nobody
//! reaches or that is less guarded than the recipe says. Values without effect are no conflict by themselves: an environment
//! may switch off what others have.

mod choices;
mod database;
mod edge;
mod reason;
mod region;
mod tasks;

pub(crate) use choices::Choices;
pub use reason::Conflict;

use crate::{catalog::key_of, error::EnvironmentError, place::Source};

/// A conflict, and the parameters that it is about: first the one to change.
pub(crate) struct Clash {
    pub(crate) about: &'static [&'static str],
    pub(crate) conflict: Conflict,
}

const RULES: [fn(&Choices<'_>) -> Option<Clash>; 16] = [
    database::storage_grows,
    database::capacity_is_a_range,
    database::class_has_insights,
    edge::zone_has_a_domain,
    edge::distribution_has_a_domain,
    edge::distribution_firewall_has_a_distribution,
    edge::admin_networks_have_a_firewall,
    edge::visitors_get_in,
    edge::certificate_can_be_issued,
    region::certificate_is_there,
    region::topic_is_there,
    tasks::counts_are_a_range,
    tasks::peaks_begin_and_end,
    tasks::peak_is_allowed,
    tasks::tasks_can_start,
    tasks::instances_fit,
];

/// Refuses the first conflict.
pub(crate) fn check(choices: &Choices<'_>, source: Source<'_>) -> Result<(), EnvironmentError> {
    for rule in RULES {
        let Some(Clash { about, conflict }) = rule(choices) else {
            continue;
        };
        if let Some((parameter, placed)) = choices.blamed(about) {
            return Err(EnvironmentError::Conflict {
                place: source.place_of(&key_of(parameter), placed),
                source: conflict,
            });
        }
        debug_assert!(false, "our defaults do not go together: {conflict}");
    }
    Ok(())
}
