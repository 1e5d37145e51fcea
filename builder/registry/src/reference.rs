//! References: where an image is, as people write it.
//!
//! `host[:port]/repository[:tag][@digest]`. Without a host it is Docker Hub's, whose one-word
//! repositories lie in `library/`; without tag and digest the tag is `latest`. The grammar is the
//! one of the crate `oci-spec`; here it is told what exactly is wrong with a text, and digests are
//! SHA-256.

use std::{fmt, str::FromStr};

use oci_spec::distribution as spec;
use thiserror::Error;
use wpimg_oci::digest::{Digest, DigestError};

/// The host of references that name none.
pub(crate) const DOCKER_HUB: &str = "docker.io";
/// Host, repository, tag and digest at their longest, and some more.
const LONGEST: usize = 800;

/// An image in a registry: by tag, by digest, or both.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// A repository and the registry it is in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    host: String,
    name: String,
}

/// Why a text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    #[error("image reference is empty")]
    Empty,
    #[error("image reference `{text}…` is too long")]
    TooLong { text: String },
    #[error("image reference `{text}` starts with `{scheme}`, but a reference has no scheme")]
    Scheme { text: String, scheme: String },
    #[error("image reference `{text}` has upper-case letters in its repository `{repository}`")]
    UpperCase { text: String, repository: String },
    #[error("image reference `{text}` has the tag `{tag}`, which no registry accepts")]
    Tag { text: String, tag: String },
    #[error("image reference `{text}` has a digest that cannot be used")]
    Digest {
        text: String,
        #[source]
        source: DigestError,
    },
    #[error("image reference `{text}` is not of the form `host/repository:tag`")]
    Form { text: String },
    #[error("`{text}` names a tag or a digest where only a repository is meant")]
    NotARepository { text: String },
}

impl Reference {
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Returns what the registry is asked for: the digest if there is one, since it says more.
    pub(crate) fn identifier(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => "latest".to_owned(),
        }
    }
}

impl Repository {
    /// Returns the registry's host as it is written in references, with its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the path of the repository in the registry.
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn at_digest(&self, digest: Digest) -> Reference {
        Reference {
            repository: self.clone(),
            tag: None,
            digest: Some(digest),
        }
    }

    pub fn at_tag(&self, tag: &str) -> Result<Reference, ReferenceError> {
        let text = format!("{self}:{tag}");
        if !is_tag(tag) {
            let tag = excerpt(tag);
            return Err(ReferenceError::Tag {
                text: excerpt(&text),
                tag,
            });
        }
        Ok(Reference {
            repository: self.clone(),
            tag: Some(tag.to_owned()),
            digest: None,
        })
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if text.len() > LONGEST {
            return Err(ReferenceError::TooLong {
                text: text.chars().take(60).collect(),
            });
        }
        let parsed: spec::Reference = text.parse().map_err(|_| diagnose(text))?;
        let digest = parsed
            .digest()
            .map(str::parse)
            .transpose()
            .map_err(|source| ReferenceError::Digest {
                text: excerpt(text),
                source,
            })?;
        Ok(Self {
            repository: Repository {
                host: parsed.registry().to_owned(),
                name: parsed.repository().to_owned(),
            },
            tag: parsed.tag().map(str::to_owned),
            digest,
        })
    }
}

impl FromStr for Repository {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let last = text.rsplit('/').next().unwrap_or(text);
        if last.contains([':', '@']) {
            return Err(ReferenceError::NotARepository {
                text: excerpt(text),
            });
        }
        Ok(text.parse::<Reference>()?.repository)
    }
}

/// Finds out which part of a refused text is the bad one.
fn diagnose(text: &str) -> ReferenceError {
    let quoted = excerpt(text);
    if let Some((scheme, _)) = text.split_once("://") {
        return ReferenceError::Scheme {
            scheme: format!("{}://", excerpt(scheme)),
            text: quoted,
        };
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    if let Some(Err(source)) = digest.map(str::parse::<Digest>) {
        return ReferenceError::Digest {
            text: quoted,
            source,
        };
    }
    let slash = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name[slash..].split_once(':') {
        Some((last, tag)) => (&name[..slash + last.len()], Some(tag)),
        None => (name, None),
    };
    if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
        return ReferenceError::Tag {
            tag: excerpt(tag),
            text: quoted,
        };
    }
    let repository = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => path,
    };
    if repository.chars().any(char::is_uppercase) {
        return ReferenceError::UpperCase {
            text: quoted,
            repository: excerpt(repository),
        };
    }
    ReferenceError::Form { text: quoted }
}

