//! What comes out of the container.

mod format;
mod secrets;
mod stalled;
mod whole_lines;
