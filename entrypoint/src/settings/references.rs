//! Variables that hold no value but say where one is kept: in Secrets Manager or in Parameter Store.
//!
//! Everything but the fetching itself: which variables do, what has to be fetched for them, and the environment that
//! comes out. `WPIMG_SECRET` names a whole secret, whose keys stand for variables that are not given themselves.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;

use wpimg_secrets::{Reference, Value, Wanted, entries};

use super::{Environment, SettingsError, secret_document};
use super::{php_variables, wordpress::WordPressSettings};

/// The variable that names a secret with settings in it.
pub(super) const WHOLE_SECRET: &str = "WPIMG_SECRET";

/// What an environment refers to.
#[derive(Debug)]
pub(crate) struct References {
    /// The whole secret last.
    wanted: Vec<Wanted>,
}

impl References {
    pub(crate) fn of(environment: &Environment) -> Result<Self, SettingsError> {
        let mut wanted = Vec::new();
        for (name, value) in environment.iter() {
            let Some((name, reference)) = reference(environment, name, value) else {
                continue;
            };
            let variable = name.to_owned();
            // Two values for one setting: whoever reads it says so, and AWS need not be asked.
            if is_set(environment, &format!("{name}_FILE")) {
                continue;
            }
            match reference {
                Ok(reference) => wanted.push(Wanted {
                    variable,
                    reference,
                }),
                Err(source) => return Err(SettingsError::Reference { variable, source }),
            }
        }
        let whole = environment.get(WHOLE_SECRET).unwrap_or_default();
        if !whole.is_empty() {
            let variable = WHOLE_SECRET.to_owned();
            let reference = Reference::whole_secret(&whole.to_string_lossy());
            wanted.push(match reference {
                Ok(reference) => Wanted {
                    variable,
                    reference,
                },
                Err(source) => return Err(SettingsError::Reference { variable, source }),
            });
        }
        Ok(Self { wanted })
    }

    /// Whether a setting may have another value the next time it is asked for.
    pub(crate) fn can_change(environment: &Environment) -> bool {
        environment.iter().any(|(name, value)| {
            let in_file = || {
                let name = name.to_str().filter(|name| name.ends_with("_FILE"));
                name.is_some_and(|name| WordPressSettings::is_sensitive(environment, name))
            };
            !value.is_empty()
                && (name == WHOLE_SECRET
                    || reference(environment, name, value).is_some()
                    || in_file())
        })
    }

    pub(crate) fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The environment with the values, which are in the order of what is wanted.
    pub(crate) fn filled(
        &self,
        environment: &Environment,
        values: &[Value],
    ) -> Result<Environment, SettingsError> {
        let mut fetched: Vec<(OsString, OsString)> = Vec::new();
        for (wanted, value) in self.wanted.iter().zip(values) {
            if wanted.variable != WHOLE_SECRET {
                fetched.push((wanted.variable.clone().into(), os(value)));
                continue;
            }
            let entries = entries(value.expose()).map_err(|source| SettingsError::Document {
                variable: WHOLE_SECRET,
                source,
            })?;
            let settings = secret_document::settings(entries)?;
            let counts = |name: &str| {
                WordPressSettings::is_sensitive(environment, name)
                    && !name.ends_with("_FILE")
                    && name != WHOLE_SECRET
                    && environment.get(name).is_none()
                    && !is_set(environment, &format!("{name}_FILE"))
            };
            let settings = settings.into_iter().filter(|(name, _)| counts(name));
            fetched.extend(settings.map(|(name, value)| (name.into(), os(&value))));
        }
        let given = environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        // The later of two counts.
        Ok(given.chain(fetched).collect())
    }
}

/// Whether the variable holds a reference instead of a value.
pub(super) fn holds(environment: &Environment, name: &str) -> bool {
    let value = environment.get(name).unwrap_or_default();
    reference(environment, OsStr::new(name), value).is_some()
}

fn reference<'a>(
    environment: &Environment,
    name: &'a OsStr,
    value: &OsStr,
) -> Option<(&'a str, Result<Reference, wpimg_secrets::ReferenceError>)> {
    let name = name.to_str()?;
    let ours = name.starts_with("WORDPRESS_") || name.starts_with("WPIMG_");
    if name.ends_with("_FILE") || !(ours || php_variables::lists(environment, name)) {
        return None;
    }
    if name == WHOLE_SECRET {
        return None;
    }
    Some((name, Reference::parse(value.to_str()?)?))
}

fn is_set(environment: &Environment, name: &str) -> bool {
    environment.get(name).is_some_and(|value| !value.is_empty())
}

