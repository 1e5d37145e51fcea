//! The commands that look at a site's service, or do something beside its deployments.

mod exec;
mod job;
mod logs;
mod revisions;
mod scale;
mod status;

pub(crate) use exec::exec;
pub(crate) use job::job;
pub(crate) use logs::logs;
pub(crate) use revisions::revisions;
pub(crate) use scale::scale;
pub(crate) use status::status;
