//! What `docker login` left: `~/.docker/config.json` and the credential helpers it names.
//!
//! ```text
//! config    the file, and which of its entries is for a host
//! program   running `docker-credential-<name> get`
//! ```
//!
//! For a host its own helper is asked first, then the general one, then the file itself is read;
//! this is Docker's order. The caller says where the file is.

mod config;
mod program;

pub use config::{ConfigError, DockerConfig};
pub use program::HelperError;
