//! `wpimg job`: a command in a task of its own.

use crate::{
    cli::JobArgs,
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    release::{Live, Once, run_once},
};

pub(crate) async fn job(arguments: JobArgs, context: &Context) -> CommandResult {
    let live = Live::open(&arguments.site, context).await?;
    // The image's entrypoint is wpimg-init, which takes a command of its own or, behind two hyphens, any.
    let command = [vec!["--".to_owned()], arguments.command.clone()].concat();
    let once = Once {
        task_definition: &live.service.task_definition,
        command: &command,
        environment: &[],
        role: None,
        log: live.log(),
    };
    context
        .report
        .status("Running", &arguments.command.join(" "));
    let write = |line: &str| Ok(context.report.data(line)?);
    let exit_code = run_once(&live, once, write).await?;
    Ok(ExitStatus::Of(u8::try_from(exit_code).unwrap_or(u8::MAX)))
}
