//! Recipe values with a structure of their own.

use std::{fmt, str::FromStr};

use super::ValueError;

/// How layers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Zstd,
    Gzip,
    None,
}

/// An exposed port: `8080/tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) number: u16,
    pub(crate) protocol: Protocol,
}

/// What a port speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

/// The signal that asks the container to stop: `SIGTERM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StopSignal(String);

/// Permission bits, at most `07777`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode(pub(crate) u32);

/// A numeric owner: names would depend on the image's own tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// `8.4`: Debian's packages carry both numbers in their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhpVersion(String);

/// The short name of an extension: `mysqli`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ExtensionName(String);

/// The directory name of a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThemeName(String);

impl FromStr for Compression {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "zstd" => Ok(Self::Zstd),
            "gzip" => Ok(Self::Gzip),
            "none" => Ok(Self::None),
            _ => Err(ValueError::Compression {
                text: text.to_owned(),
            }),
        }
    }
}

impl FromStr for Port {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refused = || ValueError::Port {
            text: text.to_owned(),
        };
        let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let protocol = match protocol {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            _ => return Err(refused()),
        };
        let number = decimal(number).and_then(|number| u16::try_from(number).ok());
        let number = number.filter(|&number| number > 0).ok_or_else(refused)?;
        Ok(Self { number, protocol })
    }
}

impl FromStr for StopSignal {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let named = text.strip_prefix("SIG").is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.bytes().all(|byte| {
                    byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"+-".contains(&byte)
                })
        });
        if named {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::StopSignal {
                text: text.to_owned(),
            })
        }
    }
}

impl FromStr for Mode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let octal = text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
        match u32::from_str_radix(text, 8) {
            Ok(bits) if octal && bits <= 0o7777 => Ok(Self(bits)),
            _ => Err(ValueError::Mode {
                text: text.to_owned(),
            }),
        }
    }
}

impl FromStr for Owner {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parts = text.split_once(':');
        let owner = parts.and_then(|(user, group)| {
            Some(Self {
                user: decimal(user)?,
                group: decimal(group)?,
            })
        });
        owner.ok_or_else(|| ValueError::Owner {
            text: text.to_owned(),
        })
    }
}

impl FromStr for PhpVersion {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let both = text
            .split_once('.')
            .map(|(major, minor)| (decimal(major), decimal(minor)));
        match both {
            Some((Some(_), Some(_))) => Ok(Self(text.to_owned())),
            _ => Err(ValueError::PhpVersion {
                text: text.to_owned(),
            }),
        }
    }
}

impl FromStr for ExtensionName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if is_word(text, b"_") {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::ExtensionName {
            text: text.to_owned(),
        })
    }
}

impl FromStr for ThemeName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if is_word(text, b"-_") {
            return Ok(Self(text.to_owned()));
        }
        Err(ValueError::ThemeName {
            text: text.to_owned(),
        })
    }
}

/// Digits only: `u32::from_str` would take a sign as well.
pub(super) fn decimal(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Lower-case letters, digits and `others`, starting with a letter or digit.
pub(super) fn is_word(text: &str, others: &[u8]) -> bool {
    let letter_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().next().is_some_and(letter_or_digit)
        && text
            .bytes()
            .all(|byte| letter_or_digit(byte) || others.contains(&byte))
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        write!(formatter, "{}/{protocol}", self.number)
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::None => "none",
        })
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.user, self.group)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04o}", self.0)
    }
}

macro_rules! display_inner {
    ($($name:ident),+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        })+
    };
}

display_inner!(StopSignal, PhpVersion, ExtensionName, ThemeName);
