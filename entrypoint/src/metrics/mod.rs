//! The numbers of one minute, and how CloudWatch wants them.
//!
//! What php-fpm, nginx and opcache answer, and what PID 1 has counted, becomes a list of [`Metric`]s; [`emf`] makes one log
//! line of them. All of it is pure: who asks is `jobs::metrics`.

mod counters;
pub(crate) mod emf;
mod sources;
mod totals;

pub(crate) use counters::Counters;
pub(crate) use emf::Kept;
pub(crate) use sources::{Readings, from_fpm, from_nginx, from_opcache, waiting_on_socket};
pub(crate) use totals::Totals;

/// One value of one minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kept: Kept,
    pub(crate) value: f64,
}
