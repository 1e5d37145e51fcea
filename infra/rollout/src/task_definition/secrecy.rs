//! Which values are not for a terminal or a build log.
//!
//! A guess by the name, and wrong on the safe side: what is hidden in vain costs a look into the console.

/// Nobody has these in the name of anything harmless.
const ANYWHERE: [&str; 8] = [
    "apikey",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "private",
    "secret",
    "token",
];

/// Too short to be looked for inside of words: `KEYBOARD`, `COMPASS`.
const WORDS: [&str; 9] = [
    "auth",
    "dsn",
    "key",
    "keys",
    "pass",
    "pwd",
    "salt",
    "salts",
    "signature",
];

/// PHP code in which sites define their licence keys.
const CODE: &str = "WORDPRESS_CONFIG_EXTRA";

/// Whether the value under this name is better not shown.
pub(super) fn looks_secret(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    name == CODE
        || ANYWHERE.iter().any(|part| lower.contains(part))
        || words.any(|word| WORDS.contains(&word))
        || has_password(value)
}

/// Whether it is an address with a password in it, `scheme://user:password@host`.
fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .is_some_and(|(user, _)| user.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn what_looks_like_a_secret_is_told_from_what_does_not() {
        let cases = [
            ("WORDPRESS_DB_PASSWORD", "x", true),
            ("MYSQL_PASSWD", "x", true),
            ("dbPassword", "x", true),
            ("WORDPRESS_AUTH_KEY", "x", true),
            ("NONCE_SALT", "x", true),
            ("SMTP_PASS", "x", true),
            ("splunk-token", "x", true),
            ("STRIPE_APIKEY", "x", true),
            ("AWS_SECRET_ACCESS_KEY", "x", true),
            ("SENTRY_DSN", "x", true),
            ("WORDPRESS_CONFIG_EXTRA", "define('A', 'b');", true),
            ("REDIS_URL", "rediss://user:pass@cache:6379/0", true),
            ("REDIS_URL", "rediss://:pass@cache:6379/0", true),
            ("REDIS_URL", "rediss://cache:6379/0", false),
            ("HOME_URL", "https://shop.example/a:b@c", false),
            ("KEYBOARD", "x", false),
            ("COMPASS_AUTHOR", "x", false),
            ("WORDPRESS_DB_HOST", "db:3306", false),
            ("WP_DEBUG", "1", false),
        ];
        for (name, value, expected) in cases {
            assert_eq!(looks_secret(name, value), expected, "{name}={value}");
        }
    }
}
