//! `wpimg diff`: what differs between two images.

use wpimg_inspect::{Difference, report};

use super::{inspect::read, platform};
use crate::{
    cache::Cache,
    cli::{DiffArgs, Format},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    pipeline::subject,
    registries,
};

pub(crate) async fn diff(arguments: DiffArgs, context: &Context) -> CommandResult {
    let registry = registries::open(&context.environment)?;
    let cache = Cache::open(&context.settings.cache_directory)?;
    let places = (&registry, &cache, &context.report);
    let wanted = platform(arguments.platform.as_deref())?;
    let before = subject::open(&arguments.before, wanted, places).await?;
    let after = subject::open(&arguments.after, wanted, places).await?;
    let (before, after) = (read(before).await?, read(after).await?);
    let difference = Difference::between(&before, &after);
    let top = if arguments.all {
        usize::MAX
    } else {
        report::TOP
    };
    context.report.data(&match context.settings.format {
        Format::Text => difference.text(top).trim_end().to_owned(),
        Format::Json => difference.json(),
    })?;
    Ok(if difference.is_empty() {
        ExitStatus::Success
    } else {
        ExitStatus::Different
    })
}
