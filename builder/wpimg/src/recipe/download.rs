//! What a recipe has fetched: an address, and the digest of what must come from it.
//!
//! An address without a digest must be one that nobody on the way can answer for: https, or this
//! machine. Credentials are refused, since a recipe lies in a repository and a lock beside it.

use std::{fmt, net::IpAddr, str::FromStr};

use wpimg_debian::sha256;

use super::ValueError;
use crate::fetch::Url;

/// An http or https address without credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebAddress(Url);

/// A SHA-256 digest: 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sha256([u8; 32]);

/// An address that can be trusted: by its scheme, by its host or by a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Download {
    url: WebAddress,
    sha256: Option<Sha256>,
}

impl WebAddress {
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    fn is_safe_alone(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        self.0.scheme() == "https"
            || host == "localhost"
            || address.is_ok_and(|address| address.is_loopback())
    }
}

impl Download {
    /// Refuses plain http over the network without a digest.
    pub(super) fn new(url: WebAddress, sha256: Option<Sha256>) -> Result<Self, ValueError> {
        if sha256.is_none() && !url.is_safe_alone() {
            return Err(ValueError::PlainHttp {
                host: url.0.host_str().unwrap_or_default().to_owned(),
            });
        }
        Ok(Self { url, sha256 })
    }

    pub(crate) fn url(&self) -> &Url {
        self.url.url()
    }

    /// `None`: whatever the first download gave, as the lock records.
    pub(crate) fn sha256(&self) -> Option<Sha256> {
        self.sha256
    }
}

impl FromStr for WebAddress {
    type Err = ValueError;

    // The text is never part of a message: it may hold the credentials it is refused for.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let url: Url = text.parse().map_err(|_| ValueError::WebAddress)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(ValueError::WebAddress);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValueError::Credentials);
        }
        Ok(Self(url))
    }
}

impl FromStr for Sha256 {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        sha256::parse(digits)
            .map(Self)
            .ok_or_else(|| ValueError::Sha256 {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Without the query, in which sellers of plugins put licence keys.
impl fmt::Debug for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        if url.query().is_some() {
            url.set_query(Some("****"));
        }
        url.fmt(formatter)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&sha256::hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Download, Sha256, WebAddress};
    use crate::recipe::ValueError;

    const DIGITS: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn download(url: &str, sha256: Option<&str>) -> Result<Download, ValueError> {
        let sha256 = sha256.map(str::parse::<Sha256>).transpose()?;
        Download::new(url.parse()?, sha256)
    }

    #[test]
    fn plain_http_needs_a_digest_unless_it_stays_on_the_machine() {
        for safe in [
            "https://a.example/x.zip",
            "http://127.0.0.1:8000/x.zip",
            "http://[::1]/x.zip",
            "http://localhost/x.zip",
        ] {
            assert!(download(safe, None).is_ok(), "{safe}");
        }
        for unsafe_alone in [
            "http://a.example/x.zip",
            "http://localhost.example/x.zip",
            "http://10.0.0.1/x.zip",
        ] {
            assert!(
                matches!(
                    download(unsafe_alone, None),
                    Err(ValueError::PlainHttp { .. })
                ),
                "{unsafe_alone}"
            );
            assert!(download(unsafe_alone, Some(DIGITS)).is_ok());
        }
    }

    #[test]
    fn credentials_are_refused_and_never_shown() {
        for text in [
            "https://me:hunter2@a.example/x",
            "https://hunter2@a.example/x",
            "ftp://me:hunter2@x",
            "hunter2",
        ] {
            let error = text.parse::<WebAddress>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn the_query_is_left_out_where_developers_print() {
        let address: WebAddress = "https://a.example/x.zip?licence=hunter2".parse().unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
        assert!(address.to_string().contains("hunter2"));
    }

    #[test]
    fn digests_are_written_in_one_way() {
        let upper: Sha256 = DIGITS.to_uppercase().parse().unwrap();
        let tagged: Sha256 = format!("sha256:{DIGITS}").parse().unwrap();
        assert_eq!((upper.to_string().as_str(), upper), (DIGITS, tagged));
        assert!("e3b0".parse::<Sha256>().is_err());
    }
}
