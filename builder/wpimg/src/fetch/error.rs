//! What can go wrong when fetching. URLs never show a password.

use std::{fmt, io, path::PathBuf};

use reqwest::{StatusCode, Url};
use thiserror::Error;
use wpimg_oci::digest::Digest;

use crate::{cache::CacheError, error_report::Hint, report::units::Bytes};

/// Why a file could not be fetched.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    #[error("the HTTP client cannot be set up")]
    Client {
        #[source]
        source: reqwest::Error,
    },
    #[error(
        "`{}` is not in the cache, and the network is not to be used",
        Redacted(url)
    )]
    Offline { url: Url },
    #[error("could not read `{}`", path.display())]
    LocalFile {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` does not exist", Redacted(url))]
    NotFound { url: Url },
    #[error("the server refused `{}`: {status}", Redacted(url))]
    Refused { url: Url, status: StatusCode },
    #[error("`{}` cannot be requested", Redacted(url))]
    Request {
        url: Url,
        #[source]
        source: reqwest::Error,
    },
    #[error("could not fetch `{}` in {attempts} attempts", Redacted(url))]
    GaveUp {
        url: Url,
        attempts: u32,
        #[source]
        source: Attempt,
    },
    #[error("`{}` is larger than {}", Redacted(url), Bytes(*limit))]
    TooLarge { url: Url, limit: u64 },
    #[error(
        "`{}` has the digest `{actual}`, not the signed `{expected}`",
        Redacted(url)
    )]
    Tampered {
        url: Url,
        expected: Digest,
        actual: Digest,
    },
    #[error("`{}` has more than the signed {} bytes", Redacted(url), expected)]
    TooLong { url: Url, expected: u64 },
    #[error("`{}` has {offered} bytes, not the signed {expected}", Redacted(url))]
    WrongSize {
        url: Url,
        expected: u64,
        offered: u64,
    },
    #[error("no address was given to fetch `{digest}` from")]
    NoCandidate { digest: Digest },
    #[error("what was fetched from `{}` cannot be kept", Redacted(url))]
    Store {
        url: Url,
        #[source]
        source: CacheError,
    },
}

/// Why the last of several attempts failed.
#[derive(Debug, Error)]
pub(crate) enum Attempt {
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the connection ended after {received} of {expected} bytes")]
    Truncated { received: u64, expected: u64 },
    #[error(transparent)]
    Transport(reqwest::Error),
}

/// A URL without the password that company mirrors carry in front of the host.
pub(crate) struct Redacted<'a>(pub(crate) &'a Url);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        // Only URLs without a host refuse these, and they have neither. A user name alone is a token.
        if url.password().is_some() {
            let _ = url.set_password(Some("****"));
        } else if !url.username().is_empty() {
            let _ = url.set_username("****");
        }
        write!(formatter, "{url}")
    }
}

impl Hint for FetchError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Offline { url } if url.path().ends_with("/InRelease") => Some(
                "without a network only a locked build is possible: run `wpimg lock` first"
                    .to_owned(),
            ),
            Self::Offline { .. } => Some(
                "build once with a network, or take a directory that `wpimg vendor` wrote along"
                    .to_owned(),
            ),
            Self::Tampered { url, .. } | Self::TooLong { url, .. } if url.scheme() == "file" => {
                Some(
                    "the file was changed: run `wpimg vendor DIR` again, or take it from git"
                        .to_owned(),
                )
            }
            Self::LocalFile { .. } => {
                Some("run `wpimg vendor DIR` again where there is a network".to_owned())
            }
            Self::NotFound { .. } => Some(
                "the mirror may be incomplete or just being updated: try again in some minutes, \
                 or name another one with `--mirror URL`"
                    .to_owned(),
            ),
            Self::Refused { status, .. } if status.as_u16() == 407 => {
                Some("put the proxy's user and password into `HTTPS_PROXY`".to_owned())
            }
            Self::Refused { .. } | Self::Request { .. } | Self::NoCandidate { .. } => {
                Some("check the mirror's address, or name another with `--mirror URL`".to_owned())
            }
            Self::GaveUp { .. } => Some(
                "check the connection (and `HTTPS_PROXY`, if there is a proxy), or name another \
                 mirror with `--mirror URL`; what has been fetched is kept"
                    .to_owned(),
            ),
            Self::TooLarge { .. }
            | Self::Tampered { .. }
            | Self::TooLong { .. }
            | Self::WrongSize { .. } => Some(
                "the mirror or a proxy altered the file, and it was thrown away: try again, then \
                 name another mirror with `--mirror URL`"
                    .to_owned(),
            ),
            Self::Store { source, .. } => source.hint(),
            Self::Client { .. } => {
                Some("install the system's certificates: package `ca-certificates`".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FetchError;

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        let url = "http://user:secret@mirror.example/debian".parse().unwrap();
        let message = FetchError::NotFound { url }.to_string();
        assert_eq!(
            message,
            "`http://user:****@mirror.example/debian` does not exist"
        );
        let url = "http://token@mirror.example/debian".parse().unwrap();
        let message = FetchError::NotFound { url }.to_string();
        assert!(!message.contains("token"), "{message}");
    }
}
