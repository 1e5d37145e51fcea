//! Services of the site's own, from what the file says to what is started.

use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, User};

use super::file::{Entry, Own, Readiness, ServicesFile};
use super::file_error::{FileError, Problem};
use super::section::Source;
use super::{START_TIMEOUT, ServiceDefinition, scrubbed};
use crate::process::CommandLine;
use crate::readiness::Check;
use crate::settings::Environment;
use crate::setup::{Identity, Layout};
use crate::supervisor::{Importance, ServiceId, ServicePolicy};

/// Adds each behind those it comes after.
pub(super) fn add(
    definitions: &mut Vec<ServiceDefinition>,
    file: ServicesFile,
    source: Source<'_>,
    layout: &Layout,
    identity: &Identity,
    environment: &Environment,
) -> Result<(), FileError> {
    let mut left: Vec<(Entry, Own)> = Vec::new();
    for mut entry in file.services {
        if let Some(own) = entry.own.take() {
            left.push((entry, own));
        }
    }
    known(definitions, &left, source)?;
    while !left.is_empty() {
        let is_placed = |name: &String| place(definitions, name).is_some();
        let next = left
            .iter()
            .position(|(_, own)| own.after.iter().all(is_placed));
        let Some(next) = next else {
            let (entry, _) = left.swap_remove(0);
            let name = entry.name;
            return Err(source.error(&entry.span, Problem::Circle { name }));
        };
        let (entry, own) = left.remove(next);
        let after: Vec<ServiceId> = own
            .after
            .iter()
            .filter_map(|name| place(definitions, name))
            .collect();
        let optional = after
            .iter()
            .find(|id| !definitions[id.0].policy.is_essential());
        if let (Importance::Essential, Some(optional)) = (own.importance, optional) {
            let after = definitions[optional.0].policy.name.to_owned();
            let name = entry.name;
            return Err(source.error(&entry.span, Problem::AfterOptional { name, after }));
        }
        definitions.push(definition(
            entry,
            own,
            after,
            source,
            layout,
            identity,
            environment,
        )?);
    }
    Ok(())
}

fn place(definitions: &[ServiceDefinition], name: &str) -> Option<ServiceId> {
    let place = definitions
        .iter()
        .position(|other| other.policy.name == name);
    place.map(ServiceId)
}

/// Refuses to come after a service that nobody describes.
fn known(
    definitions: &[ServiceDefinition],
    own: &[(Entry, Own)],
    source: Source<'_>,
) -> Result<(), FileError> {
    for (entry, described) in own {
        let is_known = |name: &&String| {
            place(definitions, name).is_some() || own.iter().any(|(other, _)| other.name == **name)
        };
        if let Some(after) = described.after.iter().find(|name| !is_known(name)) {
            let (name, after) = (entry.name.clone(), after.clone());
            return Err(source.error(&entry.span, Problem::AfterNobody { name, after }));
        }
    }
    Ok(())
}

fn definition(
    entry: Entry,
    own: Own,
    after: Vec<ServiceId>,
    source: Source<'_>,
    layout: &Layout,
    identity: &Identity,
    environment: &Environment,
) -> Result<ServiceDefinition, FileError> {
    let user = user(&entry, own.user.as_deref(), identity)
        .map_err(|problem| source.error(&entry.span, problem))?;
    let mut variables = scrubbed(environment);
    // The files with the settings of WordPress are found by these.
    variables.push(("WPIMG_RUN_DIR".into(), layout.run().into()));
    variables.push((
        "PHP_INI_SCAN_DIR".into(),
        layout.php_scan_directories().into(),
    ));
    variables.extend(
        entry
            .environment
            .into_iter()
            .map(|(name, value)| (name.into(), value.into())),
    );
    let command = |words: Vec<String>| {
        let mut words = words.into_iter();
        CommandLine {
            program: words.next().unwrap_or_default().into(),
            arguments: words.map(Into::into).collect(),
            environment: variables.clone(),
            inherited: Vec::new(),
        }
    };
    let check = own.readiness.map(|readiness| match readiness {
        Readiness::FastCgi { socket, path } => Check::FastCgiPing { socket, path },
        Readiness::Http { port, path } => Check::HttpOk { port, path },
        Readiness::Tcp { port } => Check::TcpConnect { port },
        Readiness::Exec { command: words } => Check::Exec(command(words)),
    });
    Ok(ServiceDefinition {
        policy: ServicePolicy {
            // Once per service and start.
            name: Box::leak(entry.name.into_boxed_str()),
            graceful_stop: own.stop_signal,
            fast_stop: Signal::SIGTERM,
            reload: own.reload_signal,
            reopen_logs: own.reopen_signal,
            importance: own.importance,
            after,
            is_front: false,
            start_timeout: entry.start_timeout.unwrap_or(START_TIMEOUT),
            restart: entry.restart,
            misconfigured: None,
        },
        command: command(own.command),
        user,
        stale_socket: None,
        check,
    })
}

/// Whom the service becomes: the workers' user when nothing else is said.
fn user(
    entry: &Entry,
    wanted: Option<&str>,
    identity: &Identity,
) -> Result<Option<(Uid, Gid)>, Problem> {
    let Some(wanted) = wanted else {
        return Ok(identity.worker());
    };
    let (name, user) = (entry.name.clone(), wanted.to_owned());
    let ids = match wanted.parse::<u32>() {
        Ok(number) => (Uid::from_raw(number), Gid::from_raw(number)),
        Err(_) => match User::from_name(wanted) {
            Ok(Some(found)) => (found.uid, found.gid),
            Ok(None) | Err(_) => return Err(Problem::UnknownUser { name, user }),
        },
    };
    match identity {
        Identity::Root { .. } => Ok(Some(ids)),
        Identity::Unprivileged if ids.0 == nix::unistd::geteuid() => Ok(None),
        Identity::Unprivileged => Err(Problem::OtherUser { name, user }),
    }
}
