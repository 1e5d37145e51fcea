//! The edge to the kernel: signals, spawning, reaping, the output of children.
//!
//! Nothing here decides anything. `std::process::Child` is never waited for: its status would be
//! taken by the one `waitpid(-1)` in `reap`, which PID 1 needs for orphans it never knew.

mod descendants;
mod output;
mod reap;
mod signals;
mod spawn;
mod sys;

pub(crate) use descendants::signal_descendants;
pub(crate) use output::OutputPump;
pub(crate) use reap::{Children, reap};
pub(crate) use signals::Signals;
pub(crate) use spawn::{CommandLine, SpawnError, spawn_foreground, spawn_service};
