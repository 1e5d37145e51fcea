//! References: texts that stand for a value kept elsewhere.
//!
//! ```text
//! arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[:KEY[:STAGE[:VERSION]]]     KEY and the rest may be empty
//! arn:aws:ssm:REGION:ACCOUNT:parameter/NAME[:VERSION or LABEL]
//! ssm:NAME[:VERSION or LABEL]                                                   in our own region
//! ```
//!
//! The first two are the `valueFrom` of an ECS task definition (Amazon ECS developer guide, "Pass sensitive data
//! to an ECS container"), so an entry moves from `secrets` to `environment` unchanged. ECS takes the bare name of a
//! parameter too; in an environment variable that could be any text, hence the prefix.

use std::fmt;

use thiserror::Error;

const SECRETS_MANAGER: &str = "secretsmanager";
const PARAMETER_STORE: &str = "ssm";
const NAME_PREFIX: &str = "ssm:";
const ACCOUNT_DIGITS: usize = 12;
/// `GetSecretValue` and `GetParameters` refuse longer ones.
const LONGEST: usize = 2048;

/// A value kept in AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub(crate) place: Place,
    /// The key of a JSON object, when the value is only a part of the secret.
    pub(crate) key: Option<String>,
}

/// What one call, or one of ten in a call, asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Secret(SecretVersion),
    Parameter(Parameter),
}

/// A secret of Secrets Manager, by default its current version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SecretVersion {
    /// `None`: the region the task runs in.
    pub(crate) region: Option<String>,
    /// Its ARN, or its name.
    pub(crate) id: String,
    pub(crate) version: Version,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Current,
    Stage(String),
    Id(String),
}

/// A parameter of Systems Manager's Parameter Store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Parameter {
    pub(crate) region: Option<String>,
    /// Its ARN or its name, perhaps with `:VERSION` or `:LABEL` behind.
    pub(crate) name: String,
}

/// Why a text that begins like a reference is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    #[error("the region is missing or has other characters than small letters, digits and dashes")]
    Region,
    #[error("the account is not a number of 12 digits")]
    Account,
    #[error("the part after the account is not `secret:NAME`")]
    NoSecret,
    #[error("the part after the account is not `parameter/NAME`")]
    NoParameter,
    #[error("the name is missing or has characters that no name may have")]
    Name,
    #[error("it names a version stage and a version id, and only one of them can count")]
    StageAndVersion,
    #[error("there is more than `:json-key:version-stage:version-id` after the name")]
    TooManyParts,
    #[error("it names a key, and here the whole secret is meant")]
    KeyOfWhole,
    #[error("it is longer than 2048 characters")]
    TooLong,
}

impl Reference {
    /// `None` when the text is a value itself.
    pub fn parse(text: &str) -> Option<Result<Self, ReferenceError>> {
        if let Some(name) = text.strip_prefix(NAME_PREFIX) {
            return Some(short_enough(text).and_then(|()| parameter(None, name, name)));
        }
        let mut parts = text.splitn(6, ':');
        let arn = parts.next()? == "arn" && is_partition(parts.next()?);
        let service = parts.next()?;
        if !arn || ![SECRETS_MANAGER, PARAMETER_STORE].contains(&service) {
            return None;
        }
        let (region, account) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let resource = parts.next().unwrap_or("");
        Some(short_enough(text).and_then(|()| {
            check_region(region)?;
            check_account(account)?;
            let region = Some(region.to_owned());
            if service == SECRETS_MANAGER {
                secret(region, text, resource)
            } else {
                let name = resource.strip_prefix("parameter/");
                parameter(region, name.ok_or(ReferenceError::NoParameter)?, text)
            }
        }))
    }

    /// A whole secret, by ARN or by name.
    pub fn whole_secret(text: &str) -> Result<Self, ReferenceError> {
        let reference = match Self::parse(text) {
            Some(reference) => reference?,
            None => {
                short_enough(text)?;
                check_name(text, "/_+=.@-!")?;
                Self {
                    place: Place::Secret(SecretVersion {
                        region: None,
                        id: text.to_owned(),
                        version: Version::Current,
                    }),
                    key: None,
                }
            }
        };
        match (&reference.place, &reference.key) {
            (Place::Secret(_), None) => Ok(reference),
            (Place::Secret(_), Some(_)) => Err(ReferenceError::KeyOfWhole),
            (Place::Parameter(_), _) => Err(ReferenceError::NoSecret),
        }
    }
}

