//! Settings of WordPress that the official image does not have: addresses, TLS to the database, the object
//! cache, networks of sites, and the installation.
//!
//! Each goes the way of the official image's variables: into a file that PHP reads. What is wrong is found
//! here, at start, and not by the first visitor. An empty value counts as unset.

use super::{Environment, FileReader, Secret, SettingsError, rule::Rule};

/// A variable and what it may hold.
struct SiteVariable {
    name: &'static str,
    rule: Rule,
}

const fn site(name: &'static str, rule: Rule) -> SiteVariable {
    SiteVariable { name, rule }
}

const VARIABLES: &[SiteVariable] = &[
    site("WPIMG_HOME", Rule::Address),
    site("WPIMG_SITEURL", Rule::Address),
    site(
        "WPIMG_DATABASE_TLS",
        Rule::OneOf(&["off", "encrypt", "verify"], "off, encrypt or verify"),
    ),
    site("WPIMG_DATABASE_CA", Rule::Certificates),
    site("WPIMG_DATABASE_UPGRADE", Rule::Switch),
    site("WPIMG_REDIS_HOST", Rule::Host),
    site(
        "WPIMG_REDIS_PORT",
        Rule::Number(1, 65535, "a port from 1 to 65535"),
    ),
    site("WPIMG_REDIS_USER", Rule::Text),
    site("WPIMG_REDIS_PASSWORD", Rule::Hidden),
    site(
        "WPIMG_REDIS_DATABASE",
        Rule::Number(0, 9999, "a number from 0 to 9999"),
    ),
    site("WPIMG_REDIS_PREFIX", Rule::Text),
    site("WPIMG_REDIS_TLS", Rule::Switch),
    site(
        "WPIMG_MULTISITE",
        Rule::OneOf(
            &["off", "allow", "subdirectories", "subdomains"],
            "off, allow, subdirectories or subdomains",
        ),
    ),
    site("WPIMG_MULTISITE_DOMAIN", Rule::Host),
    site("WPIMG_MEMORY_LIMIT", Rule::Memory),
    site("WPIMG_MAX_MEMORY_LIMIT", Rule::Memory),
    site("WPIMG_FILE_MODS", Rule::Switch),
    site("WPIMG_CRON", Rule::OneOf(CRON, CRON_EXPECTED)),
    site(INSTALL, Rule::Switch),
    site("WPIMG_INSTALL_TITLE", Rule::Text),
    site("WPIMG_INSTALL_URL", Rule::Address),
    site("WPIMG_INSTALL_ADMIN_USER", Rule::Text),
    site("WPIMG_INSTALL_ADMIN_PASSWORD", Rule::Hidden),
    site("WPIMG_INSTALL_ADMIN_EMAIL", Rule::Mail),
];

/// Who runs what is due: PID 1, nobody, or WordPress itself while it serves a visitor.
pub(super) const CRON: &[&str] = &["on", "off", "visitors"];
pub(super) const CRON_EXPECTED: &str = "on, off or visitors";

const INSTALL: &str = "WPIMG_INSTALL";

/// What `WPIMG_INSTALL` needs: one of each.
const INSTALL_NEEDS: [&[&str]; 4] = [
    // The last is that of a Composer project.
    &["WPIMG_INSTALL_URL", "WPIMG_HOME", "WP_HOME"],
    &["WPIMG_INSTALL_ADMIN_USER"],
    &["WPIMG_INSTALL_ADMIN_PASSWORD"],
    &["WPIMG_INSTALL_ADMIN_EMAIL"],
];

/// A network needs the name of its main site.
const NETWORK_NEEDS: &[&str] = &["WPIMG_MULTISITE_DOMAIN", "WPIMG_HOME"];

/// Every value that was given, in the form that PHP expects.
pub(super) fn values(
    environment: &Environment,
    files: FileReader<'_>,
) -> Result<Vec<(String, Secret)>, SettingsError> {
    let mut values = Vec::new();
    for variable in VARIABLES {
        let given = environment.value_or_file(variable.name, files)?;
        let Some(given) = given.filter(|given| !given.expose().is_empty()) else {
            continue;
        };
        let value =
            variable
                .rule
                .normalised(&given)
                .map_err(|expected| SettingsError::Invalid {
                    variable: variable.name,
                    value: shown(environment, variable, &given),
                    expected,
                })?;
        values.push((variable.name.to_owned(), value));
    }
    Ok(values)
}

/// Finds what one setting needs and nobody gave. Takes all settings, those of a Composer project included.
pub(super) fn check_together(values: &[(String, Secret)]) -> Result<(), SettingsError> {
    let value = |name: &str| {
        let found = values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.expose())
    };
    let missing = |needed: &'static [&str], because| match needed {
        [first, ..] if !needed.iter().any(|name| value(name).is_some()) => {
            Err(SettingsError::MissingBeside {
                variable: first,
                because,
            })
        }
        _ => Ok(()),
    };
    if value(INSTALL) == Some(b"1") {
        for needed in INSTALL_NEEDS {
            missing(needed, INSTALL)?;
        }
    }
    if let Some(b"subdirectories" | b"subdomains") = value("WPIMG_MULTISITE") {
        missing(NETWORK_NEEDS, "WPIMG_MULTISITE")?;
    }
    Ok(())
}

