//! `netbase`: names of the machine itself and of its networks.

use super::{Context, EffectError};

/// The container runtime mounts its own over it; without a runtime names still resolve.
const HOSTS: &str = "127.0.0.1\tlocalhost
::1\t\tlocalhost ip6-localhost ip6-loopback
ff02::1\t\tip6-allnodes
ff02::2\t\tip6-allrouters

";

const NETWORKS: &str = "default\t\t0.0.0.0
loopback\t127.0.0.0
link-local\t169.254.0.0

";

pub(super) fn apply(context: &mut Context<'_>) -> Result<(), EffectError> {
    if !context.has_package("netbase") {
        return Ok(());
    }
    for (path, text) in [("etc/hosts", HOSTS), ("etc/networks", NETWORKS)] {
        if !context.exists(path) {
            context.file(path, text.as_bytes())?;
        }
    }
    Ok(())
}
