//! What RDS refuses.

use super::{Choices, Clash, Conflict};

const INSTANCE: (&str, &str) = ("DatabaseEngine", "mysql");
const CLUSTER: (&str, &str) = ("DatabaseEngine", "aurora");

/// The most is at least a tenth above what there is (RDS user guide, "Managing capacity automatically with storage
/// autoscaling").
pub(super) fn storage_grows(choices: &Choices<'_>) -> Option<Clash> {
    let storage = choices.number("DatabaseStorage");
    let limit = choices.number("DatabaseStorageLimit");
    let least = (storage * 11).div_ceil(10);
    (choices.is(INSTANCE.0, INSTANCE.1) && limit < least).then_some(Clash {
        about: &["DatabaseStorageLimit", "DatabaseStorage"],
        conflict: Conflict::StorageLimit {
            storage,
            limit,
            least,
        },
    })
}

/// Least and most capacity units (RDS API reference, "ServerlessV2ScalingConfiguration").
pub(super) fn capacity_is_a_range(choices: &Choices<'_>) -> Option<Clash> {
    if !choices.is(CLUSTER.0, CLUSTER.1) {
        return None;
    }
    let half_units = |parameter| {
        let units: f64 = choices.of(parameter).parse().ok()?;
        Some(units * 2.0)
    };
    let (minimum, maximum) = (half_units("AuroraMinimum")?, half_units("AuroraMaximum")?);
    let text = |parameter| choices.of(parameter).to_owned();
    if maximum < 2.0 {
        return Some(Clash {
            about: &["AuroraMaximum"],
            conflict: Conflict::AuroraMaximum {
                maximum: text("AuroraMaximum"),
            },
        });
    }
    (minimum > maximum).then(|| Clash {
        about: &["AuroraMinimum", "AuroraMaximum"],
        conflict: Conflict::AuroraRange {
            minimum: text("AuroraMinimum"),
            maximum: text("AuroraMaximum"),
        },
    })
}

/// The smallest classes of MySQL have none (RDS user guide, "Amazon RDS DB engine, Region, and instance class support for
/// Database Insights").
pub(super) fn class_has_insights(choices: &Choices<'_>) -> Option<Clash> {
    let class = choices.of("DatabaseClass");
    let without = [
        "db.t2.micro",
        "db.t2.small",
        "db.t3.micro",
        "db.t3.small",
        "db.t4g.micro",
        "db.t4g.small",
    ];
    let clashes = choices.is(INSTANCE.0, INSTANCE.1)
        && choices.is("DatabaseInsights", "true")
        && without.contains(&class);
    clashes.then(|| Clash {
        about: &["DatabaseClass", "DatabaseInsights"],
        conflict: Conflict::InsightsClass {
            class: class.to_owned(),
        },
    })
}
