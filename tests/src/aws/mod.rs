//! AWS as far as it can be had on one machine: MiniStack, with real containers of ours as tasks.
//!
//! ```text
//! wpimg ── gateway ── MiniStack ── Docker: tasks, on a network with
//!                         │                relay (AWS for tasks) and database
//!                         └── load balancer: HTTP by the name of the host
//! ```
//!
//! `gateway` lets requests fail that a test wants to fail, and takes out of templates what the emulator lacks, which
//! `stripped` lists. Everything listens on 127.0.0.1 or on the network of the test.

mod account;
mod form;
mod gateway;
mod relay;
mod release;
mod stripped;

pub use account::Account;
pub use gateway::{Fault, Gateway};
pub use release::VERSION_PATH;