/// Distribution-spec: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
pub(crate) fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128
        && text.starts_with(word)
        && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

fn excerpt(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

impl ReferenceError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Scheme { text, scheme } => Some(format!(
                "write `{}`",
                text.strip_prefix(scheme.as_str()).unwrap_or(text)
            )),
            Self::UpperCase { repository, .. } => {
                Some(format!("write `{}`", repository.to_lowercase()))
            }
            Self::Tag { .. } => Some(
                "a tag has at most 128 letters, digits, `_`, `.` and `-`, and starts with none of \
                 the last two"
                    .to_owned(),
            ),
            Self::Empty | Self::TooLong { .. } | Self::Form { .. } => {
                Some("name the image as in `registry.example/shop:1.2`".to_owned())
            }
            Self::NotARepository { .. } => {
                Some("leave out what follows the last `:` or `@`".to_owned())
            }
            Self::Digest { .. } => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.host, self.name)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(text.parse::<Reference>().unwrap().to_string(), expected);
    }

    fn fails(text: &str) -> String {
        text.parse::<Reference>().unwrap_err().to_string()
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        check("shop", "docker.io/library/shop:latest");
        check("team/shop:1.2", "docker.io/team/shop:1.2");
        check("index.docker.io/shop", "docker.io/library/shop:latest");
        check("localhost/shop", "localhost/shop:latest");
        check("127.0.0.1:5000/a/b:x", "127.0.0.1:5000/a/b:x");
        let digest = Digest::of(b"");
        check(
            &format!("r.example/shop@{digest}"),
            &format!("r.example/shop@{digest}"),
        );
        check(
            &format!("r.example/shop:1@{digest}"),
            &format!("r.example/shop:1@{digest}"),
        );
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong() {
        insta::assert_snapshot!(fails("https://r.example/shop"), @"image reference `https://r.example/shop` starts with `https://`, but a reference has no scheme");
        insta::assert_snapshot!(fails("r.example/Shop:1"), @"image reference `r.example/Shop:1` has upper-case letters in its repository `Shop`");
        insta::assert_snapshot!(fails("r.example/shop:-1"), @"image reference `r.example/shop:-1` has the tag `-1`, which no registry accepts");
        insta::assert_snapshot!(fails("r.example/shop@sha256:12"), @"image reference `r.example/shop@sha256:12` has a digest that cannot be used");
        insta::assert_snapshot!(fails("r.example//shop"), @"image reference `r.example//shop` is not of the form `host/repository:tag`");
        assert_eq!(fails(""), "image reference is empty");
        assert!(fails(&"a".repeat(100_000)).len() < 200);
    }

    #[test]
    fn a_digest_that_is_not_sha256_is_refused() {
        let text = format!("r.example/shop@sha512:{}", "0".repeat(128));
        assert!(matches!(
            text.parse::<Reference>(),
            Err(ReferenceError::Digest { .. })
        ));
    }

    #[test]
    fn a_repository_has_neither_tag_nor_digest() {
        let repository: Repository = "localhost:5000/shop".parse().unwrap();
        assert_eq!(
            (repository.host(), repository.name()),
            ("localhost:5000", "shop")
        );
        assert!("localhost:5000/shop:1".parse::<Repository>().is_err());
        assert!(repository.at_tag("1/2").is_err());
    }

    proptest! {
        #[test]
        fn a_reference_survives_its_own_spelling(text in "([a-z]{1,5}\\.[a-z]{1,5}(:[0-9]{1,4})?/)?[a-z0-9]{1,6}(/[a-z0-9_-]{1,6}){0,2}(:[A-Za-z0-9._-]{1,8})?") {
            if let Ok(reference) = text.parse::<Reference>() {
                let again: Reference = reference.to_string().parse().unwrap();
                prop_assert_eq!(again, reference);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let error = text.parse::<Reference>().err();
            prop_assert!(error.is_none_or(|error| error.to_string().len() < 1500));
        }
    }
}
