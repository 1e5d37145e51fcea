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

impl ImagePath {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl SourcePath {
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
