//! A Docker Engine, through its command line: containers, networks and volumes that are gone when the test is.
//!
//! Everything created here carries the label `wpimg-e2e`, and ports are published on 127.0.0.1 only. What a killed
//! test run left behind is removed with `docker rm -f $(docker ps -aq --filter label=wpimg-e2e)`.

mod container;
mod network;
mod pulled;
mod volume;

use std::{
    ffi::OsStr,
    process::{self, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};

use crate::requirement::Requirement;

pub use self::container::{Container, Launch};
pub use self::network::Network;
pub use self::pulled::PulledImage;
pub use self::volume::Volume;

const LABEL: &str = "wpimg-e2e";

/// Runs `docker` with these arguments, whatever its exit code.
pub fn output<I, S>(arguments: I) -> Result<Output>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    Requirement::Docker
        .command()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("cannot start `docker`; run `apt-get install docker.io`")
}

/// Runs `docker`, which must succeed, and gives its standard output without the final newline.
pub fn run<I, S>(arguments: I) -> Result<String>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let arguments: Vec<_> = arguments
        .into_iter()
        .map(|word| word.as_ref().to_owned())
        .collect();
    let output = output(&arguments)?;
    ensure!(
        output.status.success(),
        "`docker {}` failed: {}",
        arguments.join(OsStr::new(" ")).to_string_lossy(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}

/// A name that no other test and no other run uses at the same time.
fn unique_name(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "wpimg-e2e-{}-{what}-{}",
        process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
