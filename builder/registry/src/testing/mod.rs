//! A registry in this process: a real HTTP server on 127.0.0.1 that misbehaves on request.
//!
//! ```text
//! behaviour  what kind of registry it is
//! fault      what goes wrong, at which request
//! wire       HTTP/1.1, bytes in and bytes out
//! store      blobs, manifests, tags
//! routes     the protocol: a request and the store give an answer
//! gate       authentication
//! server     connections
//! ```
//!
//! It refuses a manifest of which a part is missing, so a test that passes has kept the order.
//! Only for tests: it has no limits and it panics on what it did not expect.

mod behaviour;
mod fault;
mod gate;
mod routes;
mod server;
mod store;
mod wire;

pub use behaviour::{Authentication, Behaviour, Mounts, Ranges, Referrers, Tags};
pub use fault::Fault;
pub use server::{FakeRegistry, LoggedRequest};
