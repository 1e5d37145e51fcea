//! Every variable there is, with its default and meaning: the one table behind `--help` and `entrypoint/README.md`.

use std::fmt::Write as _;

use super::site_reference;

/// Variables that belong together.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// What holds for all of them.
    pub(crate) note: &'static str,
    pub(crate) variables: &'static [Variable],
}

/// One variable.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// As it would be written, or what counts instead, in words.
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    /// The first version that knows it.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only the table in the README has it")
    )]
    pub(crate) since: &'static str,
}

pub(super) const fn variable(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Variable {
    Variable {
        name,
        default,
        meaning,
        since: "0.1.0",
    }
}

pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "Settings of WordPress",
        note: "As in the official image. Each may be given as NAME_FILE instead, with the path of a file that holds the \
               value; to give both is an error. Instead of a value, a variable may hold a reference: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME` with \
               `:KEY:STAGE:VERSION` behind it as far as wanted, `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`, or `ssm:NAME` \
               for a parameter in the task's own region. What is in a file is never taken for a reference.",
        variables: &[
            variable(
                "WORDPRESS_DB_HOST",
                "mysql",
                "Host, host:port or host:/path/of/socket of the database",
            ),
            variable(
                "WORDPRESS_DB_USER",
                "example username",
                "User of the database",
            ),
            variable(
                "WORDPRESS_DB_PASSWORD",
                "example password",
                "The user's password",
            ),
            variable("WORDPRESS_DB_NAME", "wordpress", "Name of the database"),
            variable(
                "WORDPRESS_DB_CHARSET",
                "utf8",
                "Character set of new tables",
            ),
            variable(
                "WORDPRESS_DB_COLLATE",
                "empty",
                "Collation of new tables; empty: as the charset has it",
            ),
            variable(
                "WORDPRESS_TABLE_PREFIX",
                "wp_",
                "Letters, digits and underscores before the name of each table",
            ),
            variable(
                "WORDPRESS_DEBUG",
                "empty",
                "Anything but an empty value and 0 sets WP_DEBUG",
            ),
            variable(
                "WORDPRESS_CONFIG_EXTRA",
                "empty",
                "Lines of PHP for wp-config.php",
            ),
            variable(
                "WORDPRESS_AUTH_KEY, _SECURE_AUTH_KEY, _LOGGED_IN_KEY, _NONCE_KEY, \
                 WORDPRESS_AUTH_SALT, _SECURE_AUTH_SALT, _LOGGED_IN_SALT, _NONCE_SALT",
                "derived from WPIMG_SALT_MASTER, else kept in the database",
                "Keys and salts of cookies and nonces",
            ),
            variable(
                "WPIMG_SALT_MASTER",
                "none",
                "One secret of at least 32 bytes from which missing keys are derived",
            ),
            variable(
                "WPIMG_SECRET",
                "none",
                "Name or ARN of a JSON secret whose keys are names of variables, or of the one that RDS writes; given variables win",
            ),
            variable(
                "WPIMG_SECRETS_REFRESH",
                "5m where anything is fetched, else 0",
                "Time between two fetches, as in 90s, 5m or 1h, from 10s to 24h; 0 is never",
            ),
            variable(
                "WPIMG_PHP_VARIABLES",
                "none",
                "Names of further variables for PHP, which finds them in $_ENV of a Composer project",
            ),
        ],
    },
    site_reference::GROUP,
    Group {
        title: "Settings of the container",
        note: "",
        variables: &[
            variable(
                "WPIMG_HTTP_PORT",
                "8080",
                "Port nginx listens on, 1 to 65535",
            ),
            variable(
                "WPIMG_UPLOAD_LIMIT",
                "64M",
                "Largest upload for nginx and PHP alike, with K, M or G; up to 16G",
            ),
            variable(
                "WPIMG_PHP_WORKERS",
                "four per processor and at least 5, as far as 64M each beside opcache and 64M fit into the memory",
                "Number of PHP workers, 1 to 1000",
            ),
            variable(
                "WPIMG_PHP_PM",
                "static",
                "When php-fpm starts workers: `static` all at start, `dynamic` with the load, `ondemand` none before a request",
            ),
            variable(
                "WPIMG_PHP_MAX_REQUESTS",
                "1000",
                "Requests after which a worker is replaced, 0 to 1000000; 0 means never",
            ),
            variable(
                "WPIMG_PHP_MEMORY_LIMIT",
                "256M",
                "What one request may take (PHP's memory_limit), with K, M or G; up to 16G",
            ),
            variable(
                "WPIMG_OPCACHE_MEMORY",
                "an eighth of the memory, from 64M to 192M",
                "Memory for compiled PHP, which all workers share, from 8M to 4G",
            ),
            variable(
                "WPIMG_TRUSTED_PROXIES",
                "none",
                "Networks, such as 10.0.0.0/16, whose X-Forwarded-For is believed: load balancers in front of the container",
            ),
            variable(
                "WPIMG_METRICS",
                "on where ECS runs the container, else off",
                "`on`, `off`, or the seconds between two reports: numbers for CloudWatch as a log line (embedded metric format)",
            ),
            variable(
                "WPIMG_METRICS_NAMESPACE",
                "wpimg",
                "Namespace of these metrics; their dimensions are Cluster and Service",
            ),
            variable(
                "WPIMG_STOP_TIMEOUT",
                "25",
                "Seconds from the stop signal to the end, 1 to 3600",
            ),
            variable(
                "WPIMG_DRAIN_DELAY",
                "0",
                "Seconds of these to serve on with a failing /healthz",
            ),
            variable(
                "WPIMG_READY_DATABASE",
                "0",
                "1: /readyz also fails while WordPress cannot use its database",
            ),
            variable(
                "WPIMG_LOG_FORMAT",
                "json on ECS, else plain",
                "`plain` names the source before each line, `json` makes each line an object; the access log is JSON in both",
            ),
            variable(
                "WPIMG_UPLOADS",
                "/var/www/html/wp-content/uploads",
                "Directory that the workers may write to; images of Composer projects set it",
            ),
            variable(
                "WPIMG_WRITABLE",
                "none",
                "Further directories that the workers may write to, separated by colons",
            ),
            variable(
                "WPIMG_OWNERSHIP_WAIT",
                "2, and 0 where the directory itself is right",
                "Seconds that visitors wait at most while directories are given to the workers, 0 to 3600; \
                 the rest is done while they are served",
            ),
            variable(
                "WPIMG_DATABASE_WAIT",
                "60",
                "Seconds to wait for the database at start, 0 to 3600; 0: do not even look",
            ),
            variable(
                "WPIMG_CRON_TIMEOUT",
                "300",
                "Seconds that a run of cron may take, 10 to 3600",
            ),
            variable(
                "WPIMG_RUN_DIR",
                "/run/wpimg, else /dev/shm/wpimg, /tmp/wpimg",
                "The one writable directory",
            ),
        ],
    },
];

