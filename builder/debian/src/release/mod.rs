//! A suite's `InRelease`: checked first, then read.
//!
//! [`Release::verify`] is the only way to get a [`Release`], so nothing unsigned is ever looked at.
//! One valid signature of a key in the keyring is enough, as for apt. Only the SHA256 section
//! counts; text outside the signed part is refused. Sources: Debian wiki RepositoryFormat,
//! apt-secure(8), RFC 9580 section 7.

#[cfg(test)]
mod attacks;
mod framing;
mod index_file;
mod signature;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::{
    architecture::Architecture,
    control::{ControlError, Paragraph},
    excerpt::excerpt,
    keyring::{Fingerprint, Keyring, SignatureProblem},
    name::SuiteName,
    sha256,
    time::{format_length, parse_date},
};

pub use index_file::{IndexFile, IndexMismatch};

/// Debian's largest is 150 KB.
const LARGEST: usize = 16 << 20;
/// Debian signs with up to four keys; what is wrong with more of them helps nobody.
const MOST_EXPLAINED: usize = 4;
/// Clocks differ; a release may be this far ahead of ours.
const CLOCK_SKEW: i64 = 24 * 3600;

/// Whether a release that is past its `Valid-Until` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidUntil {
    Enforce,
    /// For archives frozen in time, whose releases are expired by nature.
    Ignore,
}

/// What a verified `InRelease` says.
#[derive(Debug, Clone)]
pub struct Release {
    pub origin: String,
    pub label: String,
    pub suite: String,
    pub codename: String,
    /// Seconds since 1970.
    pub date: i64,
    pub valid_until: Option<i64>,
    pub acquire_by_hash: bool,
    pub architectures: Vec<Architecture>,
    pub components: Vec<String>,
    /// The certificates with a valid signature, at least one.
    pub signed_by: Vec<Fingerprint>,
    indexes: BTreeMap<String, (u64, [u8; 32])>,
}

