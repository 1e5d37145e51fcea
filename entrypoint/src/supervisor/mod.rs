//! The supervisor: events in, actions out.
//!
//! It knows no clock, no process id and no file: time comes in with each event, and what should
//! happen goes out as a list of [`Action`]s for `serve` to perform. So every rule about order,
//! restart and the stop budget is tested without a process.
//!
//! A service is started once those it comes after are ready, and told to stop once those that come after
//! it are gone. Stopping by broadcast loses requests: php-fpm leaves while nginx still sends it work.

mod action;
mod budget;
mod event;
mod machine;
mod restart;
mod service;
mod stopping;

pub(crate) use action::Action;
pub(crate) use budget::{Moment, StopBudget};
pub(crate) use event::Event;
pub(crate) use machine::Supervisor;
pub(crate) use restart::RestartPolicy;
pub(crate) use service::{Importance, Life, ServiceId, ServicePolicy, ServiceState};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod stopping_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worker_tests;
