//! Which settings are in the secret that `WPIMG_SECRET` names.
//!
//! Keys that are names of variables stand for themselves. Beside them, or instead, the object that RDS and Secrets
//! Manager's rotation write for a database is understood (AWS Secrets Manager user guide, "JSON structure of
//! secrets": `engine`, `host`, `username`, `password`, `dbname`, `port`); its keys count where no variable does.

use wpimg_secrets::{Entry, Value};

use super::SettingsError;
use super::references::WHOLE_SECRET;

/// Databases that WordPress can talk to, as RDS spells them.
const ENGINES: [&str; 4] = ["mysql", "mariadb", "aurora", "aurora-mysql"];

/// Settings by the name of their variable; the one that counts comes last.
pub(super) fn settings(entries: Vec<Entry>) -> Result<Vec<(String, Value)>, SettingsError> {
    let mut settings = database(&entries)?;
    let variables = entries.into_iter().map(|entry| (entry.key, entry.value));
    settings.extend(variables.filter(|(name, _)| is_variable(name)));
    Ok(settings)
}

/// Capital letters, as no key of RDS has them.
fn is_variable(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !key.is_empty() && key.bytes().all(allowed)
}

fn database(entries: &[Entry]) -> Result<Vec<(String, Value)>, SettingsError> {
    let find = |key: &str| {
        let entry = entries.iter().find(|entry| entry.key == key)?;
        Some(entry.value.clone())
    };
    // Others have a `host` or a `port` too.
    if find("username").is_none() || find("password").is_none() {
        return Ok(Vec::new());
    }
    if let Some(engine) = find("engine")
        && !ENGINES.contains(&engine.expose())
    {
        return Err(SettingsError::Engine {
            variable: WHOLE_SECRET,
            engine: engine.expose().to_owned(),
        });
    }
    let host = find("host").map(|host| match find("port") {
        Some(port) => Value::new(format!("{}:{}", host.expose(), port.expose())),
        None => host,
    });
    let settings = [
        ("WORDPRESS_DB_USER", find("username")),
        ("WORDPRESS_DB_PASSWORD", find("password")),
        ("WORDPRESS_DB_HOST", host),
        ("WORDPRESS_DB_NAME", find("dbname")),
    ];
    let given = settings
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(given.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use wpimg_secrets::entries;

    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let settings = settings(entries(text).unwrap()).unwrap();
        let found: BTreeMap<&str, &str> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()))
            .collect();
        assert_eq!(found, expected.iter().copied().collect(), "{text}");
    }

    #[test]
    fn the_object_that_rds_writes_gives_the_database() {
        check(
            r#"{"username": "shop", "password": "hunter2", "engine": "mariadb", "host": "db.example", "port": 3307,
                "dbname": "shop", "dbInstanceIdentifier": "shop-1"}"#,
            &[
                ("WORDPRESS_DB_HOST", "db.example:3307"),
                ("WORDPRESS_DB_NAME", "shop"),
                ("WORDPRESS_DB_PASSWORD", "hunter2"),
                ("WORDPRESS_DB_USER", "shop"),
            ],
        );
        // What RDS itself manages has no more than these two.
        check(
            r#"{"username": "shop", "password": "hunter2"}"#,
            &[
                ("WORDPRESS_DB_PASSWORD", "hunter2"),
                ("WORDPRESS_DB_USER", "shop"),
            ],
        );
    }

    #[test]
    fn names_of_variables_count_before_the_keys_of_rds() {
        check(
            r#"{"username": "shop", "password": "no", "WORDPRESS_DB_PASSWORD": "yes", "MAIL_KEY": "k"}"#,
            &[
                ("MAIL_KEY", "k"),
                ("WORDPRESS_DB_PASSWORD", "yes"),
                ("WORDPRESS_DB_USER", "shop"),
            ],
        );
    }

    #[test]
    fn a_host_alone_is_not_a_database() {
        check(r#"{"host": "mail.example", "port": 25}"#, &[]);
    }

    #[test]
    fn a_database_that_wordpress_cannot_use_is_refused() {
        let text = r#"{"username": "shop", "password": "hunter2", "engine": "postgres"}"#;
        let error = settings(entries(text).unwrap()).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("postgres") && message.contains("WPIMG_SECRET"),
            "{message}"
        );
        assert!(!message.contains("hunter2"));
    }
}
