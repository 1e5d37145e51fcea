//! From what is wanted to values: one call for what belongs together, and every failure told.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::aws;
use crate::calls::{Call, calls};
use crate::document::entry;
use crate::failure::{Failure, Reason};
use crate::reference::{Parameter, Place, Reference, SecretVersion};
use crate::value::Value;

/// A variable and where its value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub variable: String,
    pub reference: Reference,
}

/// Who has the values: AWS, or a test's own.
pub(crate) trait Vault {
    async fn secret(&self, secret: &SecretVersion) -> Result<Value, Reason>;

    /// An answer for each, in the same order.
    async fn parameters(&self, parameters: &[Parameter]) -> Result<Vec<Option<Value>>, Reason>;
}

/// Asks AWS for all of them; the values come in the order of what is wanted. Without anything wanted, AWS hears
/// nothing.
pub fn fetch(wanted: &[Wanted]) -> Result<Vec<Value>, Vec<Failure>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let region = wanted.iter().find_map(|one| one.reference.place.region());
    match aws::run(region, async |vault| from_vault(vault, wanted).await) {
        Ok(result) => result,
        Err(reason) => {
            let variables = wanted.iter().map(|one| one.variable.clone()).collect();
            Err(vec![Failure::new(
                &wanted[0].reference.place,
                variables,
                reason,
            )])
        }
    }
}

async fn from_vault(vault: &impl Vault, wanted: &[Wanted]) -> Result<Vec<Value>, Vec<Failure>> {
    let calls = calls(wanted.iter().map(|one| &one.reference.place));
    let answers = join_all(calls.into_iter().map(|call| ask(vault, call))).await;
    let found: BTreeMap<Place, Result<Value, Reason>> = answers.into_iter().flatten().collect();
    let mut values = Vec::new();
    let mut failures: Vec<(&Wanted, Reason)> = Vec::new();
    for one in wanted {
        let whole = found.get(&one.reference.place);
        let whole = whole.unwrap_or(&Err(Reason::TooLate)).clone();
        let value = whole.and_then(|whole| match &one.reference.key {
            None => Ok(whole),
            Some(key) => Ok(entry(whole.expose(), key)?),
        });
        match value {
            Ok(value) => values.push(value),
            Err(reason) => failures.push((one, reason)),
        }
    }
    if failures.is_empty() {
        return Ok(values);
    }
    Err(told_once(failures))
}

/// One message for variables that have the same place and the same trouble.
fn told_once(failures: Vec<(&Wanted, Reason)>) -> Vec<Failure> {
    let mut told: Vec<(&Place, Vec<String>, Reason)> = Vec::new();
    for (one, reason) in failures {
        let place = &one.reference.place;
        let variable = one.variable.clone();
        match told
            .iter_mut()
            .find(|(known, _, why)| *known == place && *why == reason)
        {
            Some((_, variables, _)) => variables.push(variable),
            None => told.push((place, vec![variable], reason)),
        }
    }
    let failure =
        |(place, variables, reason): (&Place, _, _)| Failure::new(place, variables, reason);
    told.into_iter().map(failure).collect()
}

async fn ask(vault: &impl Vault, call: Call) -> Vec<(Place, Result<Value, Reason>)> {
    match call {
        Call::Secret(secret) => {
            let answer = vault.secret(&secret).await;
            vec![(Place::Secret(secret), answer)]
        }
        Call::Parameters(parameters) => {
            let answers = vault.parameters(&parameters).await;
            let answer = |index: usize| match &answers {
                Ok(values) => values.get(index).cloned().flatten().ok_or(Reason::Missing {
                    kind: "parameter, or no such version of it,",
                }),
                Err(reason) => Err(reason.clone()),
            };
            let answers: Vec<_> = (0..parameters.len()).map(answer).collect();
            parameters
                .into_iter()
                .map(Place::Parameter)
                .zip(answers)
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db";

    /// Knows what it was given, and remembers what it was asked for.
    #[derive(Default)]
    struct Fake {
        secret: Option<&'static str>,
        missing: Option<&'static str>,
        asked: RefCell<Vec<usize>>,
    }

    impl Vault for Fake {
        async fn secret(&self, _: &SecretVersion) -> Result<Value, Reason> {
            self.asked.borrow_mut().push(1);
            let text = self.secret.ok_or(Reason::Deleted)?;
            Ok(Value::new(text.to_owned()))
        }

        async fn parameters(&self, parameters: &[Parameter]) -> Result<Vec<Option<Value>>, Reason> {
            self.asked.borrow_mut().push(parameters.len());
            let known = |name: &str| self.missing != Some(name);
            let value = |one: &Parameter| {
                known(&one.name).then(|| Value::new(format!("value of {}", one.name)))
            };
            Ok(parameters.iter().map(value).collect())
        }
    }

    fn wanted(references: &[(&str, &str)]) -> Vec<Wanted> {
        let one = |(variable, text): &(&str, &str)| Wanted {
            variable: (*variable).to_owned(),
            reference: Reference::parse(text).unwrap().unwrap(),
        };
        references.iter().map(one).collect()
    }

    fn fetched(fake: &Fake, references: &[(&str, &str)]) -> Result<Vec<String>, Vec<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let result = runtime.block_on(from_vault(fake, &wanted(references)));
        let text = |value: &Value| value.expose().to_owned();
        let message = |failure: &Failure| format!("{failure}: {}", failure.reason);
        match result {
            Ok(values) => Ok(values.iter().map(text).collect()),
            Err(failures) => Err(failures.iter().map(message).collect()),
        }
    }

    #[test]
    fn values_come_in_the_order_of_what_is_wanted_and_a_secret_is_asked_for_once() {
        let fake = Fake {
            secret: Some(r#"{"user": "shop", "password": "hunter2"}"#),
            ..Fake::default()
        };
        let (password, user) = (format!("{SECRET}:password"), format!("{SECRET}:user::"));
        let references = [
            ("P", password.as_str()),
            ("Z", "ssm:/z"),
            ("U", &user),
            ("A", "ssm:/a"),
        ];
        let values = fetched(&fake, &references).unwrap();
        assert_eq!(values, ["hunter2", "value of /z", "shop", "value of /a"]);
        assert_eq!(*fake.asked.borrow(), [1, 2]);
    }

    #[test]
    fn a_secret_that_fails_is_told_once_with_all_its_variables() {
        let (password, user) = (format!("{SECRET}:password"), format!("{SECRET}:user"));
        let references = [("P", password.as_str()), ("U", &user), ("A", "ssm:/a")];
        let failures = fetched(&Fake::default(), &references).unwrap_err();
        assert_eq!(
            failures,
            [format!(
                "cannot fetch secret `{SECRET}` for `P`, `U`: it is going to be deleted"
            )]
        );
    }

    #[test]
    fn a_missing_parameter_is_told_by_name() {
        let fake = Fake {
            missing: Some("/b"),
            ..Fake::default()
        };
        let failures = fetched(&fake, &[("A", "ssm:/a"), ("B", "ssm:/b")]).unwrap_err();
        assert_eq!(failures.len(), 1);
        assert!(
            failures[0]
                .starts_with("cannot fetch parameter `/b` for `B`: there is no such parameter")
        );
    }
}
