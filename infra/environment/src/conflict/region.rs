//! What has to be in the stacks' own region, where the recipe says which that is.

use super::{Choices, Clash, Conflict};

/// A load balancer takes certificates of its region only (ACM user guide, "Supported Regions").
pub(super) fn certificate_is_there(choices: &Choices<'_>) -> Option<Clash> {
    is_there(choices, "Certificate", &["Certificate"])
}

/// An alarm notifies topics of its region only; PutMetricAlarm refuses any other.
pub(super) fn topic_is_there(choices: &Choices<'_>) -> Option<Clash> {
    is_there(choices, "AlarmTopic", &["AlarmTopic"])
}

fn is_there(
    choices: &Choices<'_>,
    parameter: &str,
    about: &'static [&'static str],
) -> Option<Clash> {
    let region = choices.region()?;
    // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
    let found = choices.of(parameter).split(':').nth(3)?;
    (found != region).then(|| Clash {
        about,
        conflict: Conflict::OtherRegion {
            found: found.to_owned(),
            region: region.to_owned(),
        },
    })
}
