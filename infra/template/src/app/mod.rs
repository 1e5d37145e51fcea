//! The stack of what is replaced as a site grows: load balancer, registry, service.
//!
//! ```text
//! visitor -> [distribution] -> [firewall] -> balancer -> targets -> service -> task -> what the data stack has
//! ```
//!
//! Each file adds what it is named after, with the parameters that choose it.

mod access_log;
mod alarms;
mod balancer;
mod capacity;
mod certificate;
mod cluster;
mod dashboard;
mod distribution;
mod dns;
mod environment;
mod firewall;
mod foundation;
mod image;
mod instances;
mod list;
mod outputs;
mod repository;
mod roles;
mod scaling;
mod service;
mod size;
mod task;
mod volumes;

use crate::Template;

#[cfg(test)]
mod tests;

/// The app stack's template.
pub fn template() -> Template {
    let mut template = Template {
        description: "wpimg: load balancer, registry and service of a WordPress site",
        ..Template::default()
    };
    let concepts = [
        foundation::add,
        certificate::add,
        access_log::add,
        balancer::add,
        distribution::add,
        firewall::add,
        dns::add,
        repository::add,
        cluster::add,
        roles::add,
        size::add,
        environment::add,
        task::add,
        capacity::add,
        instances::add,
        service::add,
        scaling::add,
        alarms::add,
        dashboard::add,
        outputs::add,
    ];
    for add in concepts {
        add(&mut template);
    }
    template
}