fn os(value: &Value) -> OsString {
    OsString::from_vec(value.expose().as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop";

    fn filled(environment: &Environment, values: &[&str]) -> Environment {
        let values: Vec<Value> = values
            .iter()
            .map(|text| Value::new((*text).to_owned()))
            .collect();
        let references = References::of(environment).unwrap();
        assert_eq!(references.wanted().len(), values.len());
        references.filled(environment, &values).unwrap()
    }

    fn wanted(environment: impl Into<Environment>) -> Vec<String> {
        let references = References::of(&environment.into()).unwrap();
        let names = references.wanted().iter();
        names.map(|wanted| wanted.variable.clone()).collect()
    }

    #[test]
    fn only_settings_may_refer_to_secrets() {
        let variables = [
            ("WORDPRESS_DB_PASSWORD", ARN),
            ("WPIMG_SALT_MASTER", "ssm:/salts"),
            ("WORDPRESS_DB_USER_FILE", ARN),
            ("MAIL_KEY", "ssm:/mail"),
            ("OTHER", "ssm:/other"),
            ("WPIMG_PHP_VARIABLES", "MAIL_KEY"),
            ("WPIMG_SECRET", "shop/settings"),
        ];
        assert_eq!(
            wanted(variables),
            [
                "MAIL_KEY",
                "WORDPRESS_DB_PASSWORD",
                "WPIMG_SALT_MASTER",
                "WPIMG_SECRET"
            ]
        );
        assert!(wanted([("WORDPRESS_DB_PASSWORD", "hunter2"), ("WPIMG_SECRET", "")]).is_empty());
    }

    #[test]
    fn a_reference_beside_a_file_is_left_to_whoever_reads_the_setting() {
        let variables = [
            ("WORDPRESS_DB_PASSWORD", ARN),
            ("WORDPRESS_DB_PASSWORD_FILE", "/x"),
        ];
        assert!(wanted(variables).is_empty());
    }

    #[test]
    fn a_broken_reference_is_an_error_that_names_the_variable() {
        for (variable, value) in [("WORDPRESS_DB_USER", "ssm:"), ("WPIMG_SECRET", "a b")] {
            let error = References::of(&[(variable, value)].into()).unwrap_err();
            assert!(error.to_string().contains(variable), "{error}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn a_reference_a_file_and_a_whole_secret_may_change() {
        for variable in [
            ("WORDPRESS_DB_PASSWORD", "ssm:/a"),
            ("WORDPRESS_DB_PASSWORD_FILE", "/a"),
            ("WPIMG_SECRET", "shop"),
        ] {
            assert!(References::can_change(&[variable].into()), "{variable:?}");
        }
        let fixed = [
            ("WORDPRESS_DB_PASSWORD", "a"),
            ("SSH_KEY_FILE", "/a"),
            ("WPIMG_SECRET", ""),
        ];
        assert!(!References::can_change(&fixed.into()));
    }

    #[test]
    fn values_take_the_place_of_their_references() {
        let environment = [("WORDPRESS_DB_PASSWORD", ARN), ("WORDPRESS_DB_HOST", "db")].into();
        let filled = filled(&environment, &["hunter2"]);
        assert_eq!(filled.get("WORDPRESS_DB_PASSWORD").unwrap(), "hunter2");
        assert_eq!(filled.get("WORDPRESS_DB_HOST").unwrap(), "db");
    }

    #[test]
    fn keys_of_the_whole_secret_count_where_no_variable_is_given() {
        let environment = [
            ("WPIMG_SECRET", "shop"),
            ("WORDPRESS_DB_USER", "given"),
            ("WORDPRESS_DB_NAME_FILE", "/given"),
            ("WORDPRESS_AUTH_KEY", "ssm:/given"),
        ];
        let whole = r#"{"WORDPRESS_DB_PASSWORD": "hunter2", "WORDPRESS_DB_USER": "no", "WORDPRESS_DB_NAME": "no",
                        "WORDPRESS_AUTH_KEY": "no", "PATH": "no", "WPIMG_HTTP_PORT": "no",
                        "WORDPRESS_DB_HOST_FILE": "no"}"#;
        let filled = filled(&environment.into(), &["key", whole]);
        assert_eq!(filled.get("WORDPRESS_DB_PASSWORD").unwrap(), "hunter2");
        assert_eq!(filled.get("WORDPRESS_DB_USER").unwrap(), "given");
        assert_eq!(filled.get("WORDPRESS_AUTH_KEY").unwrap(), "key");
        for name in [
            "WORDPRESS_DB_NAME",
            "PATH",
            "WPIMG_HTTP_PORT",
            "WORDPRESS_DB_HOST_FILE",
        ] {
            assert_eq!(filled.get(name), None, "{name}");
        }
    }
}
