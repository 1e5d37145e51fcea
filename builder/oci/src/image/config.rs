//! The image config: what a container engine needs to know to run the image (`config.md`).
//!
//! Only what wpimg sets is modelled. Times arrive as Unix seconds; nothing here knows the present.
//! Ports are TCP, because nothing in the image listens on anything else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    canonical::{self, CanonicalError},
    digest::Digest,
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
    pub exposed_ports: BTreeSet<u16>,
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
        source: serde_json::Error,
    },
    #[error("image config has layers of the unknown kind `{kind}`")]
    RootfsKind { kind: String },
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
        let created = timestamp::rfc3339(self.created);
        canonical::to_vec(&WireConfig {
            architecture: self.platform.architecture(),
            os: self.platform.os(),
            variant: self.platform.variant(),
            created: &created,
            config: WireExecution::from(&self.execution),
            rootfs: WireRootfs {
                kind: LAYERS.to_owned(),
                diff_ids: self.layers.iter().map(|layer| layer.diff_id).collect(),
            },
            history: self
                .layers
                .iter()
                .map(|layer| WireHistory {
                    created: &created,
                    created_by: &layer.created_by,
                })
                .collect(),
        })
    }
}

/// Returns the diff ids of a config's layers, the lowest first.
pub fn diff_ids(config: &[u8]) -> Result<Vec<Digest>, ConfigError> {
    #[derive(Deserialize)]
    struct Layers {
        rootfs: WireRootfs,
    }
    let config: Layers =
        serde_json::from_slice(config).map_err(|source| ConfigError::Json { source })?;
    if config.rootfs.kind != LAYERS {
        let kind = config.rootfs.kind.chars().take(100).collect();
        return Err(ConfigError::RootfsKind { kind });
    }
    Ok(config.rootfs.diff_ids)
}

/// The only value the spec gives to `rootfs.type`.
const LAYERS: &str = "layers";

#[derive(Serialize)]
struct WireConfig<'a> {
    architecture: &'a str,
    os: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'a str>,
    created: &'a str,
    config: WireExecution<'a>,
    rootfs: WireRootfs,
    history: Vec<WireHistory<'a>>,
}

#[derive(Serialize, Deserialize)]
struct WireRootfs {
    #[serde(rename = "type")]
    kind: String,
    diff_ids: Vec<Digest>,
}

#[derive(Serialize)]
struct WireHistory<'a> {
    created: &'a str,
    created_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WireExecution<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    exposed_ports: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    entrypoint: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cmd: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    working_dir: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_signal: Option<&'a str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    volumes: Map<String, Value>,
}

impl<'a> From<&'a Execution> for WireExecution<'a> {
    fn from(execution: &'a Execution) -> Self {
        let ports = execution
            .exposed_ports
            .iter()
            .map(|port| format!("{port}/tcp"));
        let variables = execution.environment.iter();
        Self {
            user: execution.user.as_deref(),
            exposed_ports: set(ports),
            env: variables
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
            entrypoint: &execution.entrypoint,
            cmd: &execution.command,
            working_dir: execution.working_directory.as_deref(),
            labels: &execution.labels,
            stop_signal: execution.stop_signal.as_deref(),
            volumes: set(execution.volumes.iter().cloned()),
        }
    }
}

/// Sets are objects with empty members in this format.
fn set(names: impl Iterator<Item = String>) -> Map<String, Value> {
    names
        .map(|name| (name, Value::Object(Map::new())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_config_is_spelled_as_the_spec_wants_it() {
        let mut config = ImageConfig::new(Platform::LINUX_ARM64, 1_700_000_000);
        config.execution = Execution {
            user: Some("33:33".into()),
            exposed_ports: [8080, 443].into(),
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
            r#"{"rootfs":{"type":"layers","diff_ids":["md5:0"]}}"#,
        ] {
            assert!(
                matches!(diff_ids(json.as_bytes()), Err(ConfigError::Json { .. })),
                "{json}"
            );
        }
        let json = br#"{"rootfs":{"type":"turtles","diff_ids":[]}}"#;
        assert!(matches!(
            diff_ids(json),
            Err(ConfigError::RootfsKind { .. })
        ));
    }
}
