//! An image that cannot become another one: a reference with a digest.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A reference such as `registry/shop@sha256:…`. A tag would be resolved anew by every task that starts, so that one
/// deployment could run two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedImage {
    reference: String,
    digest_at: usize,
}

/// A text that is no reference with a digest.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` does not end with the image's digest, `@sha256:` and 64 hexadecimal digits")]
pub struct NotPinned {
    pub text: String,
}

impl PinnedImage {
    /// `sha256:…`
    pub fn digest(&self) -> &str {
        &self.reference[self.digest_at..]
    }
}

impl fmt::Display for PinnedImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reference)
    }
}

impl FromStr for PinnedImage {
    type Err = NotPinned;

    fn from_str(text: &str) -> Result<Self, NotPinned> {
        let is_pinned = text.split_once("@sha256:").is_some_and(|(name, hex)| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_graphic() && b != b'@')
                && hex.len() == 64
                && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });
        match text.find('@') {
            Some(at) if is_pinned => Ok(Self {
                reference: text.to_owned(),
                digest_at: at + 1,
            }),
            Some(_) | None => Err(NotPinned {
                text: text.chars().filter(|c| !c.is_control()).take(200).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_digest_pins() {
        let hex = "0123456789abcdef".repeat(4);
        for name in ["shop", "registry.example:5000/team/shop", "shop:1.2"] {
            let text = format!("{name}@sha256:{hex}");
            let image: PinnedImage = text.parse().unwrap();
            assert_eq!(image.to_string(), text);
            assert_eq!(image.digest(), format!("sha256:{hex}"));
        }
        for text in [
            String::new(),
            "shop".into(),
            "shop:1.2".into(),
            format!("@sha256:{hex}"),
            format!("a@b@sha256:{hex}"),
            format!("shop@sha256:{}", &hex[1..]),
            format!("shop@sha256:{hex}0"),
            format!("shop@sha256:{}", hex.to_uppercase()),
            format!("shop@sha512:{hex}"),
            format!("a shop@sha256:{hex}"),
        ] {
            let error = text.parse::<PinnedImage>();
            assert!(error.is_err(), "{text}");
        }
    }
}
