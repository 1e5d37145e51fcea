//! Tests of the crate through its public face, one module per promise.

mod archive;
mod golden;
mod layer;
mod layout;
mod sample;
mod tar_round_trip;
mod target;
