//! `wpimg-init`, the image's PID 1.
//!
//! Two modes. Without arguments it configures WordPress, starts php-fpm and nginx, keeps them
//! alive and stops them without losing a request (`serve`). With `-- CMD ARGS` it is a plain init
//! for any command (`command`). In both it reaps every orphan.
//!
//! What decides is pure and lives in `settings`, `setup::plan`, `supervisor` and
//! `command::machine`; `process`, `port`, `readiness` and `report` are the thin edge to the kernel.
//! PID 1 has one thread and no async runtime, and opens no network connection other than the readiness probes
//! to its own services, and one to ECS before the first of them starts. What needs more is a job, a child of the same program (`jobs`):
//! there alone the crate `wpimg-secrets` and with it the AWS SDK is called.

mod arguments;
mod command;
mod dice;
mod ecs;
mod exec;
mod exit_code;
mod healthcheck;
mod http_get;
mod jobs;
mod metrics;
mod ownership;
mod port;
mod process;
mod readiness;
mod schedule;
mod serve;
mod services;
mod settings;
mod setup;
mod status;
mod supervisor;

use std::env;

use arguments::Mode;
use exit_code::ExitCode;
use settings::Environment;
use wpimg_report::Report;

fn main() -> std::process::ExitCode {
    let mut report = Report::to_process_output();
    let code = match arguments::parse(env::args_os().skip(1)) {
        Ok(Mode::Serve) => serve::serve(&Environment::of_this_process(), &mut report),
        Ok(Mode::Command(command)) => command::run(command, &mut report),
        Ok(Mode::Exec(request)) => {
            exec::run(&request, &Environment::of_this_process(), &mut report)
        }
        Ok(Mode::Status(format)) => {
            status::show(format, &Environment::of_this_process(), &mut report)
        }
        Ok(Mode::Healthcheck(questions)) => {
            healthcheck::check(questions, &Environment::of_this_process(), &mut report)
        }
        Ok(Mode::Job(job)) => {
            let environment = Environment::of_this_process();
            report.set_format(settings::job_log_format(&environment));
            job.run(&environment, &mut report)
        }
        Ok(Mode::Help) => {
            report.result(&arguments::help());
            ExitCode::Success
        }
        Ok(Mode::Version) => {
            report.result(concat!("wpimg-init ", env!("CARGO_PKG_VERSION"), "\n"));
            ExitCode::Success
        }
        Err(error) => {
            report.failure(&error, Some(error.hint()));
            ExitCode::Usage
        }
    };
    report.finish();
    code.into()
}
