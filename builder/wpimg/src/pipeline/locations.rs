//! Where the bytes of a package may be: the mirror, and Debian's snapshot archive for versions that
//! have left it; or a vendor directory, and then nowhere else.
//!
//! Whatever the place, the bytes are those whose digest is known. A snapshot is named by a time at
//! which the archive had the file: `…/archive/debian/20261121T122400Z/pool/…`.

use std::path::{Path, PathBuf};

use thiserror::Error;
use wpimg_oci::timestamp;

use super::selection::Selected;
use crate::error_report::{Failure, Hint};
use crate::exit_status::ExitStatus;
use crate::fetch::{Redacted, Url};
use crate::mirror::{Mirror, is_security};

/// Used when neither the recipe nor the environment names a snapshot archive.
const SNAPSHOT: &str = "https://snapshot-cloudflare.debian.org/archive/";
/// Snapshots are taken every few hours, so the one that has a release is younger than the release.
/// What a later release replaces stays in the archive for longer than this.
const SNAPSHOT_DELAY: i64 = 12 * 3600;

/// Where packages are fetched from.
#[derive(Debug, Clone)]
pub(crate) enum Locations {
    Network {
        mirror: Box<Mirror>,
        snapshot: Url,
    },
    /// The directory that `wpimg vendor` wrote.
    Vendor(PathBuf),
}

/// An address cannot be made.
#[derive(Debug, Error)]
pub(crate) enum LocationError {
    #[error("`{text}` is not the address of a snapshot archive")]
    Snapshot { text: String },
    #[error("`{path}` is not a path below `{}`", Redacted(base))]
    Address { base: Url, path: String },
    #[error("`{}` cannot be named as a file", path.display())]
    File { path: PathBuf },
}

impl Hint for LocationError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Snapshot { .. } => {
                "it is an http or https address under which `debian/` and `debian-security/` lie"
                    .to_owned()
            }
            Self::Address { .. } => "check the mirror's address".to_owned(),
            Self::File { .. } => "name the directory by its absolute path".to_owned(),
        })
    }

    fn exit_status(&self) -> ExitStatus {
        ExitStatus::Usage
    }
}

impl Locations {
    /// The mirror, with the snapshot archive that was named or the built-in one behind it.
    pub(crate) fn network(mirror: Mirror, snapshot: Option<&str>) -> Result<Self, LocationError> {
        let text = snapshot.unwrap_or(SNAPSHOT);
        let wrong = || LocationError::Snapshot {
            text: text.to_owned(),
        };
        let mut snapshot: Url = text.parse().map_err(|_| wrong())?;
        if !matches!(snapshot.scheme(), "http" | "https") {
            return Err(wrong());
        }
        if let Ok(mut segments) = snapshot.path_segments_mut() {
            segments.pop_if_empty().push("");
        }
        Ok(Self::Network {
            mirror: Box::new(mirror),
            snapshot,
        })
    }

    /// The addresses of a package, in the order in which they are tried.
    pub(crate) fn of(&self, package: &Selected) -> Result<Vec<Url>, Failure> {
        let (mirror, snapshot) = match self {
            Self::Vendor(directory) => {
                return Ok(vec![file_url(
                    &directory.join(vendored_name(&package.path)),
                )?]);
            }
            Self::Network { mirror, snapshot } => (mirror, snapshot),
        };
        let mut addresses = vec![join(&mirror.base(&package.suite)?, &package.path)?];
        if let Some(seen) = package.seen {
            let archive = if is_security(&package.suite) {
                "debian-security"
            } else {
                "debian"
            };
            for time in [seen + SNAPSHOT_DELAY, seen] {
                let base = format!("{archive}/{}/", snapshot_name(time));
                addresses.push(join(&join(snapshot, &base)?, &package.path)?);
            }
        }
        Ok(addresses)
    }
}

/// Packages keep their own name, which is that of the pool.
pub(crate) fn vendored_name(pool_path: &str) -> PathBuf {
    let name = pool_path.rsplit('/').next().unwrap_or(pool_path);
    Path::new("packages").join(name)
}

pub(crate) fn file_url(path: &Path) -> Result<Url, LocationError> {
    Url::from_file_path(path).map_err(|()| LocationError::File {
        path: path.to_owned(),
    })
}

/// Joins the two; the result stays below `base`: a signed index is trusted for hashes, not for
/// sending us to another server.
pub(crate) fn join(base: &Url, path: &str) -> Result<Url, LocationError> {
    let joined = base.join(path).ok();
    let below = joined.filter(|url| url.as_str().starts_with(base.as_str()));
    below.ok_or_else(|| LocationError::Address {
        base: base.clone(),
        path: path.to_owned(),
    })
}

/// `20261121T122400Z`, ISO 8601 without separators.
fn snapshot_name(seconds: i64) -> String {
    timestamp::rfc3339(seconds)
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{NamedBy, NamedMirror};

    fn package(suite: &str, seen: Option<i64>) -> Selected {
        Selected {
            name: "nginx".to_owned(),
            version: "1.26.3-3".to_owned(),
            architecture: "amd64".to_owned(),
            suite: suite.to_owned(),
            path: "pool/main/n/nginx/nginx_1.26.3-3_amd64.deb".to_owned(),
            size: 1,
            sha256: wpimg_oci::digest::Digest::of(b""),
            seen,
        }
    }

    fn addresses(snapshot: Option<&str>, package: &Selected) -> Vec<String> {
        let named = NamedMirror {
            url: "http://mirror.example/debian".to_owned(),
            named_by: NamedBy::Argument,
        };
        let mirror = Mirror::find(Some(&named), None).unwrap();
        let locations = Locations::network(mirror, snapshot).unwrap();
        let found = locations.of(package).unwrap();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_locked_version_is_looked_for_where_it_was_when_it_was_seen() {
        let found = addresses(
            Some("http://snapshots.example/archive"),
            &package("trixie-security", Some(1_789_196_141)),
        );
        assert_eq!(
            found,
            [
                "http://mirror.example/debian-security/pool/main/n/nginx/nginx_1.26.3-3_amd64.deb",
                "http://snapshots.example/archive/debian-security/20260912T185541Z/pool/main/n/nginx/nginx_1.26.3-3_amd64.deb",
                "http://snapshots.example/archive/debian-security/20260912T065541Z/pool/main/n/nginx/nginx_1.26.3-3_amd64.deb",
            ]
        );
    }

    #[test]
    fn what_an_index_offers_now_is_on_the_mirror() {
        assert_eq!(addresses(None, &package("trixie", None)).len(), 1);
    }

    #[test]
    fn a_snapshot_archive_is_a_web_address() {
        for text in ["snapshot", "ftp://a.example/", "file:///tmp"] {
            let named = NamedMirror {
                url: "http://mirror.example/debian".to_owned(),
                named_by: NamedBy::Argument,
            };
            let mirror = Mirror::find(Some(&named), None).unwrap();
            let error = Locations::network(mirror, Some(text)).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn a_vendored_package_is_in_the_directory_and_nowhere_else() {
        let locations = Locations::Vendor(PathBuf::from("/srv/vendor"));
        let found = locations.of(&package("trixie", Some(0))).unwrap();
        assert_eq!(
            found[0].as_str(),
            "file:///srv/vendor/packages/nginx_1.26.3-3_amd64.deb"
        );
        assert_eq!(found.len(), 1);
    }
}
