//! Which Debian mirror a build fetches from.
//!
//! The first of these that there is: `--mirror`, `WPIMG_MIRROR`, `[debian] mirror` of the recipe, the
//! machine's own apt configuration, Debian's content network. Bytes are checked by signature and
//! hash whatever the mirror, so a mirror is a matter of speed and of company policy, not of trust.
//!
//! Security suites live in an archive of their own, which mirrors that follow Debian's layout carry
//! beside the main one: `…/debian` and `…/debian-security`.

mod apt;
mod error;

pub(crate) use error::MirrorError;

use std::fmt;

use apt::{AptConfiguration, AptMirror};

use crate::{
    fetch::{Redacted, Url},
    recipe::PlainText,
    settings::{NamedBy, NamedMirror},
};

/// Used when nobody named a mirror.
const FALLBACK: &str = "https://cloudfront.debian.net/debian";
const MAIN_DIRECTORY: &str = "debian";
const SECURITY_DIRECTORY: &str = "debian-security";

/// The archives a build fetches from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror {
    main: Url,
    security: Option<Url>,
    origin: MirrorOrigin,
    /// What could not be used while looking for a mirror.
    warnings: Vec<String>,
}

/// Who chose the mirror, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MirrorOrigin {
    Argument,
    Variable,
    Recipe,
    AptConfiguration,
    BuiltIn,
}

impl Mirror {
    /// Finds the mirror for this run, looking at the machine's configuration only when needed.
    pub(crate) fn find(
        named: Option<&NamedMirror>,
        recipe: Option<&PlainText>,
    ) -> Result<Self, MirrorError> {
        let mut warnings = Vec::new();
        let mut mirror = Self::choose(named, recipe.map(PlainText::as_str), || {
            let configuration = AptConfiguration::of_machine();
            warnings = configuration.warnings;
            configuration.mirror
        })?;
        mirror.warnings = warnings;
        Ok(mirror)
    }

    /// What the user should know about how the mirror was found.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Chooses the mirror; `apt` is asked only when nobody named one.
    fn choose(
        named: Option<&NamedMirror>,
        recipe: Option<&str>,
        apt: impl FnOnce() -> Option<AptMirror>,
    ) -> Result<Self, MirrorError> {
        if let Some(NamedMirror { url, named_by }) = named {
            let origin = match named_by {
                NamedBy::Argument => MirrorOrigin::Argument,
                NamedBy::Variable => MirrorOrigin::Variable,
            };
            return Self::from_main(url, origin);
        }
        if let Some(url) = recipe {
            return Self::from_main(url, MirrorOrigin::Recipe);
        }
        let Some(AptMirror { main, security }) = apt() else {
            return Self::from_main(FALLBACK, MirrorOrigin::BuiltIn);
        };
        let mut mirror = Self::from_main(&main, MirrorOrigin::AptConfiguration)?;
        if let Some(security) = security {
            mirror.security = Some(parse(&security, MirrorOrigin::AptConfiguration)?);
        }
        Ok(mirror)
    }

    fn from_main(text: &str, origin: MirrorOrigin) -> Result<Self, MirrorError> {
        let main = parse(text, origin)?;
        let security = security_beside(&main);
        Ok(Self {
            main,
            security,
            origin,
            warnings: Vec::new(),
        })
    }

    #[cfg(test)]
    pub(crate) fn origin(&self) -> MirrorOrigin {
        self.origin
    }

    /// The base address of the archive that carries `suite`; it ends in a slash.
    pub(crate) fn base(&self, suite: &str) -> Result<Url, MirrorError> {
        if !is_security(suite) {
            return Ok(self.main.clone());
        }
        self.security
            .clone()
            .ok_or_else(|| MirrorError::NoSecurityArchive {
                suite: suite.to_owned(),
                main: Redacted(&self.main).to_string(),
            })
    }
}

/// As Debian names them: `trixie-security`, and `bullseye/updates` before that.
pub(crate) fn is_security(suite: &str) -> bool {
    suite.ends_with("-security") || suite.ends_with("/updates")
}

fn parse(text: &str, origin: MirrorOrigin) -> Result<Url, MirrorError> {
    let mut url: Url = text.parse().map_err(|source| MirrorError::NotAUrl {
        text: masked(text),
        origin,
        source: Box::new(source),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        let text = Redacted(&url).to_string();
        return Err(MirrorError::Scheme { text, origin });
    }
    // `Url::join` replaces what follows the last slash, so there must be nothing.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("");
    }
    Ok(url)
}

/// A text that should have been a URL, without what may be a password before an `@`.
fn masked(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("****@{rest}"),
        None => text.to_owned(),
    }
}

fn security_beside(main: &Url) -> Option<Url> {
    let mut segments: Vec<&str> = main
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    if segments.pop()? != MAIN_DIRECTORY {
        return None;
    }
    let mut url = main.clone();
    let path = url.path_segments_mut();
    path.ok()?
        .clear()
        .extend(segments)
        .extend([SECURITY_DIRECTORY, ""]);
    Some(url)
}

impl fmt::Display for Mirror {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` from {}", Redacted(&self.main), self.origin)
    }
}

impl fmt::Display for MirrorOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Argument => "`--mirror`",
            Self::Variable => "`WPIMG_MIRROR`",
            Self::Recipe => "the recipe",
            Self::AptConfiguration => "this machine's apt configuration",
            Self::BuiltIn => "the built-in default",
        })
    }
}

#[cfg(test)]
mod tests;
