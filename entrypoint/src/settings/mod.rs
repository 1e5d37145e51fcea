//! Settings: the environment, read once and parsed into types that cannot hold a wrong value.
//!
//! Nothing here touches the process environment or a file by itself; both are handed in, so every
//! rule is tested with a map. A wrong value is an error that names its variable; there is no
//! silent fallback. Settings of the container are in `server`, what WordPress is told in `wordpress`.

mod capacity;
mod environment;
mod error;
mod jobs;
mod logging;
mod metrics;
mod ownership;
mod php;
mod php_variables;
mod proxies;
pub(crate) mod reference;
mod references;
mod refresh;
mod rule;
mod salts;
mod secret;
mod secret_document;
mod server;
mod site;
mod site_reference;
mod size;
mod wordpress;

pub(crate) use capacity::Capacity;
pub(crate) use environment::{Environment, FileReader, read_file};
pub(crate) use error::SettingsError;
pub(crate) use jobs::{Cron, JobSettings};
pub(crate) use logging::{ECS_METADATA, for_pid_1, job_log_format, log_format};
pub(crate) use metrics::{MetricsSettings, metrics_namespace};
pub(crate) use ownership::OwnershipSettings;
pub(crate) use php::{PhpSettings, ProcessManager};
pub(crate) use references::References;
pub(crate) use refresh::refresh;
pub(crate) use secret::Secret;
pub(crate) use server::{Network, ServerSettings, http_port, run_directory};
pub(crate) use size::Mebibytes;
pub(crate) use wordpress::WordPressSettings;