/// Whether the variable carries one of these values, itself or as `NAME_FILE`.
pub(super) fn lists(name: &str) -> bool {
    let own = name.strip_suffix("_FILE").unwrap_or(name);
    VARIABLES.iter().any(|variable| variable.name == own)
}

/// What the message shows: only what stands in the variable itself and is no password.
fn shown(environment: &Environment, variable: &SiteVariable, given: &Secret) -> String {
    let plain = environment
        .get(variable.name)
        .filter(|value| value.as_encoded_bytes() == given.expose());
    match plain {
        Some(value) if variable.rule.may_be_shown() => value.to_string_lossy().into_owned(),
        // It may be another secret, from a file that was named by mistake.
        _ => format!("({} bytes)", given.expose().len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::read_file;

    fn resolved<const N: usize>(
        environment: [(&str, &str); N],
    ) -> Result<Vec<(String, String)>, String> {
        let values = values(&environment.into(), &read_file).map_err(|error| error.to_string())?;
        check_together(&values).map_err(|error| error.to_string())?;
        let text = |value: &Secret| String::from_utf8(value.expose().to_vec()).unwrap();
        Ok(values
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect())
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_name_and_what_was_expected() {
        for (name, value) in [
            ("WPIMG_HOME", "shop.example"),
            ("WPIMG_SITEURL", "https://shop.example/?a=1"),
            ("WPIMG_DATABASE_TLS", "yes"),
            ("WPIMG_REDIS_HOST", "redis:6379/0"),
            ("WPIMG_REDIS_PORT", "0"),
            ("WPIMG_REDIS_TLS", "maybe"),
            ("WPIMG_MULTISITE", "on"),
            ("WPIMG_MEMORY_LIMIT", "256MB"),
            ("WPIMG_FILE_MODS", "2"),
            ("WPIMG_CRON", "sometimes"),
            ("WPIMG_INSTALL_ADMIN_EMAIL", "keeper"),
        ] {
            let message = resolved([(name, value)]).unwrap_err();
            assert!(
                message.contains(name) && message.contains(value) && message.contains("expected"),
                "{message}"
            );
        }
    }

    #[test]
    fn what_came_from_a_file_is_not_shown() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("wrong");
        std::fs::write(&file, "hunter2").unwrap();
        let message = resolved([("WPIMG_DATABASE_CA_FILE", file.to_str().unwrap())]).unwrap_err();
        assert!(
            message.contains("WPIMG_DATABASE_CA") && !message.contains("hunter2"),
            "{message}"
        );
        let message = resolved([("WPIMG_REDIS_PASSWORD", "two\nlines")]).unwrap_err();
        assert!(!message.contains("two"), "{message}");
    }

    #[test]
    fn values_are_written_in_one_form() {
        let given = [
            ("WPIMG_HOME", "https://shop.example/"),
            ("WPIMG_REDIS_TLS", "on"),
            ("WPIMG_FILE_MODS", "false"),
            ("WPIMG_MULTISITE", ""),
        ];
        let expected = [
            ("WPIMG_HOME", "https://shop.example"),
            ("WPIMG_REDIS_TLS", "1"),
            ("WPIMG_FILE_MODS", "0"),
        ];
        assert_eq!(
            resolved(given).unwrap(),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn an_installation_says_what_it_lacks() {
        let mut given = vec![("WPIMG_INSTALL", "1")];
        for (name, value) in [
            ("WPIMG_INSTALL_URL", "http://shop.example"),
            ("WPIMG_INSTALL_ADMIN_USER", "keeper"),
            ("WPIMG_INSTALL_ADMIN_PASSWORD", "hunter2"),
            ("WPIMG_INSTALL_ADMIN_EMAIL", "keeper@shop.example"),
        ] {
            let environment = given.iter().map(|(n, v)| ((*n).into(), (*v).into()));
            let values = values(&environment.collect(), &read_file).unwrap();
            let error = check_together(&values).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{name}` is missing, which `WPIMG_INSTALL` needs")
            );
            given.push((name, value));
        }
        let environment = given.iter().map(|(n, v)| ((*n).into(), (*v).into()));
        check_together(&values(&environment.collect(), &read_file).unwrap()).unwrap();
    }

    #[test]
    fn a_network_needs_a_domain() {
        let network = ("WPIMG_MULTISITE", "subdomains");
        assert!(
            resolved([network])
                .unwrap_err()
                .contains("WPIMG_MULTISITE_DOMAIN")
        );
        resolved([network, ("WPIMG_HOME", "https://shop.example")]).unwrap();
    }

    #[test]
    fn php_reads_every_one_of_them_and_help_names_it() {
        let php = [
            include_str!("../../../docker/rootfs/var/www/html/wp-config.php"),
            include_str!("../../../docker/rootfs/usr/share/wpimg/database.php"),
            include_str!("../../../docker/rootfs/usr/share/wpimg/jobs/database.php"),
        ]
        .concat();
        let help = crate::arguments::help();
        for SiteVariable { name, .. } in VARIABLES {
            assert!(php.contains(&format!("'{name}'")), "{name}");
            assert!(help.contains(&format!("\n  {name}")), "{name}");
        }
    }
}
