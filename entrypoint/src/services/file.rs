//! services.toml as a value: what a site adds to nginx and php-fpm, and what it changes about them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;
use toml::de::DeTable;

use super::file_error::{FileError, Problem};
use super::section::{Section, Source, Value};
use super::{NGINX, PHP_FPM};
use crate::supervisor::{Importance, RestartPolicy};

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ServicesFile {
    pub(super) services: Vec<Entry>,
}

/// One `[[service]]`, and the line its complaints are about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) span: std::ops::Range<usize>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) restart: RestartPolicy,
    pub(super) start_timeout: Option<Duration>,
    /// `None` for nginx and php-fpm, of which the file can change no more than the above.
    pub(super) own: Option<Own>,
}

/// What only a service of the site's own has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// Never empty.
    pub(super) command: Vec<String>,
    pub(super) user: Option<String>,
    pub(super) importance: Importance,
    pub(super) after: Vec<String>,
    pub(super) readiness: Option<Readiness>,
    pub(super) stop_signal: Signal,
    pub(super) reload_signal: Option<Signal>,
    pub(super) reopen_signal: Option<Signal>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    FastCgi { socket: PathBuf, path: String },
    Http { port: u16, path: String },
    Tcp { port: u16 },
    Exec { command: Vec<String> },
}

pub(super) fn parse(source: Source<'_>) -> Result<ServicesFile, FileError> {
    let table = DeTable::parse(source.text).map_err(|error| {
        let message = error.message().to_owned();
        source.error(
            &error.span().unwrap_or_default(),
            Problem::Syntax { message },
        )
    })?;
    let mut file = Section::new(source, table);
    let sections = file.take("service").map(Value::sections).transpose()?;
    file.finish()?;
    let mut services: Vec<Entry> = Vec::new();
    for section in sections.unwrap_or_default() {
        let entry = entry(section)?;
        if services.iter().any(|other| other.name == entry.name) {
            let name = entry.name;
            return Err(source.error(&entry.span, Problem::Twice { name }));
        }
        services.push(entry);
    }
    Ok(ServicesFile { services })
}

fn entry(mut section: Section<'_>) -> Result<Entry, FileError> {
    let span = section.span();
    let name = section.required("name")?;
    let name = name.checked(
        is_name,
        "1 to 32 letters, digits, dots, dashes and underscores",
    )?;
    let environment = section.take("environment").map(environment).transpose()?;
    let restart = section.take("restart").map(restart).transpose()?;
    let start_timeout = section
        .take("start-timeout")
        .map(Value::duration)
        .transpose()?;
    let built_in = [PHP_FPM, NGINX]
        .into_iter()
        .find(|built_in| *built_in == name);
    let own = match built_in {
        None => Some(own(&mut section)?),
        Some(built_in) => {
            // A key that is no key at all is better told as such.
            let keys = section.rest();
            if let Some(key) = OWN_KEYS
                .iter()
                .find(|key| keys.iter().any(|other| other == *key))
            {
                return Err(section.error(Problem::BuiltIn {
                    name: built_in,
                    key: (*key).to_owned(),
                }));
            }
            None
        }
    };
    section.finish()?;
    Ok(Entry {
        name,
        span,
        environment: environment.unwrap_or_default(),
        restart: restart.unwrap_or_default(),
        start_timeout,
        own,
    })
}

/// The keys that [`own`] reads.
const OWN_KEYS: [&str; 8] = [
    "command",
    "user",
    "essential",
    "after",
    "readiness",
    "stop-signal",
    "reload-signal",
    "reopen-signal",
];

fn own(section: &mut Section<'_>) -> Result<Own, FileError> {
    // All are asked for before one is missed, so that a misspelt one is told from one forgotten.
    let command = section.take("command");
    let user = section.take("user").map(Value::text).transpose()?;
    let essential = section.take("essential").map(Value::boolean).transpose()?;
    let after = section.take("after").map(Value::list).transpose()?;
    let readiness = section.take("readiness").map(readiness).transpose()?;
    let stop_signal = section.take("stop-signal").map(Value::signal).transpose()?;
    let reload_signal = section
        .take("reload-signal")
        .map(Value::signal)
        .transpose()?;
    let reopen_signal = section
        .take("reopen-signal")
        .map(Value::signal)
        .transpose()?;
    let Some(command) = command else {
        section.check()?;
        return Err(section.error(Problem::Missing { key: "command" }));
    };
    Ok(Own {
        command: absolute_command(command)?,
        user,
        importance: match essential {
            Some(true) => Importance::Essential,
            Some(false) | None => Importance::Optional,
        },
        after: after.unwrap_or_default(),
        readiness,
        stop_signal: stop_signal.unwrap_or(Signal::SIGTERM),
        reload_signal,
        reopen_signal,
    })
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=32).contains(&name.len()) && name.bytes().all(plain)
}

