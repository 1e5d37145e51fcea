//! The few lines of configuration that depend on settings.
//!
//! Everything else is in the image under `/etc/wpimg`, where it can be read and reviewed; what is
//! written here includes it. Paths and names contain nothing that needs quoting: `settings` only
//! lets such directories in.

mod nginx;
mod php;
#[cfg(test)]
mod tests;

pub(super) use nginx::nginx;
pub(super) use php::{php, php_defaults, php_fpm};

/// Where php-fpm answers the readiness check. nginx has no route to it.
pub(crate) const PING_PATH: &str = "/wpimg-ping";

/// Answers whether WordPress can use its database. Not below the document root, so nginx has no route to it
/// either.
pub(crate) const DATABASE_PAGE: &str = "/usr/share/wpimg/ready.php";

/// Where php-fpm tells its status, on a socket of its own.
pub(crate) const STATUS_PATH: &str = "/wpimg-status";

/// Where nginx tells its status, on a socket of its own.
pub(crate) const NGINX_STATUS_PATH: &str = "/status";

/// The first line of each file.
const HEADER: &str = "Written by wpimg-init at every start; what does not vary is in the image.";
