//! The database: waited for, filled and upgraded once however many containers start, reached over TLS, with a password
//! that changes; and what is due, run in one container of all.

mod cron;
mod install;
mod rotation;
mod tls;
mod wait;

use anyhow::{Context, Result};
use wpimg_e2e::docker::{Container, Launch};
use wpimg_e2e::poll;

/// Code that WordPress loads without being asked to.
fn with_code(launch: Launch, code: &str) -> Launch {
    // The directory for such code is not in the image, and this one is.
    launch
        .env(
            "WORDPRESS_CONFIG_EXTRA",
            "define('WPMU_PLUGIN_DIR', '/opt');",
        )
        .file("/opt/test.php", code)
}

/// Has WordPress installed into an empty database.
fn installing(launch: Launch) -> Launch {
    launch
        .env("WPIMG_INSTALL", "1")
        .env("WPIMG_HOME", "http://shop.example")
        .env("WPIMG_INSTALL_TITLE", "One shop")
        .env("WPIMG_INSTALL_ADMIN_USER", "keeper")
        .env("WPIMG_INSTALL_ADMIN_PASSWORD", "correct horse")
        .env("WPIMG_INSTALL_ADMIN_EMAIL", "keeper@shop.example")
}

/// Waits until everything that has to be done before visitors come is done.
fn wait_until_ready(container: &Container) -> Result<()> {
    poll::until("the container is ready for visitors", || {
        container.shell("test -e /run/wpimg/ready").map(drop)
    })
    .with_context(|| container.logs().unwrap_or_default())
}
