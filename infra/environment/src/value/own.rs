//! Names of sites and environments, regions, accounts and profiles.

use toml::{Spanned, de::DeValue};

use super::{Refusal, ValueError, pattern};
use crate::catalog::Own;

/// Groups of letters and digits with one hyphen between, the first one a letter. CloudFormation takes more hyphens, but makes
/// the database's identifier from the stack's name, and RDS takes no two in a row (CreateDBInstance, DBInstanceIdentifier).
const SITE_NAME: &str = "^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$";

/// `NAME-data` is the name of AWS Backup's plan, for which 50 characters are the most (AWS Backup API reference,
/// "BackupPlanInput").
const LONGEST_SITE_NAME: usize = 45;

/// What an environment may be called, as it becomes the end of a site's name.
pub(crate) const ENVIRONMENT_NAME: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// Such as `eu-west-1` and `us-gov-west-1`.
const REGION: &str = "^[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}$";

const ACCOUNT: &str = "^[0-9]{12}$";

/// What the text of a key of wpimg's own matches, where there is a pattern for it.
pub(crate) fn own_pattern(own: Own) -> Option<&'static str> {
    match own {
        Own::Name => Some(SITE_NAME),
        Own::Region => Some(REGION),
        Own::Account => Some(ACCOUNT),
        Own::Profile | Own::Tags => None,
    }
}

/// What such a key's value has to be.
pub(crate) fn own_expected(own: Own) -> &'static str {
    match own {
        Own::Name => "letters, digits and single hyphens between them, with a letter first",
        Own::Region => "a region such as eu-west-1",
        Own::Account => "the 12 digits of an account",
        Own::Profile => "the name of a profile",
        Own::Tags => "a table of texts",
    }
}

/// The value of a key of wpimg's own that is a text.
pub(crate) fn own_value(own: Own, value: &Spanned<DeValue<'_>>) -> Result<String, Refusal> {
    let Some(text) = value.get_ref().as_str() else {
        let expected = match own {
            // As a number it would lose its leading zeros.
            Own::Account => "a text of 12 digits",
            Own::Name | Own::Region | Own::Profile => "a text",
            Own::Tags => own_expected(own),
        };
        return Err(Refusal::of_type(value, expected));
    };
    let checked = match own {
        Own::Name => site_name(text),
        Own::Region | Own::Account => fits(own, text),
        Own::Profile if text.is_empty() => Err(ValueError::Empty),
        Own::Profile if text.chars().any(char::is_control) => Err(ValueError::ControlCharacter),
        Own::Profile | Own::Tags => Ok(()),
    };
    match checked {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => Err(Refusal::of_value(value, error)),
    }
}

/// Refuses what cannot be the beginning of the names of stacks.
pub(crate) fn site_name(text: &str) -> Result<(), ValueError> {
    fits(Own::Name, text)?;
    if text.len() > LONGEST_SITE_NAME {
        return Err(ValueError::NameTooLong {
            text: text.to_owned(),
            limit: LONGEST_SITE_NAME,
        });
    }
    // CloudFormation begins the names of security groups with the stack's (CreateSecurityGroup, GroupName).
    if text.starts_with("sg-") {
        return Err(ValueError::SecurityGroupName {
            text: text.to_owned(),
        });
    }
    Ok(())
}

/// Refuses what cannot be the name of an environment.
pub(crate) fn environment_name(text: &str) -> Result<(), ValueError> {
    if pattern::matches(ENVIRONMENT_NAME, text) {
        return Ok(());
    }
    Err(ValueError::Unfit {
        text: text.to_owned(),
        expected: "lower-case letters, digits and single hyphens between them".into(),
        nearest: None,
    })
}

fn fits(own: Own, text: &str) -> Result<(), ValueError> {
    if own_pattern(own).is_none_or(|pattern| pattern::matches(pattern, text)) {
        return Ok(());
    }
    Err(ValueError::Unfit {
        text: text.to_owned(),
        expected: own_expected(own).into(),
        nearest: None,
    })
}
