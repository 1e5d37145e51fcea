//! A package to install: `nginx`, `nginx (>= 1.26)`, `nginx=1.26.3-3`.

use std::{fmt, str::FromStr};

use wpimg_debian::{name::PackageName, resolve};

use super::ValueError;

/// One package by name, with what is asked of its version. The text is known to be a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageRequest {
    name: PackageName,
    text: String,
}

impl PackageRequest {
    pub(crate) fn name(&self) -> &PackageName {
        &self.name
    }
}

impl FromStr for PackageRequest {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        resolve::parse_request(text)
            .map(|relation| Self {
                name: relation.name,
                text: text.to_owned(),
            })
            .map_err(|source| ValueError::PackageRequest {
                text: text.to_owned(),
                source,
            })
    }
}

impl fmt::Display for PackageRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
