//! A suite of fake packages with its signed release.
//!
//! One `FakeArchive` is one suite; several suites of one archive share a key and merge their maps.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{FakeKey, FakePackage, package::compress};
use crate::{compression::Compression, keyring::Keyring, sha256, time::format_date};

/// A suite to be served to a test.
#[derive(Debug, Clone)]
pub struct FakeArchive {
    suite: String,
    date: i64,
    valid_until: Option<i64>,
    packages: Vec<FakePackage>,
    key: FakeKey,
}

impl FakeArchive {
    /// Starts an empty suite dated `date`, in seconds since 1970, with a key made for it.
    pub fn new(suite: &str, date: i64) -> Self {
        Self::with_key(suite, date, FakeKey::generate(date - 86_400))
    }

    pub fn with_key(suite: &str, date: i64, key: FakeKey) -> Self {
        Self {
            suite: suite.into(),
            date,
            valid_until: None,
            packages: Vec::new(),
            key,
        }
    }

    #[must_use]
    pub fn package(mut self, package: FakePackage) -> Self {
        self.packages.push(package);
        self
    }

    #[must_use]
    pub fn valid_until(mut self, time: i64) -> Self {
        self.valid_until = Some(time);
        self
    }

    pub fn key(&self) -> &FakeKey {
        &self.key
    }

    pub fn keyring(&self) -> Keyring {
        self.key.keyring()
    }

    /// Returns every file of the archive by its path relative to the archive's base.
    pub fn build(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut listed = Vec::new();
        for architecture in self.architectures() {
            let index = self.index(&architecture, &mut files);
            for compression in [Compression::None, Compression::Gzip, Compression::Xz] {
                let bytes = compress(compression, index.as_bytes());
                let folder = format!("main/binary-{architecture}");
                let digest = sha256::hex(&sha256::of(&bytes));
                let path = format!("{folder}/Packages{}", compression.suffix());
                listed.push(format!(" {digest} {:>8} {path}\n", bytes.len()));
                let base = format!("dists/{}", self.suite);
                files.insert(
                    format!("{base}/{folder}/by-hash/SHA256/{digest}"),
                    bytes.clone(),
                );
                files.insert(format!("{base}/{path}"), bytes);
            }
        }
        let release = self.release(&listed.concat());
        let in_release = self.key.sign(&release, self.date);
        files.insert(format!("dists/{}/InRelease", self.suite), in_release);
        files
    }

    /// Returns the text that `InRelease` signs, around the given checksum lines.
    pub(crate) fn release(&self, checksums: &str) -> String {
        let valid_until = self
            .valid_until
            .map(|time| format!("Valid-Until: {}\n", format_date(time)))
            .unwrap_or_default();
        let architectures: Vec<String> = self.architectures().into_iter().collect();
        format!(
            "Origin: Fake\nLabel: Fake\nSuite: {suite}\nCodename: {suite}\nDate: {}\n{valid_until}\
             Acquire-By-Hash: yes\nArchitectures: {}\nComponents: main\nSHA256:\n{checksums}",
            format_date(self.date),
            architectures.join(" "),
            suite = self.suite,
        )
    }

    /// An index for both platforms, so that a test may ask for either.
    fn architectures(&self) -> BTreeSet<String> {
        let own = self
            .packages
            .iter()
            .map(|package| package.architecture.clone());
        own.chain(["amd64".into(), "arm64".into()])
            .filter(|name| name != "all")
            .collect()
    }

    fn index(&self, architecture: &str, files: &mut BTreeMap<String, Vec<u8>>) -> String {
        let mut index = String::new();
        for package in &self.packages {
            if package.architecture != architecture && package.architecture != "all" {
                continue;
            }
            let FakePackage {
                name,
                version,
                architecture,
                ..
            } = package;
            // The epoch's colon is not part of file names.
            let version = version
                .split_once(':')
                .map_or(version.as_str(), |(_, rest)| rest);
            let path = format!("pool/main/{name}_{version}_{architecture}.deb");
            let bytes = package.build();
            let _ = write!(
                index,
                "{}Filename: {path}\nSize: {}\nSHA256: {}\n\n",
                package.control(),
                bytes.len(),
                sha256::hex(&sha256::of(&bytes)),
            );
            files.insert(path, bytes);
        }
        index
    }
}
