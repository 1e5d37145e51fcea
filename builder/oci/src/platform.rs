//! The platforms an image can be built for: `os/architecture`, as docker and ECS spell them.
//!
//! The list is closed on purpose: wpimg carries a `wpimg-init` for each entry, and Fargate runs no
//! other. `arm64/v8` is the same platform as `arm64`; it is normalised to no variant, which is what
//! containerd compares after its own normalisation (`containerd/platforms`, `normalizeArch`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// A supported platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    os: &'static str,
    architecture: &'static str,
    variant: Option<&'static str>,
}

impl Platform {
    pub const LINUX_AMD64: Self = Self {
        os: "linux",
        architecture: "amd64",
        variant: None,
    };
    pub const LINUX_ARM64: Self = Self {
        os: "linux",
        architecture: "arm64",
        variant: None,
    };
    /// Every platform there is, in the order an image index lists them.
    pub const SUPPORTED: [Self; 2] = [Self::LINUX_AMD64, Self::LINUX_ARM64];

    pub fn os(&self) -> &'static str {
        self.os
    }

    pub fn architecture(&self) -> &'static str {
        self.architecture
    }

    pub fn variant(&self) -> Option<&'static str> {
        self.variant
    }

    /// Returns Debian's name for the architecture, which for both platforms is the same word.
    pub fn debian_architecture(&self) -> &'static str {
        self.architecture
    }
}

/// A text that names no supported platform.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("platform `{text}` is not supported; supported are {}", supported())]
pub struct PlatformError {
    pub text: String,
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        match text {
            "linux/amd64" => Ok(Self::LINUX_AMD64),
            "linux/arm64" | "linux/arm64/v8" => Ok(Self::LINUX_ARM64),
            _ => Err(PlatformError {
                text: text.chars().take(100).collect(),
            }),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.os, self.architecture)?;
        match self.variant {
            Some(variant) => write!(formatter, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Platform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Platform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

fn supported() -> String {
    Platform::SUPPORTED
        .map(|platform| format!("`{platform}`"))
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_survives_its_own_spelling() {
        for platform in Platform::SUPPORTED {
            assert_eq!(platform.to_string().parse(), Ok(platform));
        }
        assert_eq!("linux/arm64/v8".parse(), Ok(Platform::LINUX_ARM64));
    }

    #[test]
    fn a_refusal_lists_what_is_supported() {
        for text in [
            "",
            "linux",
            "linux/386",
            "linux/arm64/v9",
            "linux/amd64/v8",
            "windows/amd64",
        ] {
            let message = text.parse::<Platform>().unwrap_err().to_string();
            assert!(
                message.ends_with("supported are `linux/amd64`, `linux/arm64`"),
                "{message}"
            );
        }
    }
}
