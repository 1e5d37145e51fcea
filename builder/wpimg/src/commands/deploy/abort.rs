//! `wpimg abort`: the deployment in progress is stopped.

use crate::{
    cli::AbortArgs,
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    release::{Live, ReleaseError},
};

pub(crate) async fn abort(arguments: AbortArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    let (cluster, service) = live.place();
    let services = live.services();
    let record = services.last_record(cluster, service).await?;
    let record = record.ok_or(ReleaseError::NoRecord)?;
    if !record.status.is_in_progress() {
        return Err(ReleaseError::NothingToStop {
            service: service.to_owned(),
        }
        .into());
    }
    let report = &context.report;
    services.roll_back(&record.arn).await?;
    let message = "the deployment; `wpimg status` shows how far it is";
    report.status("Rolling back", message);
    Ok(ExitStatus::Success)
}
