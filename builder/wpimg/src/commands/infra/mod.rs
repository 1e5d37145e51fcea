//! `wpimg infra`: the AWS stacks of a site.

mod apply;
mod destroy;
mod drift;
mod outputs;
mod plan;
mod shown;
mod status;

use wpimg_environment::Stack;

use crate::{
    cli::{InfraCommand, InfraTemplateArgs, StackChoice},
    commands::Context,
    error_report::CommandResult,
    exit_status::ExitStatus,
    infra::InfraError,
    interrupts::Interrupts,
};

pub(crate) async fn infra(command: InfraCommand, context: &Context) -> CommandResult {
    match command {
        InfraCommand::Plan(arguments) => plan::plan(arguments, context).await,
        InfraCommand::Apply(arguments) => {
            interruptible(Box::pin(apply::apply(arguments, context))).await
        }
        InfraCommand::Status(arguments) => status::status(arguments, context).await,
        InfraCommand::Outputs(arguments) => outputs::outputs(arguments, context).await,
        InfraCommand::Drift(arguments) => drift::drift(arguments, context).await,
        InfraCommand::Destroy(arguments) => {
            interruptible(Box::pin(destroy::destroy(arguments, context))).await
        }
        InfraCommand::Template(arguments) => template(&arguments, context),
    }
}

/// A signal ends the command, and not what CloudFormation has begun.
async fn interruptible(command: impl Future<Output = CommandResult>) -> CommandResult {
    let mut interrupts = Interrupts::listen();
    tokio::select! {
        result = command => result,
        () = interrupts.next() => Err(InfraError::Interrupted.into()),
    }
}

fn template(arguments: &InfraTemplateArgs, context: &Context) -> CommandResult {
    let stack = match arguments.stack {
        StackChoice::Data => Stack::Data,
        StackChoice::App => Stack::App,
    };
    context
        .report
        .data(&stack.template().to_json().to_string())?;
    Ok(ExitStatus::Success)
}
