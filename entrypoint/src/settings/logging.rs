//! How the log looks.

use std::ffi::OsStr;

use super::server::parsed;
use super::{Environment, SettingsError};
use wpimg_report::LogFormat;

const VARIABLE: &str = "WPIMG_LOG_FORMAT";

/// Set in every container that the ECS agent starts.
pub(crate) const ECS_METADATA: &str = "ECS_CONTAINER_METADATA_URI_V4";

/// What was asked for; else JSON on ECS, where a machine reads, and lines for people elsewhere.
pub(crate) fn log_format(environment: &Environment) -> Result<LogFormat, SettingsError> {
    let default = if is_on_ecs(environment) {
        LogFormat::Json
    } else {
        LogFormat::Plain
    };
    Ok(parsed(environment, VARIABLE, LogFormat::EXPECTED)?.unwrap_or(default))
}

/// That of a job: PID 1 reads its lines, unless a person has started it.
pub(crate) fn job_log_format(environment: &Environment) -> LogFormat {
    if environment.get(VARIABLE) == Some(OsStr::new(LogFormat::FOR_PID_1)) {
        LogFormat::ForPid1
    } else {
        LogFormat::Plain
    }
}

/// What makes a job write for PID 1.
pub(crate) fn for_pid_1() -> (&'static str, &'static str) {
    (VARIABLE, LogFormat::FOR_PID_1)
}

pub(super) fn is_on_ecs(environment: &Environment) -> bool {
    environment
        .get(ECS_METADATA)
        .is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_read_on_ecs_and_people_elsewhere_unless_somebody_says_so() {
        let on_ecs = (ECS_METADATA, "http://169.254.170.2/v4/x");
        for (environment, expected) in [
            ([("A", ""), ("B", "")].into(), LogFormat::Plain),
            ([on_ecs, ("B", "")].into(), LogFormat::Json),
            ([on_ecs, (VARIABLE, "plain")].into(), LogFormat::Plain),
            ([("A", ""), (VARIABLE, "json")].into(), LogFormat::Json),
            (
                [(ECS_METADATA, ""), (VARIABLE, "")].into(),
                LogFormat::Plain,
            ),
        ] {
            assert_eq!(
                log_format(&environment).unwrap(),
                expected,
                "{environment:?}"
            );
        }
    }

    #[test]
    fn a_format_that_there_is_not_is_refused_by_name() {
        for wrong in ["logfmt", LogFormat::FOR_PID_1] {
            let error = log_format(&[(VARIABLE, wrong)].into()).unwrap_err();
            assert!(error.to_string().contains(VARIABLE), "{error}");
        }
    }

    #[test]
    fn a_job_writes_for_pid_1_only_when_pid_1_asks() {
        assert_eq!(job_log_format(&[for_pid_1()].into()), LogFormat::ForPid1);
        assert_eq!(
            job_log_format(&[(VARIABLE, "json")].into()),
            LogFormat::Plain
        );
    }
}