/// `resource` is `secret:NAME` and up to three more parts; everything up to the name is the secret's ARN.
fn secret(region: Option<String>, text: &str, resource: &str) -> Result<Reference, ReferenceError> {
    let named = resource.strip_prefix("secret:");
    let mut parts = named.ok_or(ReferenceError::NoSecret)?.split(':');
    let name = parts.next().unwrap_or("");
    check_name(name, "/_+=.@-!")?;
    let mut optional = || parts.next().filter(|part| !part.is_empty());
    let (key, stage, version) = (optional(), optional(), optional());
    if parts.next().is_some() {
        return Err(ReferenceError::TooManyParts);
    }
    let version = match (stage, version) {
        (None, None) => Version::Current,
        (Some(stage), None) => Version::Stage(stage.to_owned()),
        (None, Some(id)) => Version::Id(id.to_owned()),
        (Some(_), Some(_)) => return Err(ReferenceError::StageAndVersion),
    };
    let behind_name = named.map_or(0, |named| named.len() - name.len());
    Ok(Reference {
        place: Place::Secret(SecretVersion {
            region,
            id: text[..text.len() - behind_name].to_owned(),
            version,
        }),
        key: key.map(str::to_owned),
    })
}

fn parameter(region: Option<String>, name: &str, whole: &str) -> Result<Reference, ReferenceError> {
    let (own, selector) = name.split_once(':').unwrap_or((name, "1"));
    check_name(own, "/_.-")?;
    check_name(selector, "_.-")?;
    Ok(Reference {
        place: Place::Parameter(Parameter {
            region,
            name: whole.to_owned(),
        }),
        key: None,
    })
}

fn is_partition(text: &str) -> bool {
    text == "aws" || text.starts_with("aws-")
}

fn short_enough(text: &str) -> Result<(), ReferenceError> {
    if text.len() > LONGEST {
        return Err(ReferenceError::TooLong);
    }
    Ok(())
}

fn check_region(region: &str) -> Result<(), ReferenceError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(allowed) {
        return Err(ReferenceError::Region);
    }
    Ok(())
}

fn check_account(account: &str) -> Result<(), ReferenceError> {
    if account.len() != ACCOUNT_DIGITS || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ReferenceError::Account);
    }
    Ok(())
}

fn check_name(name: &str, besides: &str) -> Result<(), ReferenceError> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || besides.contains(letter);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(ReferenceError::Name);
    }
    Ok(())
}

impl Place {
    pub(crate) fn region(&self) -> Option<&str> {
        let (Self::Secret(SecretVersion { region, .. })
        | Self::Parameter(Parameter { region, .. })) = self;
        region.as_deref()
    }
}