/// How wide `--help` is.
const WIDTH: usize = 100;
/// Where meanings begin in it.
const INDENT: usize = 27;

/// The table of `--help`.
pub(crate) fn as_text() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let _ = writeln!(text, "{}:", group.title);
        if !group.note.is_empty() {
            write_wrapped(&mut text, group.note, 2);
        }
        for Variable {
            name,
            default,
            meaning,
            ..
        } in group.variables
        {
            // Names that do not fit stand on lines of their own.
            if name.len() + 3 > INDENT {
                write_wrapped(&mut text, name, 2);
                text.push_str(&" ".repeat(INDENT));
            } else {
                let _ = write!(text, "  {name:width$}", width = INDENT - 2);
            }
            let mut cell = String::new();
            write_wrapped(&mut cell, &format!("{meaning} ({default})"), INDENT);
            text.push_str(cell.trim_start());
        }
        text.push('\n');
    }
    text.pop();
    text
}

/// Lines of at most [`WIDTH`] characters, each indented.
fn write_wrapped(text: &mut String, words: &str, indent: usize) {
    let mut column = 0;
    for word in words.split_whitespace() {
        if column > 0 && column + 1 + word.len() <= WIDTH {
            text.push(' ');
            column += 1 + word.len();
        } else {
            if column > 0 {
                text.push('\n');
            }
            text.push_str(&" ".repeat(indent));
            column = indent + word.len();
        }
        text.push_str(word);
    }
    text.push('\n');
}

/// The tables of `entrypoint/README.md`.
#[cfg(test)]
fn as_markdown() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let _ = writeln!(text, "### {}\n", group.title);
        if !group.note.is_empty() {
            let _ = writeln!(text, "{}\n", group.note);
        }
        text.push_str("| Variable | Default | Meaning | Since |\n| --- | --- | --- | --- |\n");
        for Variable {
            name,
            default,
            meaning,
            since,
        } in group.variables
        {
            let names: Vec<String> = name.split(", ").map(|name| format!("`{name}`")).collect();
            let _ = writeln!(
                text,
                "| {} | {default} | {meaning} | {since} |",
                names.join(", ")
            );
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_this_table() {
        const BEGIN: &str = "<!-- variables: begin -->\n";
        const END: &str = "<!-- variables: end -->";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = std::fs::read_to_string(path).unwrap();
        let (before, rest) = readme.split_once(BEGIN).unwrap();
        let (table, after) = rest.split_once(END).unwrap();
        if std::env::var_os("WPIMG_WRITE_REFERENCE").is_some() {
            let readme = format!("{before}{BEGIN}{}{END}{after}", as_markdown());
            std::fs::write(path, readme).unwrap();
        } else {
            assert!(
                table == as_markdown(),
                "the table is old: run `WPIMG_WRITE_REFERENCE=1 cargo test -p wpimg-init readme`"
            );
        }
    }

    #[test]
    fn no_line_of_the_help_is_too_wide() {
        let text = as_text();
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(WIDTH), "{widest:?}");
    }
}
