//! `wpimg cache`: where it is, how big it is, and emptying it.

use serde::Serialize;

use crate::{
    cache::{self, CacheUsage},
    cli::{CacheCommand, Format},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    report::{
        json_text,
        units::{Bytes, count},
    },
};

/// `wpimg cache size --format json`.
#[derive(Serialize)]
struct SizeDocument<'a> {
    schema: &'static str,
    directory: &'a str,
    files: usize,
    bytes: u64,
}

pub(crate) fn cache(command: CacheCommand, context: &Context) -> CommandResult {
    let directory = &context.settings.cache_directory;
    match command {
        CacheCommand::Dir => context.report.data(&directory.display().to_string())?,
        CacheCommand::Size => {
            let usage = cache::usage(directory)?;
            context.report.data(&size_text(&usage, context))?;
        }
        CacheCommand::Clean => {
            let removed = cache::clean(directory)?;
            let (files, bytes) = (count(removed.files, "file"), Bytes(removed.bytes));
            context
                .report
                .status("Removed", &format!("{files} ({bytes})"));
        }
    }
    Ok(ExitStatus::Success)
}

fn size_text(usage: &CacheUsage, context: &Context) -> String {
    match context.settings.format {
        Format::Text => Bytes(usage.bytes).to_string(),
        Format::Json => {
            let document = SizeDocument {
                schema: "wpimg/cache-size/1",
                directory: &context.settings.cache_directory.to_string_lossy(),
                files: usage.files,
                bytes: usage.bytes,
            };
            json_text(&document)
        }
    }
}
