//! WordPress's own settings, with the names and rules of the official image.
//!
//! A variable that is not given stays absent: `wp-config.php` holds the defaults, and absent keys
//! make WordPress keep its own in the database, which all tasks share.

use super::{
    Environment, FileReader, Secret, SettingsError, php_variables, references, salts, site,
};

/// Variables besides the keys and salts.
const VARIABLES: [&str; 9] = [
    "WORDPRESS_DB_HOST",
    "WORDPRESS_DB_USER",
    "WORDPRESS_DB_PASSWORD",
    "WORDPRESS_DB_NAME",
    "WORDPRESS_DB_CHARSET",
    "WORDPRESS_DB_COLLATE",
    "WORDPRESS_TABLE_PREFIX",
    "WORDPRESS_DEBUG",
    "WORDPRESS_CONFIG_EXTRA",
];

/// The variable with the master secret for keys and salts.
const SALT_MASTER: &str = "WPIMG_SALT_MASTER";

/// Values by variable name, given or derived.
#[derive(Debug)]
pub(crate) struct WordPressSettings {
    values: Vec<(String, Secret)>,
}

impl WordPressSettings {
    pub(crate) fn resolve(
        environment: &Environment,
        files: FileReader<'_>,
    ) -> Result<Self, SettingsError> {
        let mut values = Vec::new();
        for name in VARIABLES {
            if let Some(value) = environment.value_or_file(name, files)? {
                if name == "WORDPRESS_TABLE_PREFIX" {
                    check_table_prefix(&value)?;
                }
                values.push((name.to_owned(), value));
            }
        }
        let master = environment.value_or_file(SALT_MASTER, files)?;
        if let Some(master) = &master {
            check_master(master)?;
        }
        for constant in salts::CONSTANTS {
            let name = format!("WORDPRESS_{constant}");
            let given = environment.value_or_file(&name, files)?;
            let derived = || {
                master
                    .as_ref()
                    .map(|master| salts::derive(master, constant))
            };
            if let Some(value) = given.or_else(derived) {
                values.push((name, value));
            }
        }
        values.extend(site::values(environment, files)?);
        for name in php_variables::names(environment)? {
            if let Some(value) = environment.value_or_file(&name, files)? {
                values.push((name, value));
            }
        }
        site::check_together(&values)?;
        Ok(Self { values })
    }

    /// Every value that was given or derived, by the name of its variable.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Whether a variable may carry one of these values and so must not reach a service.
    pub(crate) fn is_sensitive(environment: &Environment, name: &str) -> bool {
        name.starts_with("WORDPRESS_")
            || name.starts_with(SALT_MASTER)
            || site::lists(name)
            || name == references::WHOLE_SECRET
            || php_variables::lists(environment, name)
            || references::holds(environment, name)
    }
}

/// `wpdb::set_prefix()` refuses anything else, but only once a visitor comes.
fn check_table_prefix(prefix: &Secret) -> Result<(), SettingsError> {
    if prefix
        .expose()
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return Ok(());
    }
    Err(SettingsError::Invalid {
        variable: "WORDPRESS_TABLE_PREFIX",
        // It may be another secret, from a file that was named by mistake.
        value: format!("({} bytes)", prefix.expose().len()),
        expected: "letters, digits and underscores",
    })
}

fn check_master(master: &Secret) -> Result<(), SettingsError> {
    let length = master.expose().len();
    if length >= salts::SHORTEST_MASTER {
        return Ok(());
    }
    Err(SettingsError::TooShort {
        variable: SALT_MASTER,
        length,
        minimum: salts::SHORTEST_MASTER,
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    const MASTER: (&str, &str) = ("WPIMG_SALT_MASTER", "0123456789abcdef0123456789abcdef");

    fn resolve(environment: impl Into<Environment>) -> Result<WordPressSettings, SettingsError> {
        WordPressSettings::resolve(&environment.into(), &|_, _| {
            Err(io::ErrorKind::NotFound.into())
        })
    }

    fn value(settings: &WordPressSettings, name: &str) -> Option<Vec<u8>> {
        settings
            .values()
            .find(|(known, _)| *known == name)
            .map(|(_, v)| v.expose().to_vec())
    }

    #[test]
    fn without_variables_nothing_is_set_and_no_key_is_invented() {
        assert_eq!(resolve([]).unwrap().values().count(), 0);
    }

    #[test]
    fn a_master_secret_gives_all_eight_keys() {
        assert_eq!(resolve([MASTER]).unwrap().values().count(), 8);
    }

    #[test]
    fn a_given_key_wins_over_the_derived_one() {
        let settings = resolve([MASTER, ("WORDPRESS_NONCE_KEY", "given")]).unwrap();
        assert_eq!(value(&settings, "WORDPRESS_NONCE_KEY").unwrap(), b"given");
        assert_eq!(value(&settings, "WORDPRESS_AUTH_KEY").unwrap().len(), 64);
    }

    #[test]
    fn a_short_master_secret_is_refused_without_showing_it() {
        let error = resolve([("WPIMG_SALT_MASTER", "short")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`WPIMG_SALT_MASTER` is 5 bytes long, expected at least 32"
        );
        assert!(error.hint().is_some());
    }

    #[test]
    fn a_table_prefix_that_wordpress_would_refuse_is_refused_at_start() {
        let error = resolve([("WORDPRESS_TABLE_PREFIX", "wp-")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`WORDPRESS_TABLE_PREFIX` is `(3 bytes)`, expected letters, digits and underscores"
        );
    }

    #[test]
    fn every_variable_with_a_secret_is_kept_from_the_services() {
        for name in [
            "WORDPRESS_DB_PASSWORD",
            "WORDPRESS_DB_PASSWORD_FILE",
            "WPIMG_SALT_MASTER_FILE",
            "WPIMG_REDIS_PASSWORD",
            "WPIMG_INSTALL_ADMIN_PASSWORD_FILE",
        ] {
            assert!(WordPressSettings::is_sensitive(&[].into(), name), "{name}");
        }
        assert!(!WordPressSettings::is_sensitive(
            &[].into(),
            "WPIMG_HTTP_PORT"
        ));
    }

    #[test]
    fn variables_of_the_site_that_the_image_lists_become_values_and_are_kept_from_the_services() {
        let environment: Environment = [
            ("WPIMG_PHP_VARIABLES", "DB_PASSWORD MAIL_KEY"),
            ("DB_PASSWORD", "hunter2"),
            ("DB_USER", "not listed"),
        ]
        .into();
        let settings = resolve(environment.clone()).unwrap();
        assert_eq!(value(&settings, "DB_PASSWORD").unwrap(), b"hunter2");
        assert_eq!(settings.values().count(), 1);
        assert!(WordPressSettings::is_sensitive(&environment, "DB_PASSWORD"));
        assert!(!WordPressSettings::is_sensitive(&environment, "DB_USER"));
    }

    #[test]
    fn wp_config_reads_every_setting_and_help_names_it_with_its_default() {
        let wp_config = include_str!("../../../docker/rootfs/var/www/html/wp-config.php");
        let help = crate::arguments::help();
        for name in VARIABLES {
            let call = format!("wpimg_setting( '{name}', '");
            let (_, rest) = wp_config.split_once(&call).expect(name);
            let (default, _) = rest.split_once('\'').unwrap();
            let (_, rest) = help.split_once(&format!("\n  {name} ")).expect(name);
            let (line, _) = rest.split_once('\n').unwrap();
            let default = if default.is_empty() { "empty" } else { default };
            assert!(line.contains(&format!("({default}")), "{name}: {line}");
        }
    }
}
