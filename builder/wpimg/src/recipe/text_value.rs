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

fn check_image_name(text: &str) -> Result<(), ValueError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte);
    let good = !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(allowed)
        && text.split('/').all(|part| part.starts_with(|first: char| first.is_ascii_alphanumeric()))
        // Upper case is for tags only, which follow the last colon of the last part.
        && !text.rsplit_once('/').map_or(text, |(_, last)| last)
            .split(':').next().unwrap_or_default()
            .bytes().any(|byte| byte.is_ascii_uppercase());
    if good {
        Ok(())
    } else {
        Err(ValueError::ImageName {
            text: text.to_owned(),
        })
    }
}
