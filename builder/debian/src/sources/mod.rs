//! What the machine's apt configuration says about Debian: sources.list(5), both forms.
//!
//! Parsing is generous, because the files belong to somebody else: sources that are disabled, of
//! another kind (`deb-src`, `cdrom:`) or of another distribution are left out, not refused. Only a
//! text that is no sources file at all is an error.

mod deb822;
mod one_line;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::control::ControlError;

/// One archive with the suites taken from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As written, without a slash at its end.
    pub uri: String,
    pub suites: Vec<String>,
    pub components: Vec<String>,
}

/// Where the machine takes Debian from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebianSources {
    pub main: String,
    pub security: Option<String>,
}

/// Why a file says nothing about sources.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourcesError {
    #[error("line {line}: expected `deb URI SUITE COMPONENT…`, found `{excerpt}`")]
    NotASource { line: usize, excerpt: String },
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// Parses one file; its name decides the form, as it does for apt.
pub fn parse(file_name: &str, text: &str) -> Result<Vec<Source>, SourcesError> {
    if file_name.ends_with(".sources") {
        deb822::parse(text)
    } else {
        one_line::parse(text)
    }
}

/// Returns the first archive that carries Debian itself, and the one with its security updates.
pub fn debian_mirror(sources: &[Source]) -> Option<DebianSources> {
    let uri = |suits: fn(&str) -> bool| {
        let mut debian = sources.iter().filter(|source| source.is_debian());
        let found = debian.find(|source| source.suites.iter().any(|suite| suits(suite)));
        found.map(|source| source.uri.clone())
    };
    Some(DebianSources {
        main: uri(is_main)?,
        security: uri(is_security),
    })
}

impl Source {
    /// Debian's components and suite names are its own; `main` with a suite of Ubuntu's is not Debian.
    fn is_debian(&self) -> bool {
        self.components.iter().any(|name| name == "main")
            && self
                .suites
                .iter()
                .any(|suite| CODENAMES.contains(&release(suite)))
    }
}

/// Releases since Debian 9 and the names that move with them. Nothing that Ubuntu or another
/// derivative calls a suite is among them.
const CODENAMES: [&str; 12] = [
    "stretch",
    "buster",
    "bullseye",
    "bookworm",
    "trixie",
    "forky",
    "duke",
    "sid",
    "oldstable",
    "stable",
    "testing",
    "unstable",
];

/// `trixie` of `trixie-security`, `bullseye` of `bullseye/updates`.
fn release(suite: &str) -> &str {
    suite.split(['-', '/']).next().unwrap_or(suite)
}

fn is_main(suite: &str) -> bool {
    CODENAMES.contains(&suite) || suite.ends_with("-updates")
}

fn is_security(suite: &str) -> bool {
    suite.ends_with("-security") || suite.ends_with("/updates")
}

/// Returns a source if it can be fetched over HTTP, which is all this program speaks.
fn source(uri: &str, suites: Vec<String>, components: Vec<String>) -> Option<Source> {
    let scheme = uri.split_once("://").map(|(scheme, _)| scheme)?;
    matches!(scheme, "http" | "https").then(|| Source {
        uri: uri.trim_end_matches('/').to_owned(),
        suites,
        components,
    })
}
