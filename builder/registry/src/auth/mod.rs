//! Who we are, as the registry wants to hear it.
//!
//! Nothing is sent before a registry asks. Its challenge is remembered per host: Basic gives one
//! header for everything, Bearer one token per scope. Credentials go to the registry's origin and
//! to the token service it names, never in the clear if the registry itself is encrypted.
//! Protocol: RFC 7235 and 7617, and the distribution project's token specification.

mod authenticator;
mod challenge;
mod scope;
mod token;

pub(crate) use authenticator::Authenticator;
pub(crate) use challenge::Challenge;
pub(crate) use scope::Scope;
