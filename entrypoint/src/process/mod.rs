//! The edge to the kernel: signals, spawning, reaping, the output of children.
//!
//! Nothing here decides anything. `std::process::Child` is never waited for: its status would be
//! taken by the one `waitpid(-1)` in `reap`, which PID 1 needs for orphans it never knew.

mod code_pages;
mod descendants;
mod foreground;
mod output;
mod reap;
mod signal_number;
mod signal_queue;
mod signals;
mod spawn;
mod sys;

pub(crate) use code_pages::release_code;
pub(crate) use descendants::signal_descendants;
pub(crate) use foreground::{Command, spawn_foreground};
pub(crate) use output::OutputPump;
pub(crate) use reap::{Change, Children, reap, reap_and_see_stops};
pub(crate) use signal_number::SignalNumber;
pub(crate) use signal_queue::{
    InheritedSignals, SignalQueue, Suffered, Victims, receive_at_end_of, suffer,
};
pub(crate) use signals::Signals;
pub(crate) use spawn::{CommandLine, SpawnError, spawn_service, spawn_service_as};
pub(crate) use sys::set_groups_of_this_thread;
