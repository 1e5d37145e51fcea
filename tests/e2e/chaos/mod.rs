//! Nothing is lost, whatever happens to the machine: a full disk at every write, a disk that cannot be written, a clock
//! that is wrong, a build that is killed at a hundred moments, two builds at once.
//!
//! After each of them the cache and the output hold whole files only, and the next build gives the image it always gave.

mod at_once;
mod clock;
mod full_disk;
mod killed;
mod read_only;
