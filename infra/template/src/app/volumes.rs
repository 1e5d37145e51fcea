//! What a task can write to: its root file system is read-only.
//!
//! Fargate has no file systems in memory, so what lives as long as the task is on its ephemeral storage, which is
//! encrypted.

use serde_json::{Value, json};

use super::image::{UPLOADS, WRITABLE};
use crate::expression::imported;

/// Where the agent of ECS Exec keeps its state and its log, which a read-only root cannot take.
pub(super) const AGENT: [(&str, &str); 2] = [
    ("agent", "/var/lib/amazon"),
    ("agent-log", "/var/log/amazon"),
];

const FILES: &str = "files";

/// The task's volumes.
pub(super) fn volumes() -> Vec<Value> {
    let files = json!({
        "Name": FILES,
        "EFSVolumeConfiguration": {
            "FilesystemId": imported("Files"),
            "TransitEncryption": "ENABLED",
            "AuthorizationConfig": { "AccessPointId": imported("FilesAccessPoint"), "IAM": "ENABLED" },
        },
    });
    let volume = |(name, _)| json!({ "Name": name });
    let own = WRITABLE.map(volume).into_iter();
    let agent = AGENT.map(volume);
    own.chain(agent).chain([files]).collect()
}

/// Where they are in the container.
pub(super) fn mounts() -> Vec<Value> {
    let mount = |(name, path): (&str, &str)| json!({ "SourceVolume": name, "ContainerPath": path, "ReadOnly": false });
    let own = WRITABLE.map(mount).into_iter();
    let agent = AGENT.map(mount);
    own.chain(agent).chain([mount((FILES, UPLOADS))]).collect()
}
