//! When each job runs, for how long, with which environment, and what its failure means.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::{Job, metrics, uploads};
use crate::process::CommandLine;
use crate::schedule::{Begin, JobPolicy, OnFailure};
use crate::settings::{
    Cron, Environment, OwnershipSettings, References, ServerSettings, SettingsError, for_pid_1,
    refresh,
};
use crate::setup::Layout;

/// A job as the edge sees it; the policy is the schedule's part.
#[derive(Debug)]
pub(crate) struct JobDefinition {
    pub(crate) job: Job,
    pub(crate) policy: JobPolicy,
    pub(crate) command: CommandLine,
}

/// To create or alter a large table takes longer than to find out that one has to; so does to wait for another task that
/// does it.
const LONGEST_UPGRADE: Duration = Duration::from_mins(30);

/// More than the script itself and the first page may take.
const LONGEST_WARMING: Duration = Duration::from_secs(15);

/// The jobs of this container, in the order of their beginnings.
pub(crate) fn definitions(
    program: &Path,
    layout: &Layout,
    environment: &Environment,
    server: &ServerSettings,
) -> Result<Vec<JobDefinition>, SettingsError> {
    let references = References::of(environment)?;
    let define = |job, environment, policy| JobDefinition {
        job,
        policy,
        command: command(program, job, layout, environment),
    };
    let mut definitions = vec![define(
        Job::Settings,
        // It is the one that needs them all; the others find files.
        environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        JobPolicy {
            name: Job::Settings.name(),
            begin: Begin::AtOnce,
            every: refresh(environment, &references)?,
            time_limit: Duration::from_mins(1),
            failure: OnFailure::End,
            gates_readiness: true,
        },
    )];
    for (job, policy) in uploads::policies(&server.ownership) {
        let environment = environment.only(&OwnershipSettings::VARIABLES);
        definitions.push(define(job, environment, policy));
    }
    let jobs = &server.jobs;
    definitions.push(define(
        Job::Database,
        seconds("WPIMG_DATABASE_WAIT", jobs.database_wait),
        JobPolicy {
            name: Job::Database.name(),
            begin: Begin::AfterServices,
            every: None,
            time_limit: jobs.database_wait + LONGEST_UPGRADE,
            failure: OnFailure::End,
            gates_readiness: true,
        },
    ));
    definitions.push(define(
        Job::Warm,
        Vec::new(),
        JobPolicy {
            name: Job::Warm.name(),
            begin: Begin::AfterJob(Job::Database.name()),
            every: None,
            time_limit: LONGEST_WARMING,
            failure: OnFailure::GoOn,
            gates_readiness: true,
        },
    ));
    if jobs.cron == Cron::EveryMinute {
        definitions.push(define(
            Job::Cron,
            seconds("WPIMG_CRON_TIMEOUT", jobs.cron_timeout),
            JobPolicy {
                name: Job::Cron.name(),
                begin: Begin::AfterJob(Job::Warm.name()),
                every: Some(Duration::from_mins(1)),
                time_limit: jobs.cron_timeout,
                failure: OnFailure::GoOn,
                gates_readiness: false,
            },
        ));
    }
    if let Some(settings) = &server.metrics {
        definitions.push(define(
            Job::Metrics,
            environment.only(&metrics::VARIABLES),
            metrics::policy(settings),
        ));
    }
    Ok(definitions)
}

/// One variable with a whole number of seconds.
fn seconds(name: &str, duration: Duration) -> Vec<(OsString, OsString)> {
    vec![(name.into(), duration.as_secs().to_string().into())]
}

fn command(
    program: &Path,
    job: Job,
    layout: &Layout,
    mut environment: Vec<(OsString, OsString)>,
) -> CommandLine {
    environment.push(("WPIMG_RUN_DIR".into(), layout.run().into()));
    let (format, for_us) = for_pid_1();
    environment.push((format.into(), for_us.into()));
    CommandLine {
        program: program.to_owned(),
        arguments: vec!["job".into(), job.name().into()],
        environment,
        inherited: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Capacity;

    /// The names of the variables that a job is started with.
    fn variables_of(job: Job, environment: &Environment) -> Vec<String> {
        let server = ServerSettings::resolve(environment, Capacity::of_a_small_task()).unwrap();
        let layout = Layout::new("/".into(), "/run/wpimg".into());
        let definitions = definitions(Path::new("/init"), &layout, environment, &server).unwrap();
        let definition = definitions
            .into_iter()
            .find(|definition| definition.job == job);
        let variables = definition.unwrap().command.environment.into_iter();
        variables
            .map(|(name, _)| name.into_string().unwrap())
            .collect()
    }

    #[test]
    fn only_the_job_that_writes_the_settings_sees_the_site() {
        let environment = [
            ("WORDPRESS_DB_PASSWORD", "hunter2"),
            ("WPIMG_METRICS_NAMESPACE", "shops"),
            ("WPIMG_METRICS", "on"),
        ]
        .into();
        let ours = ["WPIMG_RUN_DIR", "WPIMG_LOG_FORMAT"];
        for (job, own) in [
            (
                Job::Metrics,
                &["WPIMG_METRICS", "WPIMG_METRICS_NAMESPACE"][..],
            ),
            (Job::Ownership, &[]),
            (Job::Cron, &["WPIMG_CRON_TIMEOUT"]),
        ] {
            assert_eq!(
                variables_of(job, &environment),
                [own, &ours].concat(),
                "{job:?}"
            );
        }
        let settings = variables_of(Job::Settings, &environment);
        assert!(settings.contains(&"WORDPRESS_DB_PASSWORD".to_owned()));
    }
}
