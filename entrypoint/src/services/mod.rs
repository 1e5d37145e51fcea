//! The services: php-fpm and nginx, which are built in, and what `/etc/wpimg/services.toml` adds.
//!
//! php-fpm and nginx are not described in the file. How they are started depends on this very container
//! (sockets they inherit, paths below the runtime directory), and how they are stopped is what keeps
//! requests from being lost; a file that had to repeat it could only get it wrong. The file may change how
//! they are restarted and give them variables.

mod built_in;
mod file;
mod file_error;
#[cfg(test)]
mod file_tests;
mod own;
mod section;

use std::ffi::OsString;
use std::io;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{Gid, Uid};
use thiserror::Error;

use crate::process::CommandLine;
use crate::readiness::Check;
use crate::settings::{Environment, ServerSettings, WordPressSettings, read_file};
use crate::setup::{Identity, Layout};
use crate::supervisor::ServicePolicy;
use file::ServicesFile;
use file_error::FileError;
use section::Source;

const PHP_FPM: &str = "php-fpm";
const NGINX: &str = "nginx";

/// How long a service may take until it is ready, unless services.toml says otherwise.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Nobody describes that many services.
const LARGEST_FILE: u64 = 256 * 1024;

/// A service as the edge sees it; the policy is the supervisor's part.
#[derive(Debug)]
pub(crate) struct ServiceDefinition {
    pub(crate) policy: ServicePolicy,
    pub(crate) command: CommandLine,
    /// Whom to become; `None` for one that stays what we are.
    pub(crate) user: Option<(Uid, Gid)>,
    /// A service without a check is ready as soon as it runs.
    pub(crate) check: Option<Check>,
    /// A socket that a killed predecessor cannot have removed.
    pub(crate) stale_socket: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub(crate) enum ServicesError {
    #[error("the image has no `{program}` in `{directory}`")]
    Missing {
        program: &'static str,
        directory: PathBuf,
    },
    #[error(transparent)]
    File(#[from] FileError),
}

impl ServicesError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some(
                "build the image with `wpimg build`; to run another command, \
                 use `wpimg-init -- CMD`"
                    .to_owned(),
            ),
            Self::File(error) => error.hint(),
        }
    }
}

/// Every service, each behind those it comes after. Nothing is served before PHP can answer.
pub(crate) fn definitions(
    settings: &ServerSettings,
    layout: &Layout,
    identity: &Identity,
    environment: &Environment,
    sockets: Vec<RawFd>,
) -> Result<Vec<ServiceDefinition>, ServicesError> {
    let path = layout.services_file();
    let text = read(&path)?;
    let source = Source {
        name: &path.display().to_string(),
        text: &text,
    };
    let file = file::parse(source)?;
    let mut definitions = vec![
        built_in::php_fpm(built_in::find(layout, PHP_FPM)?, layout, environment),
        built_in::nginx(
            built_in::find(layout, NGINX)?,
            settings,
            layout,
            environment,
            sockets,
        ),
    ];
    change(&mut definitions, &file);
    own::add(
        &mut definitions,
        file,
        source,
        layout,
        identity,
        environment,
    )?;
    Ok(definitions)
}

/// The text of the file; one that is not there says nothing.
fn read(path: &Path) -> Result<String, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    match read_file(path, LARGEST_FILE + 1) {
        Ok(content) if content.len() as u64 > LARGEST_FILE => {
            Err(unreadable(io::Error::other("it is too large")))
        }
        Ok(content) => {
            String::from_utf8(content).map_err(|_| unreadable(io::Error::other("it is not UTF-8")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// What the file says about services that are built in.
fn change(definitions: &mut [ServiceDefinition], file: &ServicesFile) {
    for definition in definitions {
        let mut entries = file.services.iter();
        let Some(entry) = entries.find(|entry| entry.name == definition.policy.name) else {
            continue;
        };
        definition.policy.restart = entry.restart;
        if let Some(timeout) = entry.start_timeout {
            definition.policy.start_timeout = timeout;
        }
        let variables = entry.environment.iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        definition.command.environment.extend(variables);
    }
}

/// The environment without WordPress's settings, which are in files by now: `phpinfo()`, a debug
/// page or a crash report prints the environment.
pub(crate) fn scrubbed(environment: &Environment) -> Vec<(OsString, OsString)> {
    environment
        .iter()
        .filter(|(name, _)| {
            let is_sensitive = |name| WordPressSettings::is_sensitive(environment, name);
            !name.to_str().is_some_and(is_sensitive)
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_never_see_the_settings_of_wordpress() {
        let environment = [
            ("WORDPRESS_DB_PASSWORD", "hunter2"),
            ("WPIMG_SALT_MASTER_FILE", "/secret"),
            ("TZ", "Europe/Berlin"),
        ];
        assert_eq!(
            scrubbed(&environment.into()),
            [("TZ".into(), "Europe/Berlin".into())]
        );
    }
}
