//! What a user of wpimg can see, tested on the real parts. One binary, a module per subject:
//!
//! - `install`: a person with a browser, from the install page to a published picture
//! - `serving`: what the web server answers, refuses and lets through
//! - `configuration`: the variables of the official image, and secrets in files
//! - `logs`: what comes out of the container, line by line
//! - `supervision`: services that die, orphans, and `wpimg-init` as a plain init
//! - `shutdown`: `docker stop` under load
//! - `restricted`: read-only root, other users, volumes with wrong owners
//! - `replicas`: two containers behind a load balancer
//! - `image`: the built image in the eyes of other tools
//! - `output`: what a build prints, writes and loads
//! - `reproducible`: everything that must not change the digest
//! - `cache`: builds that are killed, builds at once, and a disk that is full
//! - `recipe`: recipes that are wrong
//! - `archive`: mirrors that are wrong

mod archive;
mod cache;
mod configuration;
mod image;
mod install;
mod logs;
mod output;
mod recipe;
mod replicas;
mod reproducible;
mod restricted;
mod serving;
mod shutdown;
mod supervision;
