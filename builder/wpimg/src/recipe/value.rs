//! Recipe values with a structure of their own, and why one can be refused.

use std::{fmt, str::FromStr};

use thiserror::Error;
use wpimg_debian::{dependency::DependencyError, name::NameError};
use wpimg_oci::platform::PlatformError;

/// Why a value cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ValueError {
    #[error("the text is empty or has control characters")]
    Plain,
    #[error("`{text}` is not an absolute path without `.` and `..`")]
    ImagePath { text: String },
    #[error("`{text}` is absolute or leaves the folder of the recipe")]
    SourceOutside { text: String },
    #[error("the pattern `{text}` does not start with `/`")]
    Glob { text: String },
    #[error("`{text}` is not an image name")]
    ImageName { text: String },
    #[error("the entry `{name}` has `=`, a line break or a NUL in it, or no name")]
    Entry { name: String },
    #[error("`{name}` is not the name of a PHP setting")]
    IniName { name: String },
    #[error("the value of `{name}` has a single quote or a control character in it")]
    IniValue { name: String },
    #[error("`{text}` is not a compression")]
    Compression { text: String },
    #[error("`{text}` is not something a recipe can extend")]
    Extends { text: String },
    #[error("`{text}` is not a source of WordPress")]
    WordPressSource { text: String },
    #[error("`{text}` is not a port")]
    Port { text: String },
    #[error("`{text}` is not a signal")]
    StopSignal { text: String },
    #[error("`{text}` is not an octal file mode")]
    Mode { text: String },
    #[error("`{text}` is not a numeric owner")]
    Owner { text: String },
    #[error("`{text}` is not a PHP version")]
    PhpVersion { text: String },
    #[error("`{text}` is not the short name of a PHP extension")]
    ExtensionName { text: String },
    #[error("`{text}` is not the directory name of a theme")]
    ThemeName { text: String },
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Platform(#[from] PlatformError),
    #[error("`{text}` is not a package request")]
    PackageRequest {
        text: String,
        #[source]
        source: DependencyError,
    },
}

impl ValueError {
    /// What a right value looks like.
    pub(crate) fn hint(&self) -> Option<String> {
        let example = match self {
            Self::Plain | Self::Platform(_) | Self::Entry { .. } => return None,
            Self::ImagePath { .. } => "write a path such as `\"/etc/nginx/conf.d\"`",
            Self::IniName { .. } => "write a name such as `memory_limit` or `\"opcache.jit\"`",
            Self::IniValue { .. } => {
                "put such a value into a file of `[[files]]` below `/etc/wpimg/php.d`"
            }
            Self::SourceOutside { .. } => "copy it beside the recipe: `source = \"files/php.ini\"`",
            Self::Glob { .. } => "write a pattern such as `\"/usr/share/doc/**\"`",
            Self::ImageName { .. } => "write a name such as `\"shop\"` or `\"team/shop\"`",
            Self::Compression { .. } => "write `\"zstd\"`, `\"gzip\"` or `\"none\"`",
            Self::Extends { .. } => "write `\"wordpress\"` or `\"nothing\"`",
            Self::WordPressSource { .. } => "write `\"debian\"` or `\"none\"`",
            Self::Port { .. } => "write a port such as `\"8080/tcp\"`",
            Self::StopSignal { .. } => "write a signal such as `\"SIGTERM\"`",
            Self::Mode { .. } => "write a mode such as `\"0644\"`",
            Self::Owner { .. } => "write an owner such as `\"33:33\"`",
            Self::PhpVersion { .. } => "write a version such as `\"8.4\"`",
            Self::ExtensionName { .. } => "write a name such as `\"mysqli\"`",
            Self::ThemeName { .. } => "write a name such as `\"twentytwentyfive\"`",
            Self::Name(NameError::Package { .. }) => "write a name such as `\"nginx-light\"`",
            Self::Name(NameError::Suite { .. }) => "write a name such as `\"trixie-security\"`",
            Self::PackageRequest { .. } => {
                "write `\"name\"`, `\"name (>= 1.2)\"` or `\"name=1.2-3\"`"
            }
        };
        Some(example.to_owned())
    }
}

/// How layers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Zstd,
    Gzip,
    None,
}

/// Where WordPress comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordPressSource {
    /// The `wordpress` package of the archive.
    Debian,
    /// No WordPress in this image.
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

impl FromStr for WordPressSource {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "debian" => Ok(Self::Debian),
            "none" => Ok(Self::None),
            _ => Err(ValueError::WordPressSource {
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
fn decimal(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Lower-case letters, digits and `others`, starting with a letter or digit.
fn is_word(text: &str, others: &[u8]) -> bool {
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

impl fmt::Display for WordPressSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Debian => "debian",
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
