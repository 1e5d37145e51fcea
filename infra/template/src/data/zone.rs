//! Availability zones: what the stack has once in each.

use serde_json::{Value, json};

use crate::Resource;
use crate::expression::{choose, only_if, reference};

/// One of the region's zones that the stack is in.
#[derive(Clone, Copy)]
pub(super) struct Zone {
    number: u32,
    condition: Option<&'static str>,
}

/// Those that a stack can have. The third is there on a condition.
pub(super) const ZONES: [Zone; 3] = [
    Zone {
        number: 1,
        condition: None,
    },
    Zone {
        number: 2,
        condition: None,
    },
    Zone {
        number: 3,
        condition: Some("ThreeZones"),
    },
];

impl Zone {
    /// What a resource of this zone is called.
    pub(super) fn id(self, what: &str) -> String {
        format!("{what}{}", self.number)
    }

    /// A reference to this zone's own.
    pub(super) fn own(self, what: &str) -> Value {
        reference(&self.id(what))
    }

    /// Counted from nothing, as CloudFormation's lists are.
    pub(super) fn index(self) -> usize {
        self.number as usize - 1
    }

    /// The zone's name in this region. Names differ between accounts, so the region is asked.
    pub(super) fn name(self) -> Value {
        json!({ "Fn::Select": [self.index(), { "Fn::GetAZs": "" }] })
    }

    /// Whether this is a zone that need not be there.
    pub(super) fn is_optional(self) -> bool {
        self.condition.is_some()
    }

    /// A resource that is there when the zone is.
    pub(super) fn resource(self, kind: &'static str, properties: Value) -> Resource {
        Resource {
            condition: self.condition,
            ..Resource::new(kind, properties)
        }
    }
}

/// The list of what every zone has one of.
pub(super) fn in_each(what: &str) -> Vec<Value> {
    let each = ZONES.iter().map(|zone| match zone.condition {
        None => zone.own(what),
        Some(condition) => only_if(condition, zone.own(what)),
    });
    each.collect()
}

/// That list as one text with commas, for exports: these are no lists.
pub(super) fn joined(what: &str) -> Value {
    let join = |zones: &[Zone]| {
        let each: Vec<Value> = zones.iter().map(|zone| zone.own(what)).collect();
        json!({ "Fn::Join": [",", each] })
    };
    choose("ThreeZones", join(&ZONES), join(&ZONES[..2]))
}
