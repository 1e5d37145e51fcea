//! What this stack stands on: the data stack, and what was chosen there.
//!
//! An import fails where nothing is exported, and no condition can ask for that. So what the data stack has on
//! request is chosen a second time here.

use serde_json::Value;

use crate::expression::{equal, imported, only_if, reference};
use crate::{Kind, Template};

/// Holds where the data stack has a key of its own.
pub(super) const OWN_KEY: &str = "HasKey";

/// Holds where the data stack has a cache.
pub(super) const CACHE: &str = "HasCache";

/// Holds where the database is an instance with a disk, and not a cluster.
pub(super) const INSTANCE: &str = "IsDatabaseInstance";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "DataStack",
        Kind::Matching {
            pattern: "^[A-Za-z][A-Za-z0-9-]{0,127}$",
            explanation: "the name of a stack",
        },
        None,
        "Name of the stack with the network, the database and the files.",
    );
    template.parameter(
        "Keys",
        Kind::OneOf(&["aws", "own"]),
        "aws",
        "As in the data stack: whether it has a key of its own.",
    );
    template.parameter(
        "Cache",
        Kind::OneOf(&["none", "valkey"]),
        "none",
        "As in the data stack: whether it has a cache.",
    );
    template.parameter(
        "DatabaseEngine",
        Kind::OneOf(&["mysql", "aurora"]),
        "mysql",
        "As in the data stack: its alarms are others.",
    );
    template.condition(OWN_KEY, equal(reference("Keys"), "own"));
    template.condition(CACHE, equal(reference("Cache"), "valkey"));
    template.condition(INSTANCE, equal(reference("DatabaseEngine"), "mysql"));
}

/// The ARN of the data stack's key, where it has one; else the property is not there.
pub(super) fn key() -> Value {
    only_if(OWN_KEY, imported("Key"))
}
