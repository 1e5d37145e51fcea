//! `wpimg vendor`: everything a locked build needs, in one directory.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use crate::{
    blocking::blocking,
    cli::VendorArgs,
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    pipeline::{
        inputs,
        locations::vendored_name,
        packages,
        request::Request,
        sources,
        tools::Tools,
        vendor::{self, Added},
    },
    report::units::count,
    settings::{Locking, SourceSettings},
};

/// Fetches what is locked and lays it into the directory.
pub(crate) async fn vendor(arguments: VendorArgs, context: &Context) -> CommandResult {
    let settings = SourceSettings::resolve(arguments.source, &context.environment)?;
    let request = Request::resolve(&settings, context)?;
    let tools = Tools::open(&settings, context)?;
    let lock = inputs::lock(&request, Locking::Required)?;
    let directory = arguments.directory;
    vendor::prepare(&directory)?;

    let selections = inputs::selections(&request, lock.as_ref(), &tools).await?;
    let mut wanted = Vec::new();
    for package in selections.into_iter().flat_map(|(_, selected)| selected) {
        if !wanted.contains(&package) {
            wanted.push(package);
        }
    }
    let downloads = packages::downloads(&wanted, &request.locations)?;
    let names = wanted.iter().map(|package| vendored_name(&package.path));
    let names: Vec<_> = names.collect();
    let transfer = tools.report.transfer(packages::plan(&downloads, &tools));
    let paths = downloads
        .iter()
        .map(|download| tools.fetcher.download(download, &tools.cache, &transfer));
    let paths = try_join_all(paths).await?;
    transfer.finish();

    let (mut names, mut paths) = (names, paths);
    for locked in lock.iter().flat_map(|lock| &lock.sources) {
        let fetched = sources::fetch_locked(locked, &request, &tools).await?;
        names.push(sources::vendored_name(locked));
        paths.push(fetched.path);
    }

    let into = directory.clone();
    let (copied, removed) = blocking(move || {
        let mut copied = 0;
        for (name, path) in names.iter().zip(&paths) {
            if vendor::add(&into, name, path)? == Added::Copied {
                copied += 1;
            }
        }
        let wanted: BTreeSet<_> = names.into_iter().collect();
        Ok::<_, Failure>((copied, vendor::prune(&into, &wanted)?))
    })
    .await?;
    let (files, gone) = (count(copied, "file"), count(removed, "file"));
    let message = format!("{files} to {}, removed {gone}", directory.display());
    context.report.status("Vendored", &message);
    Ok(ExitStatus::Success)
}
