//! The harness of the end-to-end tests: everything that touches a real part lives here, the tests say what is true.
//!
//! Real parts are the `wpimg` binary as users get it (release build), a Docker Engine spoken to through its
//! command line, a MariaDB and a load balancer in images that wpimg builds, and headless Chromium driven over
//! WebDriver. Nothing is skipped: a missing tool fails the test with one sentence that says what to install.
//!
//! Read in this order: `wpimg`, `image`, `docker`, `site`; the rest are small tools for them.

pub mod archive_server;
pub mod browser;
pub mod docker;
pub mod elf;
pub mod http;
pub mod image;
pub mod layout;
pub mod load;
pub mod picture;
pub mod poll;
pub mod private_archive;
pub mod requirement;
pub mod site;
pub mod tiny_disk;
pub mod wpimg;
pub mod wrap;
