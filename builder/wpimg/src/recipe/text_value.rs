//! Recipe values that are texts with a rule: paths, globs, names.
//!
//! Each can only be made by parsing, so holding one means the rule was checked.

use std::{fmt, str::FromStr};

use super::ValueError;

/// Defines a text type whose `FromStr` applies `$check`.
macro_rules! text_value {
    ($(#[$documentation:meta])* $name:ident, $check:path) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) struct $name(String);

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_value!(
    /// Any text that is not empty and has no control characters.
    PlainText,
    check_plain
);
text_value!(
    /// An absolute path inside the image: `/etc/nginx`, without `.`, `..` or doubled slashes.
    ImagePath,
    check_image_path
);
text_value!(
    /// A path relative to the recipe.
    SourcePath,
    check_source_path
);
text_value!(
    /// A pattern for absolute paths inside the image: `/usr/share/doc/**`.
    Glob,
    check_glob
);
text_value!(
    /// An image name: `shop`, `registry.example:5000/team/shop`.
    ImageName,
    check_image_name
);

text_value!(
    /// A repository with its registry: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop`.
    Repository,
    check_repository
);
text_value!(
    /// A tag of a repository: `6.8`.
    Tag,
    check_tag
);
text_value!(
    /// A pattern for paths inside a plugin or theme: `*.sql`.
    FilePattern,
    check_file_pattern
);

impl PlainText {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl ImageName {
    /// The name with its tag: `latest` when none is written, as engines have it.
    pub(crate) fn tagged(&self) -> String {
        let last = self.0.rsplit('/').next().unwrap_or_default();
        if last.contains(':') {
            self.0.clone()
        } else {
            format!("{}:latest", self.0)
        }
    }
}

impl ImageName {
    /// Whether it begins with a registry's host, as Docker tells one from a folder.
    pub(crate) fn names_a_registry(&self) -> bool {
        let host = self.0.split_once('/').map_or("", |(host, _)| host);
        host == "localhost" || host.contains(['.', ':'])
    }
}

impl ImagePath {
    /// The path of a file below a directory. `name` is one part of a path that was checked.
    pub(super) fn below(directory: &str, name: &str) -> Self {
        Self(format!("{directory}/{name}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl SourcePath {
    /// The name at the end: `shop` of `plugins/shop/`; `None` for the recipe's own folder.
    pub(crate) fn last_part(&self) -> Option<&str> {
        let named = |part: &&str| !matches!(*part, "" | ".");
        self.0.split('/').rfind(named)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_plain(text: &str) -> Result<(), ValueError> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(ValueError::Plain);
    }
    Ok(())
}

fn check_image_path(text: &str) -> Result<(), ValueError> {
    check_plain(text)?;
    let normal = |part: &str| !matches!(part, "" | "." | "..");
    match text.strip_prefix('/') {
        Some("") => Ok(()),
        Some(rest) if rest.split('/').all(normal) => Ok(()),
        Some(_) | None => Err(ValueError::ImagePath {
            text: text.to_owned(),
        }),
    }
}

fn check_source_path(text: &str) -> Result<(), ValueError> {
    check_plain(text)?;
    let leaves = text.split('/').any(|part| part == "..");
    if leaves || text.starts_with('/') {
        return Err(ValueError::SourceOutside {
            text: text.to_owned(),
        });
    }
    Ok(())
}

fn check_glob(text: &str) -> Result<(), ValueError> {
    check_plain(text)?;
    if !text.starts_with('/') {
        return Err(ValueError::Glob {
            text: text.to_owned(),
        });
    }
    Ok(())
}

fn check_file_pattern(text: &str) -> Result<(), ValueError> {
    check_plain(text)?;
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        return Err(ValueError::FilePattern {
            text: text.to_owned(),
        });
    }
    Ok(())
}

fn check_tag(text: &str) -> Result<(), ValueError> {
    if is_tag(text) {
        return Ok(());
    }
    Err(ValueError::Tag {
        text: text.to_owned(),
    })
}

/// A first part without a dot or a port could be a folder as well as a host; engines read it as
/// the former, so it is no registry here either.
fn check_repository(text: &str) -> Result<(), ValueError> {
    let (host, path) = text.split_once('/').unwrap_or_default();
    let names_registry = host.contains(['.', ':']) || host == "localhost";
    let good =
        text.len() <= 255 && names_registry && is_host(host) && path.split('/').all(is_path_part);
    if good {
        return Ok(());
    }
    Err(ValueError::Repository {
        text: text.to_owned(),
    })
}

/// `[HOST[:PORT]/]PATH[:TAG]`, in the grammar of the distribution specification ("Pulling
/// manifests") with the host as engines write it.
fn check_image_name(text: &str) -> Result<(), ValueError> {
    let (path, last) = text
        .rsplit_once('/')
        .map_or(("", text), |(path, last)| (path, last));
    let (name, tag) = last
        .split_once(':')
        .map_or((last, None), |(name, tag)| (name, Some(tag)));
    let (first, rest) = path
        .split_once('/')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    let middle = rest.into_iter().flat_map(|rest| rest.split('/'));
    let good = text.len() <= 255
        && (path.is_empty() || is_host(first) || is_path_part(first))
        && middle.chain([name]).all(is_path_part)
        && tag.is_none_or(is_tag)
        && !text.starts_with('/');
    if good {
        Ok(())
    } else {
        Err(ValueError::ImageName {
            text: text.to_owned(),
        })
    }
}

fn is_host(text: &str) -> bool {
    let (name, port) = text
        .split_once(':')
        .map_or((text, None), |(name, port)| (name, Some(port)));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    !name.is_empty()
        && name.bytes().all(letters)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_path_part(text: &str) -> bool {
    let ends_well = |text: &str| {
        let ends = [text.bytes().next(), text.bytes().last()];
        ends.into_iter()
            .all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
    };
    let letters =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    ends_well(text) && text.bytes().all(letters)
}

fn is_tag(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=128).contains(&text.len()) && !text.starts_with(['.', '-']) && text.bytes().all(letters)
}
