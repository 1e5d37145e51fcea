//! Runs PHP inside php-fpm: what one request has compiled serves the next, where the command line would compile
//! WordPress anew each minute.
//!
//! `records` is the protocol, `lines` cuts, `script` what the scripts in `/usr/share/wpimg/jobs` say, `call` the edge: one
//! connection, one request, an answer that is handed on while it comes.

mod call;
mod lines;
mod records;
mod script;

pub(super) use call::{Call, CallError, run_script, visit};
