//! One paragraph per command, and the frame around them: parse, run, report, exit.

mod build;
mod cache;
mod deploy;
mod infra;
mod init;
mod lock;
mod look;
mod promote;
mod push;
mod service;
mod vendor;

use std::ffi::OsString;

use clap::{Parser as _, error::ErrorKind};
use tokio::runtime::Builder;

use crate::{
    cli::{Cli, Command, GlobalArgs},
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    report::{self, Report},
    settings::{self, Environment, OnTerminal, Settings},
};

/// What every command is given.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) report: Report,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
}

/// Runs the command line and says how it ended.
pub(crate) fn run(line: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(message) => return end_of_parsing(&message),
    };
    let environment = Environment::of_process();
    let report = report_for(
        &cli.global,
        environment.as_ref().unwrap_or(&Environment::default()),
    );
    let result = environment.map_err(Failure::from).and_then(|environment| {
        let settings = Settings::resolve(&cli.global, &environment)?;
        let context = Context {
            report: report.clone(),
            settings,
            environment,
        };
        dispatch(cli.command, &context)
    });
    result.unwrap_or_else(|failure| {
        report.failure(&failure);
        failure.status()
    })
}

fn dispatch(command: Command, context: &Context) -> CommandResult {
    let _group = match (&command, context.environment.github_actions) {
        (Command::Build(_), true) => Some(context.report.group("wpimg build")),
        (Command::Push(_), true) => Some(context.report.group("wpimg push")),
        (Command::Copy(_), true) => Some(context.report.group("wpimg copy")),
        _ => None,
    };
    match command {
        Command::Build(arguments) => in_runtime(build::build(arguments, context)),
        Command::Init(arguments) => init::init(&arguments, context),
        Command::Push(arguments) => in_runtime(push::push(arguments, context)),
        Command::Copy(arguments) => in_runtime(push::copy(arguments, context)),
        Command::Lock(arguments) => in_runtime(lock::lock(arguments, context)),
        Command::Update(arguments) => in_runtime(lock::update(arguments, context)),
        Command::Outdated(arguments) => in_runtime(lock::outdated(arguments, context)),
        Command::Vendor(arguments) => in_runtime(vendor::vendor(arguments, context)),
        Command::Inspect(arguments) => in_runtime(look::inspect(arguments, context)),
        Command::Diff(arguments) => in_runtime(look::diff(arguments, context)),
        Command::Verify(arguments) => in_runtime(look::verify(arguments, context)),
        Command::Sbom(arguments) => in_runtime(look::sbom(arguments, context)),
        Command::Infra(arguments) => in_runtime(infra::infra(arguments.command, context)),
        Command::Deploy(arguments) => in_runtime(deploy::deploy(arguments, context)),
        Command::Rollback(arguments) => in_runtime(deploy::rollback(arguments, context)),
        Command::Abort(arguments) => in_runtime(deploy::abort(arguments, context)),
        Command::Status(arguments) => in_runtime(service::status(arguments, context)),
        Command::Logs(arguments) => in_runtime(service::logs(arguments, context)),
        Command::Exec(arguments) => in_runtime(service::exec(arguments, context)),
        Command::Job(arguments) => in_runtime(service::job(arguments, context)),
        Command::Scale(arguments) => in_runtime(service::scale(arguments, context)),
        Command::Revisions(arguments) => in_runtime(service::revisions(arguments, context)),
        Command::Cache(arguments) => cache::cache(arguments.command, context),
    }
}

/// Commands that fetch run here; the others never start a thread.
fn in_runtime<T>(command: impl Future<Output = T>) -> T {
    // Whoever was first is as good: there is one to choose from.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime
        .expect("the operating system grants a thread and a poll handle")
        .block_on(command)
}

fn report_for(arguments: &GlobalArgs, environment: &Environment) -> Report {
    let on_terminal = if report::standard_error_is_terminal() {
        OnTerminal::Yes
    } else {
        OnTerminal::No
    };
    Report::to_terminal(settings::appearance(arguments, environment, on_terminal))
}

/// Help and version are results, a wrong argument is a message that quotes it.
fn end_of_parsing(message: &clap::Error) -> ExitStatus {
    match message.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever closed the stream does not want the text.
            let _ = message.print();
            ExitStatus::Success
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = message.print();
            ExitStatus::Usage
        }
        // Not printed by clap: an argument may hold control characters.
        _ => {
            report::last_words(message.render().to_string().trim_end());
            ExitStatus::Usage
        }
    }
}
