//! What a user of wpimg can see, tested on the real parts. One binary, a module per subject:
//!
//! - `install`: a person with a browser, from the install page to a published picture
//! - `serving`: what the web server answers, refuses and lets through
//! - `supervision`: services that die, orphans, and `wpimg-init` as a plain init
//! - `shutdown`: `docker stop` under load
//! - `restricted`: read-only root, other users, volumes with wrong owners
//! - `replicas`: two containers behind a load balancer
//! - `image`: the built image in the eyes of other tools
//! - `recipe`: recipes that are wrong
//! - `archive`: mirrors that are wrong, and a disk that is full

mod archive;
mod image;
mod install;
mod recipe;
mod replicas;
mod restricted;
mod serving;
mod shutdown;
mod supervision;
