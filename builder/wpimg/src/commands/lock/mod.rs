//! `wpimg lock`, `update` and `outdated`: what is locked, and what could be.

mod changes;

use crate::{
    cli::{LockArgs, OutdatedArgs, UpdateArgs},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    lock::{self, Lock, LockError, Security},
    pipeline::{
        inputs,
        locking::{self, Staying},
        request::Request,
        tools::Tools,
    },
    report::units::count,
    settings::{Locking, SourceSettings},
};

/// Makes the lock fit the recipe, changing as little as possible.
pub(crate) async fn lock(arguments: LockArgs, context: &Context) -> CommandResult {
    let settings = SourceSettings::resolve(arguments.source, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    if arguments.check {
        inputs::lock(&request, Locking::Required)?;
        return Ok(ExitStatus::Success);
    }
    let tools = Tools::open(&settings, context)?;
    let old = lock::read(&request.lock_path)?;
    let new = locking::resolve(&request, old.as_ref(), Staying::Everything, &tools).await?;
    let changes = old.as_ref().map(|old| lock::changes(old, &new));
    store(old.as_ref(), &new, &request, context)?;
    if let Some(changes) = changes {
        changes::print(&changes, context)?;
    }
    Ok(ExitStatus::Success)
}

/// Takes newer versions and prints what changes.
pub(crate) async fn update(arguments: UpdateArgs, context: &Context) -> CommandResult {
    let settings = SourceSettings::resolve(arguments.source, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools::open(&settings, context)?;
    let old = required(&request)?;
    let staying = match arguments.names.as_slice() {
        [] => Staying::Nothing,
        names => Staying::AllBut(names),
    };
    let new = locking::resolve(&request, Some(&old), staying, &tools).await?;
    if !arguments.dry_run {
        store(Some(&old), &new, &request, context)?;
    }
    changes::print(&lock::changes(&old, &new), context)?;
    Ok(ExitStatus::Success)
}

/// Prints what an update would change.
pub(crate) async fn outdated(arguments: OutdatedArgs, context: &Context) -> CommandResult {
    let settings = SourceSettings::resolve(arguments.source, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools::open(&settings, context)?;
    let old = required(&request)?;
    let new = locking::resolve(&request, Some(&old), Staying::Nothing, &tools).await?;
    let mut changes = lock::changes(&old, &new);
    if arguments.security {
        changes.retain(|change| change.security == Security::Yes);
    }
    changes::print(&changes, context)?;
    Ok(if changes.is_empty() {
        ExitStatus::Success
    } else {
        ExitStatus::Different
    })
}

fn required(request: &Request) -> Result<Lock, LockError> {
    lock::read(&request.lock_path)?.ok_or_else(|| LockError::Missing {
        path: request.lock_path.clone(),
    })
}

fn store(
    old: Option<&Lock>,
    new: &Lock,
    request: &Request,
    context: &Context,
) -> Result<(), LockError> {
    let path = &request.lock_path;
    let (verb, packages) = if old == Some(new) {
        ("Unchanged", new.packages.len())
    } else {
        lock::write(new, path)?;
        ("Locked", new.packages.len())
    };
    let packages = count(packages, "package");
    let message = format!("{packages} in {}", path.display());
    context.report.status(verb, &message);
    Ok(())
}
