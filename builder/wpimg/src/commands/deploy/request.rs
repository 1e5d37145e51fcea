//! What the arguments of `wpimg deploy` ask for.

use wpimg_rollout::task_definition::Setting;

use crate::{
    cli::DeployArgs,
    release::{CONTAINER, Live, ReleaseError},
};

/// The parameter of the app stack that says how many tasks there are at least.
const LEAST: &str = "MinCount";

/// What else is to be different about the container.
pub(super) fn settings(arguments: &DeployArgs) -> Result<Vec<Setting>, ReleaseError> {
    let container = || CONTAINER.to_owned();
    let set = arguments.set.iter().map(|text| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Setting::Set {
            container: container(),
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        Some(_) | None => Err(ReleaseError::NotASetting),
    });
    let unset = arguments.unset.iter().map(|name| {
        Ok(Setting::Unset {
            container: container(),
            name: name.clone(),
        })
    });
    set.chain(unset).collect()
}

/// How many tasks there are to be, where that is for us to say.
pub(super) fn count(live: &Live, asked: Option<u32>) -> Option<u32> {
    let first = || {
        let least = live.parameter(LEAST).and_then(|least| least.parse().ok());
        (live.service.counts.desired == 0).then(|| least.unwrap_or(1))
    };
    asked.or_else(first)
}
