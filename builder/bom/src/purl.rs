//! Package URLs: one name for a package that scanners of every vendor understand.
//!
//! ```text
//! pkg:type/namespace/name@version?qualifier=value&…
//! ```
//!
//! Letters, digits, `.`, `-`, `_`, `~` and `:` stand for themselves; everything else is
//! percent-encoded, the `+` of Debian versions included. In a qualifier `/` stands for itself too,
//! as in the vectors of the specification. Source: ECMA-427, and `tests/types` of purl-spec.

use std::fmt::{self, Write as _};

use wpimg_oci::digest::Digest;

use crate::bill::{ComponentKind, DebianPackage, Image};

/// A package URL in its canonical spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl(String);

impl Purl {
    /// Returns the package URL of a Debian package.
    ///
    /// `upstream` names the source package, which is what Debian's security tracker speaks of.
    pub fn debian(package: &DebianPackage) -> Self {
        let upstream = package.source.as_ref().map(|source| match &source.version {
            Some(version) => format!("{}@{version}", source.name),
            None => source.name.clone(),
        });
        Self::build(
            "deb",
            Some("debian"),
            &package.name,
            Some(&package.version),
            &[
                ("arch", Some(package.architecture.as_str())),
                ("distro", distro(&package.suite).as_deref()),
                ("upstream", upstream.as_deref()),
            ],
        )
    }

    /// Returns the package URL of an image, whose name has no registry and no folders here.
    pub fn image(image: &Image) -> Self {
        let name = image.name.rsplit('/').next().unwrap_or(&image.name);
        Self::build(
            "oci",
            None,
            &name.to_lowercase(),
            Some(&image.manifest.to_string()),
            &[("arch", Some(image.platform.architecture()))],
        )
    }

    /// Returns the package URL of a crate from the registry of the Rust project.
    pub fn cargo(name: &str, version: &str) -> Self {
        Self::build("cargo", None, name, Some(version), &[])
    }

    /// Returns the package URL of a plugin or theme, for which there is no registered type.
    pub fn component(
        kind: ComponentKind,
        name: &str,
        version: Option<&str>,
        url: Option<&str>,
        sha256: Option<&Digest>,
    ) -> Self {
        let namespace = match kind {
            ComponentKind::Plugin => "wordpress-plugin",
            ComponentKind::Theme => "wordpress-theme",
            ComponentKind::MuPlugin => "wordpress-mu-plugin",
        };
        Self::generic(Some(namespace), name, version, url, sha256)
    }

    /// Returns the package URL of something that no package system knows.
    pub fn generic(
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
        url: Option<&str>,
        sha256: Option<&Digest>,
    ) -> Self {
        let checksum = sha256.map(Digest::to_string);
        let download_url = url.and_then(public_url);
        Self::build(
            "generic",
            namespace,
            name,
            version,
            &[
                ("checksum", checksum.as_deref()),
                ("download_url", download_url.as_deref()),
            ],
        )
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Qualifiers must come sorted by their key.
    fn build(
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
        qualifiers: &[(&str, Option<&str>)],
    ) -> Self {
        let mut purl = format!("pkg:{kind}/");
        if let Some(namespace) = namespace {
            encode(namespace, Slash::Encoded, &mut purl);
            purl.push('/');
        }
        encode(name, Slash::Encoded, &mut purl);
        if let Some(version) = version.filter(|version| !version.is_empty()) {
            purl.push('@');
            encode(version, Slash::Encoded, &mut purl);
        }
        let given = qualifiers
            .iter()
            .filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)));
        for (separator, (key, value)) in std::iter::once('?')
            .chain(std::iter::repeat('&'))
            .zip(given)
        {
            purl.push(separator);
            purl.push_str(key);
            purl.push('=');
            encode(value, Slash::Literal, &mut purl);
        }
        Self(purl)
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns the part of an address that may be shown to everybody who can pull the image.
///
/// What is not a plain HTTP address is left out altogether.
pub fn public_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["https", "http"]
        .into_iter()
        .find(|known| scheme.eq_ignore_ascii_case(known))?;
    let visible = rest.split(['?', '#']).next()?;
    let (authority, path) = match visible.split_once('/') {
        Some((authority, path)) => (authority, Some(path)),
        None => (visible, None),
    };
    let host = authority.rsplit('@').next()?;
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    };
    if !is_host(host) || !plain(visible) {
        return None;
    }
    Some(match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    })
}

/// A name or an IP address, with or without a port.
///
/// Stricter than the standard: what is left of a malformed address may be half a password.
fn is_host(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let is_address = name.starts_with('[') && name.ends_with(']');
    !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || b".-_".contains(&byte)
                || is_address && b"[]:".contains(&byte)
        })
}

/// Returns Debian's release as scanners spell it, or its code name where it has no number here.
pub(crate) fn distro(suite: &str) -> Option<String> {
    let codename = codename(suite)?;
    Some(match release_number(codename) {
        Some(number) => format!("debian-{number}"),
        None => codename.to_owned(),
    })
}

/// Returns the number of a Debian release that images can be built from.
pub(crate) fn release_number(codename: &str) -> Option<&'static str> {
    match codename {
        "bullseye" => Some("11"),
        "bookworm" => Some("12"),
        "trixie" => Some("13"),
        "forky" => Some("14"),
        "duke" => Some("15"),
        _ => None,
    }
}

