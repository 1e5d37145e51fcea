//! Which further variables a site's own code reads: those of a Composer project such as Bedrock.
//!
//! A worker of php-fpm sees nothing of the container's environment, and a secret must not be in one.
//! So the values go the way of WordPress's own settings: into a file each, which PHP reads.

use std::ffi::OsStr;

use super::{Environment, SettingsError};

/// The variable with the names, as the image sets it.
const VARIABLE: &str = "WPIMG_PHP_VARIABLES";

/// More is no list that anybody wrote.
const MOST: usize = 200;

/// The names that [`VARIABLE`] lists, with spaces or commas between them.
pub(super) fn names(environment: &Environment) -> Result<Vec<String>, SettingsError> {
    let text = environment.get(VARIABLE).unwrap_or_default();
    let invalid = |value: &str| SettingsError::Invalid {
        variable: VARIABLE,
        value: value.to_owned(),
        expected: "up to 200 names of variables, in capital letters, digits and underscores",
    };
    let text = text
        .to_str()
        .ok_or_else(|| invalid(&text.to_string_lossy()))?;
    let mut names: Vec<String> = Vec::new();
    for name in split(text) {
        if !is_name(name) || names.len() == MOST {
            return Err(invalid(name));
        }
        // Those have a meaning and a file of their own.
        if !name.starts_with("WORDPRESS_") && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Whether the variable carries one of these values, itself or as `NAME_FILE`.
pub(super) fn lists(environment: &Environment, name: &str) -> bool {
    let listed = environment.get(VARIABLE).and_then(OsStr::to_str);
    let own = name.strip_suffix("_FILE").unwrap_or(name);
    split(listed.unwrap_or_default()).any(|listed| listed == own || listed == name)
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n', '\t'])
        .filter(|name| !name.is_empty())
}

/// A name is a file's name too.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(allowed)
        && !name.starts_with("WPIMG_")
        && !name.ends_with("_FILE")
        && name != "PATH"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Result<Vec<String>, String> {
        names(&[(VARIABLE, text)].into()).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_taken_once_each_and_wordpress_settings_keep_their_own_way() {
        let found = named("WP_HOME, WP_ENV DB_PASSWORD WP_HOME WORDPRESS_DB_HOST").unwrap();
        assert_eq!(found, ["WP_HOME", "WP_ENV", "DB_PASSWORD"]);
        assert_eq!(names(&[].into()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_a_variable_of_the_site_is_refused_by_name() {
        for wrong in ["../x", "wp_home", "PATH", "WPIMG_RUN_DIR", "KEY_FILE", "1A"] {
            let message = named(wrong).unwrap_err();
            assert!(
                message.contains(wrong) && message.contains(VARIABLE),
                "{message}"
            );
        }
        let many: Vec<String> = (0..=MOST).map(|number| format!("V{number}")).collect();
        assert!(named(&many.join(" ")).is_err());
    }

    #[test]
    fn a_listed_variable_is_known_in_both_its_forms() {
        let environment = [(VARIABLE, "DB_PASSWORD WP_HOME")].into();
        for name in ["DB_PASSWORD", "DB_PASSWORD_FILE", "WP_HOME"] {
            assert!(lists(&environment, name), "{name}");
        }
        assert!(!lists(&environment, "DB_USER"));
        assert!(!lists(&[].into(), "DB_PASSWORD"));
    }
}
