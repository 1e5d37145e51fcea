//! Which calls a set of places needs: one for each version of a secret, and one for ten parameters of a region.

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::{Parameter, Place, SecretVersion};

/// `GetParameters` takes no more names at once.
const PARAMETERS_PER_CALL: usize = 10;

/// One request to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Secret(SecretVersion),
    /// Of one region, each once, ten at most.
    Parameters(Vec<Parameter>),
}

/// Every place exactly once, in an order that depends on nothing else.
pub(crate) fn calls<'a>(places: impl IntoIterator<Item = &'a Place>) -> Vec<Call> {
    let places: BTreeSet<&Place> = places.into_iter().collect();
    let mut calls = Vec::new();
    let mut parameters: BTreeMap<&Option<String>, Vec<Parameter>> = BTreeMap::new();
    for place in places {
        match place {
            Place::Secret(secret) => calls.push(Call::Secret(secret.clone())),
            Place::Parameter(parameter) => parameters
                .entry(&parameter.region)
                .or_default()
                .push(parameter.clone()),
        }
    }
    for parameters in parameters.values() {
        let batches = parameters.chunks(PARAMETERS_PER_CALL);
        calls.extend(batches.map(|batch| Call::Parameters(batch.to_vec())));
    }
    calls
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reference::Reference;

    fn place(text: &str) -> Place {
        Reference::parse(text).unwrap().unwrap().place
    }

    fn called(texts: &[String]) -> Vec<Call> {
        let places: Vec<Place> = texts.iter().map(|text| place(text)).collect();
        calls(&places)
    }

    #[test]
    fn several_keys_of_a_secret_are_one_call_and_another_stage_is_another() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a";
        let texts = [":username::", ":password::", "", "::AWSPREVIOUS:"];
        let texts = texts.map(|behind| format!("{arn}{behind}"));
        assert_eq!(called(&texts).len(), 2);
    }

    proptest! {
        #[test]
        fn parameters_go_in_tens_each_once_and_never_with_another_region(
            numbers in proptest::collection::vec((0..60_u8, 0..3_u8), 0..120),
        ) {
            let texts: Vec<String> = numbers.iter().map(|(number, region)| match region {
                0 => format!("ssm:/p{number}"),
                region => format!("arn:aws:ssm:eu-west-{region}:123456789012:parameter/p{number}"),
            }).collect();
            let mut seen = BTreeSet::new();
            for call in called(&texts) {
                let Call::Parameters(parameters) = call else { panic!("no secret was asked for") };
                prop_assert!((1..=10).contains(&parameters.len()));
                prop_assert!(parameters.iter().all(|p| p.region == parameters[0].region));
                for parameter in parameters {
                    prop_assert!(seen.insert(parameter), "asked for twice");
                }
            }
            let wanted: BTreeSet<&String> = texts.iter().collect();
            prop_assert_eq!(seen.len(), wanted.len());
        }
    }
}
