//! The harness of the end-to-end tests: everything that touches a real part lives here, the tests say what is true.
//!
//! Real parts are the `wpimg` binary as users get it (release build), a Docker Engine spoken to through its
//! command line, a MariaDB and a load balancer in images that wpimg builds, headless Chromium driven over WebDriver,
//! a container registry, and an emulator of AWS. Nothing is skipped: a missing tool fails the test with one sentence
//! that says what to install.
//!
//! Read in this order: `wpimg`, `image`, `docker`, `site`; the rest are small tools for them.

pub mod access_point;
pub mod archive_server;
pub mod aws;
pub mod browser;
pub mod certificates;
pub mod content;
pub mod contents;
pub mod dice;
pub mod docker;
pub mod elf;
pub mod http;
pub mod image;
pub mod init;
pub mod layout;
pub mod load;
pub mod ministack;
pub mod picture;
pub mod poll;
pub mod private_archive;
pub mod registry;
pub mod requirement;
pub mod shop;
pub mod site;
pub mod small_site;
pub mod started;
pub mod task_metadata;
pub mod terminal;
pub mod tiny_disk;
pub mod vault;
pub mod whole;
pub mod wordpress_release;
pub mod wpimg;
pub mod wrap;
pub mod wrong_clock;
