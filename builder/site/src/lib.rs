//! Takes site content in: plugins, themes and WordPress itself, from archives and directories.
//!
//! ```text
//! intake      archive or directory -> entries: paths checked, modes and times normalised, size bounded
//! exclude     what a site must not ship: secrets, repositories, dumps, debris
//! header      the comment at the top of a file in which WordPress looks for names and versions
//! plugin, theme, mu_plugin, wordpress   what the entries are, or what is missing
//! detect      what lies in an existing site or Bedrock project
//! digest      one digest over entries, for cache keys
//! ```
//!
//! Archives are hostile until shown otherwise, directories are the user's own. Files are read where
//! the caller points; nothing is written except through the caller's [`intake::ContentSink`], and
//! there is no network, clock or environment here.

pub mod detect;
pub mod digest;
pub mod entry;
mod excerpt;
pub mod exclude;
pub mod header;
pub mod identify;
pub mod intake;
pub mod mu_plugin;
pub mod plugin;
pub mod slug;
pub mod theme;
pub mod wordpress;

pub use entry::{SiteEntry, SiteKind};
pub use intake::{Intake, IntakeError};
