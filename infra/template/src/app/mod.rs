//! The stack of what is replaced as a site grows: load balancer, registry, service.

use crate::Template;

/// The app stack's template.
pub fn template() -> Template {
    Template {
        description: "wpimg: load balancer, registry and service of a WordPress site",
        ..Template::default()
    }
}
