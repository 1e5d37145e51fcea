//! What becomes of one resource.

use super::{
    contents::{self, Successor},
    interruption,
    loss::{Loss, Remainder},
    protection,
    resource_change::{Detail, ResourceChange},
    turn::{Certainty, Severity, Turn},
    words::{Action, Attribute, Policy, Recreation, Replacement},
};

/// A resource's change, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub change: ResourceChange,
    pub turn: Turn,
    pub certainty: Certainty,
    /// What is lost. With one of these a stack is not updated unless that was allowed.
    pub loss: Option<Loss>,
    /// What else has to be known, each a part of a sentence.
    pub notes: Vec<&'static str>,
}

impl Step {
    pub(super) fn of(change: ResourceChange) -> Self {
        let (turn, certainty) = turn(&change);
        let remainder = remainder(change.policy);
        let contents = contents::of(&change);
        let loss = contents
            .filter(|contents| is_lost(turn, remainder, contents.successor))
            .map(|contents| Loss {
                logical_id: change.logical_id.clone(),
                kind: change.kind.clone(),
                physical_id: change.physical_id.clone(),
                turn,
                certainty,
                what: contents.what,
                remainder,
                because_of: names(&causes(&change)),
                instead: contents.instead,
            });
        let notes = match loss {
            Some(_) => Vec::new(),
            None => notes(&change, turn, remainder, contents.is_some()),
        };
        Self {
            change,
            turn,
            certainty,
            loss,
            notes,
        }
    }

    pub fn severity(&self) -> Severity {
        match (&self.loss, self.notes.is_empty()) {
            (Some(_), _) => Severity::Loss,
            (None, false) => Severity::Warning,
            (None, true) => Severity::Plain,
        }
    }

    /// The details to name: for a replacement those that make it one, else all, each property once.
    pub fn causes(&self) -> Vec<&Detail> {
        causes(&self.change)
    }
}

/// Whether the site loses what a resource holds.
fn is_lost(turn: Turn, remainder: Remainder, successor: Successor) -> bool {
    let goes = match turn {
        Turn::Removed | Turn::Replaced => true,
        Turn::Changed | Turn::Recorded | Turn::Imported | Turn::Added => false,
    };
    let stays = match remainder {
        Remainder::Nothing => false,
        Remainder::Resource | Remainder::Snapshot => true,
    };
    goes && (!stays || (turn == Turn::Replaced && successor == Successor::Empty))
}

/// What else has to be known of a change by which nothing is lost.
fn notes(
    change: &ResourceChange,
    turn: Turn,
    remainder: Remainder,
    holds: bool,
) -> Vec<&'static str> {
    let noticed = interruption::of(change, turn);
    match turn {
        Turn::Removed | Turn::Replaced if holds => remainder.note().into_iter().collect(),
        // What is kept goes on doing what it does.
        Turn::Removed if remainder == Remainder::Resource && noticed.is_some() => {
            remainder.note().into_iter().collect()
        }
        Turn::Removed | Turn::Replaced | Turn::Recorded | Turn::Imported | Turn::Added => {
            noticed.into_iter().collect()
        }
        Turn::Changed => noticed
            .into_iter()
            .chain(protection::lost(change))
            .collect(),
    }
}

fn turn(change: &ResourceChange) -> (Turn, Certainty) {
    match (change.action, change.replacement) {
        (Action::Add, _) => (Turn::Added, Certainty::Certain),
        (Action::Import, _) => (Turn::Imported, Certainty::Certain),
        (Action::SyncWithActual, _) => (Turn::Recorded, Certainty::Certain),
        (Action::Remove, _) => (Turn::Removed, Certainty::Certain),
        // It may well be a replacement.
        (Action::Dynamic, _) | (Action::Modify, Replacement::Conditional) => {
            (Turn::Replaced, Certainty::Possible)
        }
        (Action::Modify, Replacement::Yes) => (Turn::Replaced, Certainty::Certain),
        (Action::Modify, Replacement::No) => (Turn::Changed, Certainty::Certain),
    }
}

fn remainder(policy: Option<Policy>) -> Remainder {
    match policy {
        None | Some(Policy::Delete | Policy::ReplaceAndDelete) => Remainder::Nothing,
        Some(Policy::Retain | Policy::ReplaceAndRetain) => Remainder::Resource,
        Some(Policy::Snapshot | Policy::ReplaceAndSnapshot) => Remainder::Snapshot,
    }
}

fn causes(change: &ResourceChange) -> Vec<&Detail> {
    let mut causes: Vec<&Detail> = Vec::new();
    for detail in deciding(change) {
        match causes
            .iter_mut()
            .find(|known| known.name() == detail.name())
        {
            None => causes.push(detail),
            // CloudFormation tells a property twice when its value is still to be found out; one has the values.
            Some(known) if known.after.is_none() && detail.after.is_some() => *known = detail,
            Some(_) => {}
        }
    }
    causes.sort_by_key(|detail| (detail.attribute != Attribute::Properties, detail.name()));
    causes
}

fn names(details: &[&Detail]) -> Vec<String> {
    details
        .iter()
        .map(|detail| detail.name().to_owned())
        .collect()
}

/// The details that decide about the resource: those that recreate it, where there are any.
fn deciding(change: &ResourceChange) -> impl Iterator<Item = &Detail> {
    let worst = change
        .details
        .iter()
        .map(|detail| detail.requires_recreation)
        .max();
    let least = match worst {
        Some(Recreation::Conditionally | Recreation::Always) => Recreation::Conditionally,
        Some(Recreation::Never) | None => Recreation::Never,
    };
    let details = change.details.iter();
    details.filter(move |detail| detail.requires_recreation >= least)
}
