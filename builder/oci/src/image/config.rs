//! The image config: what a container engine needs to know to run the image (`config.md`).
//!
//! Only what wpimg sets is modelled; on the wire it is the configuration of the crate `oci-spec`. Times arrive as Unix seconds; nothing here knows the present.
//! Ports are TCP, because nothing in the image listens on anything else.

use std::collections::{BTreeMap, BTreeSet};

use oci_spec::image as spec;
use thiserror::Error;

use crate::{
    canonical::{self, CanonicalError},
    digest::{Digest, DigestError},
    json::{self, JsonError},
    platform::Platform,
    timestamp,
};

/// An image config under construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageConfig {
    pub platform: Platform,
    /// Seconds after the epoch; also the time of every history entry.
    pub created: i64,
    pub execution: Execution,
    layers: Vec<HistoryLayer>,
}

/// The defaults a container of the image starts with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Execution {
    /// `user`, `uid`, `user:group` or `uid:gid`; root if `None`.
    pub user: Option<String>,
    pub exposed_ports: BTreeSet<String>,
    pub environment: BTreeMap<String, String>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub working_directory: Option<String>,
    pub labels: BTreeMap<String, String>,
    /// As in `SIGQUIT`; docker sends `SIGTERM` if `None`.
    pub stop_signal: Option<String>,
    pub volumes: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct HistoryLayer {
    diff_id: Digest,
    created_by: String,
}

/// Why an image config could not be read.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("image config is not valid JSON of its kind")]
    Json {
        #[source]
        source: JsonError,
    },
    #[error("image config has layers of the unknown kind `{kind}`")]
    RootfsKind { kind: String },
    #[error("image config names a layer by a digest that wpimg cannot use")]
    DiffId {
        #[source]
        source: DigestError,
    },
}

impl ImageConfig {
    pub fn new(platform: Platform, created: i64) -> Self {
        Self {
            platform,
            created,
            execution: Execution::default(),
            layers: Vec::new(),
        }
    }

    /// Puts a layer on top; `created_by` is what `docker history` shows for it.
    pub fn push_layer(&mut self, diff_id: Digest, created_by: impl Into<String>) {
        self.layers.push(HistoryLayer {
            diff_id,
            created_by: created_by.into(),
        });
    }

    /// Returns the config as canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_vec(&spec::ImageConfiguration::from(self))
    }
}

/// Returns the diff ids of a config's layers, the lowest first.
pub fn diff_ids(config: &[u8]) -> Result<Vec<Digest>, ConfigError> {
    let config: spec::ImageConfiguration =
        json::from_slice(config).map_err(|source| ConfigError::Json { source })?;
    let layers = config.rootfs();
    if layers.typ() != LAYERS {
        let kind = layers.typ().chars().take(100).collect();
        return Err(ConfigError::RootfsKind { kind });
    }
    let digest = |text: &String| {
        text.parse()
            .map_err(|source| ConfigError::DiffId { source })
    };
    layers.diff_ids().iter().map(digest).collect()
}

/// The only value the spec gives to `rootfs.type`.
const LAYERS: &str = "layers";

impl From<&ImageConfig> for spec::ImageConfiguration {
    fn from(config: &ImageConfig) -> Self {
        let created = timestamp::rfc3339(config.created);
        let mut layers = spec::RootFs::default();
        let diff_ids = config.layers.iter().map(|layer| layer.diff_id.to_string());
        layers.set_diff_ids(diff_ids.collect());
        let history = config.layers.iter().map(|layer| {
            let mut entry = spec::History::default();
            entry.set_created(Some(created.clone()));
            entry.set_created_by(Some(layer.created_by.clone()));
            entry
        });
        let mut wire = Self::default();
        wire.set_architecture(config.platform.architecture().into());
        wire.set_os(config.platform.os().into());
        wire.set_variant(config.platform.variant().map(str::to_owned));
        wire.set_config(Some(spec::Config::from(&config.execution)));
        wire.set_rootfs(layers);
        wire.set_history(Some(history.collect()));
        wire.set_created(Some(created));
        wire
    }
}

