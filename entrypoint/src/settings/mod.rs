//! Settings: the environment, read once and parsed into types that cannot hold a wrong value.
//!
//! Nothing here touches the process environment or a file by itself; both are handed in, so every
//! rule is tested with a map. A wrong value is an error that names its variable; there is no
//! silent fallback.

mod capacity;
mod environment;
mod error;
mod salts;
mod secret;
mod server;
mod size;
mod wordpress;

pub(crate) use capacity::Capacity;
pub(crate) use environment::{Environment, FileReader, read_file};
pub(crate) use error::SettingsError;
pub(crate) use secret::Secret;
pub(crate) use server::ServerSettings;
pub(crate) use wordpress::WordPressSettings;

/// Everything the container can be told.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) server: ServerSettings,
    pub(crate) wordpress: WordPressSettings,
}

impl Settings {
    pub(crate) fn resolve(
        environment: &Environment,
        files: FileReader<'_>,
        capacity: Capacity,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            server: ServerSettings::resolve(environment, capacity)?,
            wordpress: WordPressSettings::resolve(environment, files)?,
        })
    }
}
