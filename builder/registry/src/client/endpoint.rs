//! Where the registry of a host is: its base address, and the addresses of what is in it.

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;

use crate::{
    error::RegistryError,
    reference::{DOCKER_HUB, Repository},
};

/// Docker Hub's references and its registry live under different names.
const DOCKER_HUB_ENDPOINT: &str = "registry-1.docker.io";

/// The base address of a registry, without `/v2/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

impl Endpoint {
    /// Takes an address as it is: an emulator may serve many hosts under one.
    pub(crate) fn at(base: &Url) -> Result<Self, RegistryError> {
        let usable = matches!(base.scheme(), "http" | "https") && base.has_host();
        if !usable {
            return Err(RegistryError::Endpoint {
                endpoint: base.as_str().chars().take(200).collect(),
            });
        }
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        // Only addresses without a host refuse these.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        Ok(Self(base))
    }

    /// Finds the address of a host: https, except on this machine or where the caller says so.
    pub(crate) fn of(host: &str, transport: Transport) -> Result<Self, RegistryError> {
        let name = if host == DOCKER_HUB {
            DOCKER_HUB_ENDPOINT
        } else {
            host
        };
        let scheme = match transport {
            Transport::Plain => "http",
            Transport::Secure if is_loopback(name) => "http",
            Transport::Secure => "https",
        };
        match format!("{scheme}://{name}/").parse() {
            Ok(url) => Self::at(&url),
            Err(_) => Err(RegistryError::Endpoint {
                endpoint: host.chars().take(200).collect(),
            }),
        }
    }

    pub(crate) fn base(&self) -> &Url {
        &self.0
    }

    pub(crate) fn url(&self, repository: &Repository, rest: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            path.push("v2");
            path.extend(repository.name().split('/'));
            path.extend(rest);
        }
        url
    }
}

/// Whether a host's connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Secure,
    Plain,
}

/// Says whether `host[:port]` is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| match address {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, transport: Transport, expected: &str) {
        let repository: Repository = format!("{host}/a/b").parse().unwrap();
        let endpoint = Endpoint::of(repository.host(), transport).unwrap();
        let url = endpoint.url(&repository, &["manifests", "sha256:00"]);
        assert_eq!(url.as_str(), expected);
    }

    #[test]
    fn only_this_machine_and_named_hosts_are_spoken_to_in_the_clear() {
        check(
            "r.example",
            Transport::Secure,
            "https://r.example/v2/a/b/manifests/sha256:00",
        );
        check(
            "r.example:5000",
            Transport::Plain,
            "http://r.example:5000/v2/a/b/manifests/sha256:00",
        );
        check(
            "127.0.0.1:5000",
            Transport::Secure,
            "http://127.0.0.1:5000/v2/a/b/manifests/sha256:00",
        );
        check(
            "localhost",
            Transport::Secure,
            "http://localhost/v2/a/b/manifests/sha256:00",
        );
        check(
            "docker.io",
            Transport::Secure,
            "https://registry-1.docker.io/v2/a/b/manifests/sha256:00",
        );
        assert!(!is_loopback("127.0.0.1.example:80"));
        assert!(!is_loopback("localhost.example"));
        assert!(is_loopback("[::1]:80"));
    }

    #[test]
    fn an_address_may_have_a_path_but_no_password() {
        let base: Url = "http://user:secret@127.0.0.1:4566/ecr/?x=1"
            .parse()
            .unwrap();
        let endpoint = Endpoint::at(&base).unwrap();
        let repository: Repository = "r.example/shop".parse().unwrap();
        assert_eq!(
            endpoint
                .url(&repository, &["blobs", "uploads", ""])
                .as_str(),
            "http://127.0.0.1:4566/ecr/v2/shop/blobs/uploads/"
        );
        assert!(Endpoint::at(&"file:///tmp".parse().unwrap()).is_err());
    }
}
