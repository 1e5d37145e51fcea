//! `wpimg scale`: another number of tasks.

use crate::{
    cli::ScaleArgs, commands::Context, error_report::CommandResult, exit_status::ExitStatus,
    release::Live,
};

pub(crate) async fn scale(arguments: ScaleArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let before = live.service.counts.desired;
    let after = live
        .services()
        .update(live.place(), None, Some(arguments.count))
        .await?;
    let message = format!("from {before} to {} tasks", after.counts.desired);
    context.report.status("Scaled", &message);
    Ok(ExitStatus::Success)
}