/// Why an `InRelease` is not accepted.
#[derive(Debug, Error)]
pub enum ReleaseError {
    #[error("InRelease of {size} bytes is larger than {LARGEST}")]
    TooLarge { size: usize },
    #[error("InRelease is not UTF-8 text")]
    NotText,
    #[error("line {line} of InRelease is not part of one signed message: {reason}")]
    Framing { line: usize, reason: &'static str },
    #[error("InRelease has no readable signature: {reason}")]
    Armor { reason: &'static str },
    #[error("InRelease carries {count} signatures, more than {}", signature::MOST)]
    TooManySignatures { count: usize },
    #[error("no valid signature on InRelease: {}", join(problems))]
    Unsigned { problems: Vec<SignatureProblem> },
    #[error("signed text of InRelease is malformed")]
    Control(#[from] ControlError),
    #[error("InRelease has no `{field}`")]
    MissingField { field: &'static str },
    #[error("field `{field}` of InRelease is not understood: `{value}`")]
    InvalidField { field: &'static str, value: String },
    #[error("release `{suite}` expired {} ago", format_length(*.seconds))]
    Expired { suite: String, seconds: i64 },
    #[error("release `{suite}` is dated {} in the future", format_length(*.seconds))]
    Future { suite: String, seconds: i64 },
    #[error("asked for suite `{expected}`, got suite `{suite}` with code name `{codename}`")]
    WrongSuite {
        expected: String,
        suite: String,
        codename: String,
    },
}

impl ReleaseError {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Expired { .. } => Some(
                "the mirror is not updated any more or the clock is wrong; use another mirror"
                    .into(),
            ),
            Self::Future { .. } => Some("check the clock of this machine".into()),
            Self::Framing { .. } | Self::NotText | Self::Armor { .. } => Some(
                "the mirror or a proxy answered with something else; open the address in a browser"
                    .into(),
            ),
            Self::Unsigned { problems } => {
                let unknown = |problem: &SignatureProblem| {
                    matches!(problem, SignatureProblem::UnknownKey { .. })
                };
                let future =
                    |problem: &SignatureProblem| matches!(problem, SignatureProblem::Future { .. });
                if problems.iter().any(future) {
                    return Some("check the clock of this machine: it seems to be late".into());
                }
                problems
                    .iter()
                    .all(unknown)
                    .then(|| "if this is your own archive, name a file with its public key in `WPIMG_KEYRING`".into())
            }
            Self::WrongSuite { .. } => Some("check the suite and the mirror's address".into()),
            Self::TooLarge { .. }
            | Self::TooManySignatures { .. }
            | Self::Control(_)
            | Self::MissingField { .. }
            | Self::InvalidField { .. } => None,
        }
    }
}

fn join(problems: &[SignatureProblem]) -> String {
    let texts: Vec<String> = problems
        .iter()
        .take(MOST_EXPLAINED)
        .map(ToString::to_string)
        .collect();
    match problems.len().saturating_sub(MOST_EXPLAINED) {
        _ if texts.is_empty() => "there is none".into(),
        0 => texts.join("; "),
        more => format!("{}; and {more} more", texts.join("; ")),
    }
}

impl Release {
    /// Checks the signatures of an `InRelease` and reads what was signed.
    ///
    /// `now` is in seconds since 1970. Whether it is the suite that was asked for is a second
    /// question, answered by [`Release::expect_suite`].
    pub fn verify(
        in_release: &[u8],
        keyring: &Keyring,
        now: i64,
        valid_until: ValidUntil,
    ) -> Result<Self, ReleaseError> {
        let signed = signature::verify(in_release, keyring, now)?;
        let mut release = Self::parse(&signed.text)?;
        release.signed_by = signed.signers;
        release.check_dates(now, valid_until)?;
        Ok(release)
    }

    /// Refuses a release of another suite, which a mirror could serve under any address.
    pub fn expect_suite(&self, expected: &SuiteName) -> Result<(), ReleaseError> {
        let expected = expected.as_str();
        // Bookworm and older called their security suites `bookworm/updates` in some places.
        let base = expected.strip_suffix("/updates").unwrap_or(expected);
        if [expected, base]
            .iter()
            .any(|name| *name == self.suite || *name == self.codename)
        {
            return Ok(());
        }
        Err(ReleaseError::WrongSuite {
            expected: expected.into(),
            suite: excerpt(&self.suite),
            codename: excerpt(&self.codename),
        })
    }

    /// Returns the best index of a component for an architecture: `Packages.xz`, `.gz` or plain.
    pub fn index(&self, component: &str, architecture: &Architecture) -> Option<IndexFile> {
        index_file::CANDIDATES.iter().find_map(|&compression| {
            let path = format!(
                "{component}/binary-{architecture}/Packages{}",
                compression.suffix()
            );
            let &(size, sha256) = self.indexes.get(&path)?;
            let by_hash_path = self.acquire_by_hash.then(|| {
                format!(
                    "{component}/binary-{architecture}/by-hash/SHA256/{}",
                    sha256::hex(&sha256)
                )
            });
            Some(IndexFile {
                path,
                by_hash_path,
                size,
                sha256,
                compression,
            })
        })
    }

    fn parse(text: &str) -> Result<Self, ReleaseError> {
        let paragraph = Paragraph::parse(text)?;
        let text_of = |field: &str| paragraph.get(field).unwrap_or_default().to_string();
        let date_text = paragraph
            .get("Date")
            .ok_or(ReleaseError::MissingField { field: "Date" })?;
        let date = parse_date(date_text).ok_or_else(|| invalid("Date", date_text))?;
        let valid_until = match paragraph.get("Valid-Until") {
            None => None,
            Some(text) => Some(parse_date(text).ok_or_else(|| invalid("Valid-Until", text))?),
        };
        let architectures = paragraph
            .words("Architectures")
            .map(|word| word.parse().map_err(|_| invalid("Architectures", word)))
            .collect::<Result<_, _>>()?;
        if paragraph.get("SHA256").is_none() {
            return Err(ReleaseError::MissingField { field: "SHA256" });
        }
        let mut indexes = BTreeMap::new();
        for line in paragraph.lines("SHA256") {
            let (path, size, sha256) =
                parse_checksum(line).ok_or_else(|| invalid("SHA256", line))?;
            if !path.contains("/binary-") {
                continue;
            }
            let former = indexes.insert(path.to_string(), (size, sha256));
            if former.is_some_and(|former| former != (size, sha256)) {
                return Err(invalid("SHA256", line));
            }
        }
        Ok(Self {
            origin: text_of("Origin"),
            label: text_of("Label"),
            suite: text_of("Suite"),
            codename: text_of("Codename"),
            date,
            valid_until,
            acquire_by_hash: paragraph.get("Acquire-By-Hash") == Some("yes"),
            architectures,
            components: paragraph.words("Components").map(String::from).collect(),
            signed_by: Vec::new(),
            indexes,
        })
    }

    fn check_dates(&self, now: i64, policy: ValidUntil) -> Result<(), ReleaseError> {
        let suite = || {
            let name = if self.codename.is_empty() {
                &self.suite
            } else {
                &self.codename
            };
            excerpt(name)
        };
        if self.date > now + CLOCK_SKEW {
            return Err(ReleaseError::Future {
                suite: suite(),
                seconds: self.date - now,
            });
        }
        match (self.valid_until, policy) {
            (Some(end), ValidUntil::Enforce) if end < now => Err(ReleaseError::Expired {
                suite: suite(),
                seconds: now - end,
            }),
            (_, ValidUntil::Enforce | ValidUntil::Ignore) => Ok(()),
        }
    }
}

fn parse_checksum(line: &str) -> Option<(&str, u64, [u8; 32])> {
    let mut words = line.split_ascii_whitespace();
    let (digest, size, path) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    Some((path, size.parse().ok()?, sha256::parse(digest)?))
}

fn invalid(field: &'static str, value: &str) -> ReleaseError {
    ReleaseError::InvalidField {
        field,
        value: excerpt(value),
    }
}
