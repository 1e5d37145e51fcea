//! Whose output a line is.

use super::Channel;
use super::dialect::Dialect;

/// The programs whose lines we can read.
const NGINX: &str = "nginx";
const PHP_FPM: &str = "php-fpm";

/// The job whose standard output is metrics for CloudWatch, which takes them only as they are.
const METRICS: &str = "metrics";

/// A service or a job, and one of its two outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub(super) name: Box<str>,
    pub(super) channel: Channel,
    pub(super) dialect: Dialect,
}

impl Origin {
    pub fn service(name: &str, channel: Channel) -> Self {
        let dialect = match (name, channel) {
            (NGINX, Channel::Stdout) => Dialect::Objects,
            (NGINX, Channel::Stderr) => Dialect::Nginx,
            (PHP_FPM, _) => Dialect::PhpFpm,
            _ => Dialect::Text,
        };
        Self {
            name: name.into(),
            channel,
            dialect,
        }
    }

    pub fn job(name: &str, channel: Channel) -> Self {
        let dialect = match (name, channel) {
            (METRICS, Channel::Stdout) => Dialect::Objects,
            _ => Dialect::Prioritised,
        };
        Self {
            name: name.into(),
            channel,
            dialect,
        }
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }
}