/// `trixie-security`, `trixie-updates` and `trixie/updates` all belong to `trixie`.
pub(crate) fn codename(suite: &str) -> Option<&str> {
    suite
        .split(['-', '/'])
        .next()
        .filter(|name| !name.is_empty())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slash {
    Encoded,
    Literal,
}

fn encode(text: &str, slash: Slash, output: &mut String) {
    for byte in text.bytes() {
        let literal = byte.is_ascii_alphanumeric()
            || b".-_~:".contains(&byte)
            || (byte == b'/' && slash == Slash::Literal);
        if literal {
            output.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(output, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bill::SourcePackage;

    fn package(name: &str, version: &str, suite: &str) -> DebianPackage {
        DebianPackage {
            name: name.into(),
            version: version.into(),
            architecture: "amd64".into(),
            source: None,
            licence: crate::Licence::default(),
            sha256: Digest::of(b""),
            suite: suite.into(),
        }
    }

    #[test]
    fn epochs_stay_and_plus_signs_are_encoded() {
        for (name, version, suite, expected) in [
            (
                "nginx",
                "1.26.3-3+deb13u1",
                "trixie",
                "pkg:deb/debian/nginx@1.26.3-3%2Bdeb13u1?arch=amd64&distro=debian-13",
            ),
            (
                "attr",
                "1:2.4.47-2+b1",
                "bookworm-security",
                "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12",
            ),
            (
                "libstdc++6",
                "14.2.0-19",
                "sid",
                "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=sid",
            ),
            (
                "php8.4-cli",
                "8.4.11~rc1-1",
                "bullseye/updates",
                "pkg:deb/debian/php8.4-cli@8.4.11~rc1-1?arch=amd64&distro=debian-11",
            ),
            ("dpkg", "1.19", "", "pkg:deb/debian/dpkg@1.19?arch=amd64"),
        ] {
            let purl = Purl::debian(&package(name, version, suite));
            assert_eq!(purl.as_str(), expected);
        }
    }

    #[test]
    fn the_source_package_is_named_where_it_differs() {
        let mut binary = package("libssl3t64", "3.5.1-1", "trixie");
        let mut source = SourcePackage {
            name: "openssl".into(),
            version: None,
        };
        binary.source = Some(source.clone());
        let purl = Purl::debian(&binary).to_string();
        assert!(purl.ends_with("&upstream=openssl"), "{purl}");
        source.version = Some("1:3.5+x".into());
        binary.source = Some(source);
        let purl = Purl::debian(&binary).to_string();
        assert!(purl.ends_with("&upstream=openssl%401:3.5%2Bx"), "{purl}");
    }

    #[test]
    fn the_vectors_of_the_specification_for_generic_packages_hold() {
        let purl = Purl::generic(None, "openssl", Some("1.1.10g"), None, None);
        assert_eq!(purl.as_str(), "pkg:generic/openssl@1.1.10g");
        let url = "https://openssl.org/source/openssl-1.1.0g.tar.gz";
        let purl = Purl::generic(None, "openssl", Some("1.1.10g"), Some(url), None);
        assert_eq!(
            purl.as_str(),
            "pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/source/openssl-1.1.0g.tar.gz"
        );
    }

    #[test]
    fn a_plugin_without_a_version_has_no_at_sign() {
        let purl = Purl::component(ComponentKind::Theme, "très beau/1", None, None, None);
        assert_eq!(
            purl.as_str(),
            "pkg:generic/wordpress-theme/tr%C3%A8s%20beau%2F1"
        );
    }

    #[test]
    fn an_address_loses_what_may_be_a_secret() {
        for (url, expected) in [
            (
                "https://user:pw@host.example/a/b.zip?key=1#x",
                Some("https://host.example/a/b.zip"),
            ),
            (
                "HTTP://a:b@c@host.example:80",
                Some("http://host.example:80"),
            ),
            ("https://host.example?key=1", Some("https://host.example")),
            (
                "https://host.example/@scope/x",
                Some("https://host.example/@scope/x"),
            ),
            ("ftp://host.example/x", None),
            ("file:///home/me/x.zip", None),
            ("https:///x", None),
            ("https://user@", None),
            ("https://user:p?ss@host.example/x", None),
            ("https://user:p/ss@host.example/x", None),
            ("https://[::1]:8080/x", Some("https://[::1]:8080/x")),
            ("https://host.example/a b", None),
            ("host.example/x", None),
        ] {
            assert_eq!(public_url(url).as_deref(), expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_encoded_is_ascii_and_comes_back(text in "\\PC{0,40}") {
            let mut encoded = String::new();
            encode(&text, Slash::Encoded, &mut encoded);
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_~:%".contains(&byte)));
            let mut bytes = Vec::new();
            let mut rest = encoded.as_str();
            while let Some(first) = rest.chars().next() {
                if first == '%' {
                    bytes.push(u8::from_str_radix(&rest[1..3], 16).unwrap());
                    rest = &rest[3..];
                } else {
                    bytes.push(first as u8);
                    rest = &rest[1..];
                }
            }
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), text);
        }
    }
}