fn absolute_command(value: Value<'_>) -> Result<Vec<String>, FileError> {
    let wrong = value.expected("a list of a program's absolute path and its arguments");
    let command = value.list()?;
    let is_absolute = command
        .first()
        .is_some_and(|program| Path::new(program).is_absolute());
    if is_absolute { Ok(command) } else { Err(wrong) }
}

fn environment(value: Value<'_>) -> Result<Vec<(String, String)>, FileError> {
    let wrong = value.expected("names without `=`, and values without NUL");
    let variables = value.section()?.texts()?;
    let is_right = |(name, value): &(String, String)| {
        !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
    };
    if variables.iter().all(is_right) {
        Ok(variables)
    } else {
        Err(wrong)
    }
}

fn restart(value: Value<'_>) -> Result<RestartPolicy, FileError> {
    let default = RestartPolicy::default();
    let mut section = value.section()?;
    let duration = |section: &mut Section<'_>, key, default| -> Result<Duration, FileError> {
        let given = section.take(key).map(Value::duration).transpose()?;
        Ok(given.unwrap_or(default))
    };
    let policy = RestartPolicy {
        first_delay: duration(&mut section, "first-delay", default.first_delay)?,
        longest_delay: duration(&mut section, "longest-delay", default.longest_delay)?,
        stable_after: duration(&mut section, "stable-after", default.stable_after)?,
        window: duration(&mut section, "window", default.window)?,
        limit: match section.take("limit") {
            None => default.limit,
            Some(value) => {
                let limit = value.number(1, 100_000, "a number from 1 to 100000")?;
                usize::try_from(limit).unwrap_or(default.limit)
            }
        },
    };
    // No pause at all would keep a processor busy with a service that cannot start.
    if policy.first_delay < SHORTEST_DELAY {
        let expected = "a time of at least \"1ms\"";
        return Err(section.error(Problem::Invalid {
            key: "first-delay",
            expected,
        }));
    }
    if policy.longest_delay < policy.first_delay {
        let expected = "a time that is not shorter than `first-delay`";
        return Err(section.error(Problem::Invalid {
            key: "longest-delay",
            expected,
        }));
    }
    section.finish()?;
    Ok(policy)
}

const SHORTEST_DELAY: Duration = Duration::from_millis(1);

fn readiness(value: Value<'_>) -> Result<Readiness, FileError> {
    const EXPECTED: &str = "one of `fastcgi`, `http`, `tcp` and `exec`";
    let wrong = value.expected(EXPECTED);
    let mut section = value.section()?;
    let fastcgi = section.take("fastcgi");
    let http = section.take("http");
    let tcp = section.take("tcp");
    let exec = section.take("exec");
    section.finish()?;
    match (fastcgi, http, tcp, exec) {
        (Some(value), None, None, None) => fastcgi_readiness(value),
        (None, Some(value), None, None) => http_readiness(value),
        (None, None, Some(value), None) => Ok(Readiness::Tcp {
            port: value.port()?,
        }),
        (None, None, None, Some(value)) => Ok(Readiness::Exec {
            command: absolute_command(value)?,
        }),
        _ => Err(wrong),
    }
}

/// A unix socket's path has room for 107 bytes (unix(7)).
const LONGEST_SOCKET: usize = 107;

fn fastcgi_readiness(value: Value<'_>) -> Result<Readiness, FileError> {
    let mut section = value.section()?;
    let is_socket = |path: &str| path.starts_with('/') && path.len() <= LONGEST_SOCKET;
    let socket = section.required("socket")?.checked(
        is_socket,
        "the absolute path of a socket, at most 107 bytes long",
    )?;
    // The lengths of FastCGI's short form have seven bits.
    let path = path_of(&mut section, |path| path.len() < 128)?;
    section.finish()?;
    Ok(Readiness::FastCgi {
        socket: socket.into(),
        path,
    })
}

fn http_readiness(value: Value<'_>) -> Result<Readiness, FileError> {
    let mut section = value.section()?;
    let port = section.required("port")?.port()?;
    let path = path_of(&mut section, |path| path.len() <= 1024)?;
    section.finish()?;
    Ok(Readiness::Http { port, path })
}

fn path_of(section: &mut Section<'_>, fits: impl Fn(&str) -> bool) -> Result<String, FileError> {
    let is_path = |path: &str| {
        path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()) && fits(path)
    };
    section
        .required("path")?
        .checked(is_path, "a path that begins with `/`, of printable ASCII")
}
