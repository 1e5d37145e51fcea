//! A real registry on a free port of 127.0.0.1: Debian's `docker-registry`, which keeps what it gets in a directory
//! of its own and writes down every request.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    process::{Child, Stdio},
};

use anyhow::{Context, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use tempfile::TempDir;

use crate::poll;
use crate::requirement::Requirement;

pub const USER: &str = "pusher";
pub const PASSWORD: &str = "open sesame";
/// bcrypt of [`PASSWORD`], the only kind the registry takes; made with crypt(3).
const HASH: &str = "$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW";

/// Serves until dropped.
pub struct Registry {
    process: Child,
    directory: TempDir,
    host: String,
}

impl Registry {
    /// A registry that everybody may push to.
    pub fn start() -> Result<Self> {
        Self::start_with("")
    }

    /// A registry that asks for [`USER`] and [`PASSWORD`].
    pub fn with_password() -> Result<Self> {
        Self::start_with("auth: {htpasswd: {realm: tests, path: accounts}}\n")
    }

    fn start_with(access: &str) -> Result<Self> {
        Requirement::DockerRegistry.check()?;
        let directory = tempfile::tempdir()?;
        let path = directory.path();
        // Port 0: the kernel chooses, the log says which.
        let settings = format!(
            "version: 0.1\nhttp: {{addr: \"127.0.0.1:0\"}}\nstorage: {{filesystem: {{rootdirectory: storage}}, delete: {{enabled: true}}}}\n{access}"
        );
        fs::write(path.join("settings.yml"), settings)?;
        fs::write(path.join("accounts"), format!("{USER}:{HASH}\n"))?;
        let process = Requirement::DockerRegistry
            .command()
            .args(["serve", "settings.yml"])
            .current_dir(path)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(File::create(path.join("requests"))?)
            .stderr(File::create(path.join("log"))?)
            .spawn()
            .context("cannot start `docker-registry`")?;
        let mut registry = Self {
            process,
            directory,
            host: String::new(),
        };
        registry.host = poll::until("the registry listens", || registry.listening_at())?;
        Ok(registry)
    }

    fn listening_at(&self) -> Result<String> {
        let log = fs::read_to_string(self.directory.path().join("log"))?;
        let (_, rest) = log
            .split_once("listening on ")
            .with_context(|| format!("the registry says: {log}"))?;
        let end = rest.find('"').context("half a line")?;
        Ok(rest[..end].to_owned())
    }

    /// Host and port, as they stand in a reference.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The reference of a repository with its tag, such as `shop:1`.
    pub fn reference(&self, name: &str) -> String {
        format!("{}/{name}", self.host)
    }

    /// The digests of everything that is kept, manifests included.
    pub fn blobs(&self) -> Result<BTreeSet<String>> {
        let mut digests = BTreeSet::new();
        let kept = "storage/docker/registry/v2/blobs/sha256";
        let Ok(shelves) = fs::read_dir(self.directory.path().join(kept)) else {
            return Ok(digests);
        };
        for shelf in shelves {
            for blob in fs::read_dir(shelf?.path())? {
                let name = blob?.file_name().to_string_lossy().into_owned();
                digests.insert(format!("sha256:{name}"));
            }
        }
        Ok(digests)
    }

    /// The digests of the blobs that were sent so far, in the order in which they were complete.
    pub fn sent(&self) -> Result<Vec<String>> {
        let uploads = self.requests("/blobs/uploads/")?;
        let digests = uploads.iter().filter_map(|request| {
            let (_, digest) = request.split_once("digest=sha256%3A")?;
            Some(format!("sha256:{}", digest.get(..64)?))
        });
        Ok(digests.collect())
    }

    /// Requests that were answered so far and whose line contains `part`, such as `PUT /v2/shop/blobs`.
    pub fn requests(&self, part: &str) -> Result<Vec<String>> {
        let log = fs::read_to_string(self.directory.path().join("requests"))?;
        let lines = log.lines().filter_map(|line| line.split('"').nth(1));
        Ok(lines
            .filter(|request| request.contains(part))
            .map(str::to_owned)
            .collect())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a Docker configuration with which this registry lets one in, if the password is right.
pub fn log_in(directory: &Path, host: &str, password: &str) -> Result<()> {
    let secret = BASE64_STANDARD.encode(format!("{USER}:{password}"));
    let text = serde_json::json!({ "auths": { host: { "auth": secret } } });
    if host.is_empty() {
        bail!("a registry without a name");
    }
    Ok(fs::write(directory.join("config.json"), text.to_string())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Client;

    #[test]
    fn an_open_registry_lets_everybody_in_and_writes_it_down() -> Result<()> {
        let registry = Registry::start()?;
        let answer = Client::new(&format!("http://{}", registry.host())).get("/v2/")?;
        assert_eq!(answer.status, 200);
        assert!(registry.blobs()?.is_empty());
        poll::until_true("the request is in the log", || {
            Ok(registry.requests("GET /v2/")?.len() == 1)
        })
    }

    #[test]
    fn a_registry_with_a_password_asks_for_it() -> Result<()> {
        let registry = Registry::with_password()?;
        let url = format!("http://{}", registry.host());
        assert_eq!(Client::new(&url).get("/v2/")?.status, 401);
        let secret = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let client = Client::new(&url).header("Authorization", &format!("Basic {secret}"));
        assert_eq!(client.get("/v2/")?.status, 200);
        Ok(())
    }
}