/// What to call it in a message.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(secret) => {
                write!(formatter, "secret `{}`", secret.id)?;
                match &secret.version {
                    Version::Current => Ok(()),
                    Version::Stage(stage) => write!(formatter, " in stage `{stage}`"),
                    Version::Id(id) => write!(formatter, " in version `{id}`"),
                }
            }
            Self::Parameter(parameter) => write!(formatter, "parameter `{}`", parameter.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf";
    const PARAMETER: &str = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shop/db";

    fn secret(version: Version, key: Option<&str>) -> Reference {
        Reference {
            place: Place::Secret(SecretVersion {
                region: Some("eu-west-1".to_owned()),
                id: SECRET.to_owned(),
                version,
            }),
            key: key.map(str::to_owned),
        }
    }

    #[test]
    fn a_secret_may_have_a_key_a_stage_and_a_version_behind_it() {
        let stage = || Version::Stage("AWSPREVIOUS".to_owned());
        let id = || Version::Id("9d4cb84b".to_owned());
        for (behind, expected) in [
            ("", secret(Version::Current, None)),
            (":password::", secret(Version::Current, Some("password"))),
            (":password", secret(Version::Current, Some("password"))),
            (":::", secret(Version::Current, None)),
            (":password:AWSPREVIOUS:", secret(stage(), Some("password"))),
            ("::AWSPREVIOUS:", secret(stage(), None)),
            (":password::9d4cb84b", secret(id(), Some("password"))),
            (":::9d4cb84b", secret(id(), None)),
        ] {
            assert_eq!(
                Reference::parse(&format!("{SECRET}{behind}")),
                Some(Ok(expected)),
                "{behind}"
            );
        }
    }

    #[test]
    fn a_parameter_is_named_by_its_arn_or_with_our_prefix() {
        for (text, region, name) in [
            (PARAMETER, Some("cn-north-1"), PARAMETER),
            ("ssm:/shop/db:3", None, "/shop/db:3"),
            ("ssm:password", None, "password"),
        ] {
            let place = Reference::parse(text).unwrap().unwrap().place;
            let (region, name) = (region.map(str::to_owned), name.to_owned());
            assert_eq!(place, Place::Parameter(Parameter { region, name }));
        }
    }

    #[test]
    fn what_begins_like_a_reference_and_is_none_is_refused() {
        use ReferenceError as E;
        let long = format!("ssm:/{}", "a".repeat(LONGEST));
        for (text, error) in [
            ("arn:aws:secretsmanager", E::Region),
            (
                "arn:aws:secretsmanager:eu west:123456789012:secret:a",
                E::Region,
            ),
            ("arn:aws:secretsmanager:eu-west-1::secret:a", E::Account),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:parameter/a",
                E::NoSecret,
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:",
                E::Name,
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a\n",
                E::Name,
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a:k:s:v",
                E::StageAndVersion,
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a:k:s::",
                E::TooManyParts,
            ),
            (
                "arn:aws:ssm:eu-west-1:123456789012:secret:a",
                E::NoParameter,
            ),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/", E::Name),
            ("ssm:", E::Name),
            ("ssm:/shop/db:", E::Name),
            ("ssm:/shop/db:3:4", E::Name),
            (&long, E::TooLong),
        ] {
            assert_eq!(Reference::parse(text), Some(Err(error)), "{text}");
        }
    }

    #[test]
    fn every_other_text_is_a_value() {
        for text in [
            "",
            "hunter2",
            "arn",
            "arn:aws:s3:::bucket",
            "arn:awsome:ssm:x",
            "SSM:/a",
            "/shop/db",
        ] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_whole_secret_goes_by_name_too_but_has_no_key() {
        let named = Reference::whole_secret("rds!db-1a2b").unwrap();
        assert_eq!(named.place.to_string(), "secret `rds!db-1a2b`");
        assert!(Reference::whole_secret(&format!("{SECRET}::AWSPREVIOUS:")).is_ok());
        let key = Reference::whole_secret(&format!("{SECRET}:password"));
        assert_eq!(key, Err(ReferenceError::KeyOfWhole));
        assert_eq!(
            Reference::whole_secret(PARAMETER),
            Err(ReferenceError::NoSecret)
        );
        assert_eq!(
            Reference::whole_secret("a secret"),
            Err(ReferenceError::Name)
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fall_over(text in "(arn:aws:(ssm|secretsmanager):|ssm:)?[a-z0-9:/\\pL -]{0,60}") {
            let _ = Reference::parse(&text);
            let _ = Reference::whole_secret(&text);
        }

        #[test]
        fn the_parts_of_a_secret_are_found_again(
            name in "[A-Za-z0-9/_+=.@-]{1,40}", key in "[^:]{0,10}", stage in "[A-Za-z]{0,10}",
        ) {
            let arn = format!("arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:{name}");
            let reference = Reference::parse(&format!("{arn}:{key}:{stage}:")).unwrap().unwrap();
            let version = if stage.is_empty() { Version::Current } else { Version::Stage(stage) };
            prop_assert_eq!(reference.key.unwrap_or_default(), key);
            let region = Some("us-gov-west-1".to_owned());
            prop_assert_eq!(reference.place, Place::Secret(SecretVersion { region, id: arn, version }));
        }
    }
}
