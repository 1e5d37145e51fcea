//! Certificates that nobody trusts yet, made by `openssl` for one test.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::requirement::Requirement;

/// An authority of our own.
pub struct Authority {
    directory: TempDir,
}

/// A certificate and its key, as PEM.
pub struct Certified {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Result<Self> {
        let authority = Self {
            directory: tempfile::tempdir()?,
        };
        authority.openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
        )?;
        Ok(authority)
    }

    /// Its own certificate, as PEM.
    pub fn certificate(&self) -> Result<String> {
        self.read("ca.pem")
    }

    /// Certifies a server of this name.
    pub fn certify(&self, host: &str) -> Result<Certified> {
        fs::write(
            self.path().join("names"),
            format!("subjectAltName=DNS:{host}\n"),
        )?;
        self.openssl(
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server",
        )?;
        self.openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -extfile names \
             -out server.pem",
        )?;
        Ok(Certified {
            certificate: self.read("server.pem")?,
            key: self.read("server.key")?,
        })
    }

    fn read(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.path().join(name))?)
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn openssl(&self, words: &str) -> Result<()> {
        Requirement::Openssl.check()?;
        let output = Requirement::Openssl
            .command()
            .args(words.split_whitespace())
            .current_dir(self.path())
            .output()?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "openssl {words}: {error}");
        Ok(())
    }
}
