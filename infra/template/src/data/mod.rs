//! The stack of what must not be lost: network, database, files, secrets.
//!
//! ```text
//! internet ── balancer ── service ─┬─ database      public subnets: load balancer, NAT
//!                 (app stack)      ├─ files         private subnets: everything else
//!                                  └─ cache
//! ```
//!
//! A file for each of them. What can be chosen is in `choices`, who may talk to whom in `firewall`, what the app stack
//! gets to know in `exports`. Deleting the stack loses no contents: databases leave a snapshot, files, secrets, keys and
//! backups stay.

mod aurora;
mod backup;
mod cache;
mod choices;
mod database;
mod egress;
mod endpoints;
mod exports;
mod files;
mod firewall;
mod key;
mod mysql;
mod network;
mod secrets;
mod zone;

#[cfg(test)]
mod tests;

use crate::Template;

/// The data stack's template.
pub fn template() -> Template {
    let mut template = Template {
        description: "wpimg: network, database, files and secrets of a WordPress site",
        ..Template::default()
    };
    for add_to in [
        choices::add_to,
        key::add_to,
        network::add_to,
        egress::add_to,
        endpoints::add_to,
        firewall::add_to,
        secrets::add_to,
        database::add_to,
        mysql::add_to,
        aurora::add_to,
        files::add_to,
        cache::add_to,
        backup::add_to,
        exports::add_to,
    ] {
        add_to(&mut template);
    }
    template
}
