//! Debian's `docker-registry` on a free port of 127.0.0.1, stopped when dropped.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use wpimg_e2e::poll;

pub(crate) struct Registry {
    address: SocketAddr,
    process: Child,
}

impl Registry {
    pub(crate) fn start(scratch: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let storage = scratch.join("registry");
        let settings = scratch.join("registry.yml");
        fs::write(
            &settings,
            format!(
                "version: 0.1\n\
                 log:\n  level: error\n  accesslog:\n    disabled: true\n\
                 storage:\n  filesystem:\n    rootdirectory: {}\n\
                 http:\n  addr: {address}\n  secret: benchmark\n",
                storage.display()
            ),
        )?;
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start `docker-registry`; run `apt-get install docker-registry`")?;
        let mut registry = Self { address, process };
        poll::until("the registry listens", || registry.check())?;
        Ok(registry)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn check(&mut self) -> Result<()> {
        if let Some(status) = self.process.try_wait()? {
            bail!("`docker-registry` ended with {status}");
        }
        TcpStream::connect(self.address)?;
        Ok(())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
