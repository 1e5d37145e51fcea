//! The stacks and the releases of a site, on an emulator of AWS with real containers as tasks.

mod deploy;
mod stacks;