impl From<&Execution> for spec::Config {
    fn from(execution: &Execution) -> Self {
        let ports = execution.exposed_ports.iter();
        let variables = execution.environment.iter();
        let variables = variables.map(|(name, value)| format!("{name}={value}"));
        let labels = execution.labels.clone();
        let mut wire = Self::default();
        wire.set_user(execution.user.clone());
        wire.set_exposed_ports(unless_empty(ports.cloned()));
        wire.set_env(unless_empty(variables));
        wire.set_entrypoint(unless_empty(execution.entrypoint.iter().cloned()));
        wire.set_cmd(unless_empty(execution.command.iter().cloned()));
        wire.set_working_dir(execution.working_directory.clone());
        wire.set_labels((!labels.is_empty()).then(|| labels.into_iter().collect()));
        wire.set_stop_signal(execution.stop_signal.clone());
        wire.set_volumes(unless_empty(execution.volumes.iter().cloned()));
        wire
    }
}

/// Lists as the wire has them: left out rather than empty.
fn unless_empty(items: impl Iterator<Item = String>) -> Option<Vec<String>> {
    let items: Vec<String> = items.collect();
    (!items.is_empty()).then_some(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_config_is_spelled_as_the_spec_wants_it() {
        let mut config = ImageConfig::new(Platform::LINUX_ARM64, 1_700_000_000);
        config.execution = Execution {
            user: Some("33:33".into()),
            exposed_ports: ["8080/tcp".to_owned(), "443/tcp".to_owned()].into(),
            environment: [
                ("PATH".into(), "/usr/bin".into()),
                ("A".into(), "b=c".into()),
            ]
            .into(),
            entrypoint: vec!["/wpimg-init".into()],
            command: vec!["serve".into()],
            working_directory: Some("/var/www/html".into()),
            labels: [("title".into(), "shop".into())].into(),
            stop_signal: Some("SIGTERM".into()),
            volumes: ["/run".into()].into(),
        };
        config.push_layer(Digest::of(b"one"), "base");
        let bytes = config.to_bytes().unwrap();
        let expected = r#"{"architecture":"arm64","config":{"Cmd":["serve"],"Entrypoint":["/wpimg-init"],"Env":["A=b=c","PATH=/usr/bin"],"ExposedPorts":{"443/tcp":{},"8080/tcp":{}},"Labels":{"title":"shop"},"StopSignal":"SIGTERM","User":"33:33","Volumes":{"/run":{}},"WorkingDir":"/var/www/html"},"created":"2023-11-14T22:13:20Z","history":[{"created":"2023-11-14T22:13:20Z","created_by":"base"}],"os":"linux","rootfs":{"diff_ids":["sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"],"type":"layers"}}"#;
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        assert_eq!(diff_ids(&bytes).unwrap(), [Digest::of(b"one")]);
    }

    #[test]
    fn what_is_not_set_is_not_written() {
        let bytes = ImageConfig::new(Platform::LINUX_AMD64, 0)
            .to_bytes()
            .unwrap();
        let expected = r#"{"architecture":"amd64","config":{},"created":"1970-01-01T00:00:00Z","history":[],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}"#;
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn a_config_of_another_kind_is_refused() {
        for json in [
            "",
            "{}",
            "[]",
            r#"{"rootfs":{"type":"layers","diff_ids":[]}}"#,
        ] {
            assert!(
                matches!(diff_ids(json.as_bytes()), Err(ConfigError::Json { .. })),
                "{json}"
            );
        }
        let with_layers = |layers: &str| {
            let json = format!(r#"{{"architecture":"amd64","os":"linux","rootfs":{layers}}}"#);
            diff_ids(json.as_bytes())
        };
        assert!(matches!(
            with_layers(r#"{"type":"turtles","diff_ids":[]}"#),
            Err(ConfigError::RootfsKind { kind }) if kind == "turtles"
        ));
        assert!(matches!(
            with_layers(r#"{"type":"layers","diff_ids":["md5:0"]}"#),
            Err(ConfigError::DiffId { .. })
        ));
    }
}
