//! Which layer a package belongs to: by how often it changes.
//!
//! A rebuild after an update of PHP leaves the libraries below it alone, and a change of the site's
//! own files rewrites the top layers only.

use std::fmt;

/// The layers of an image, lowest and most stable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerGroup {
    /// Libraries and everything that belongs to no other group.
    Base,
    /// PHP, its SAPIs and extensions.
    Php,
    /// nginx and its modules.
    Nginx,
    /// WordPress with its default theme.
    WordPress,
    /// Generated files, configuration, the package database and `wpimg-init`.
    Configuration,
}

impl LayerGroup {
    /// The group of a package.
    pub fn of(package: &str) -> Self {
        let is_php_version = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        if package.starts_with("wordpress")
            || package.starts_with("libjs-")
            || package == "php-getid3"
        {
            Self::WordPress
        } else if package == "php-common" || package.strip_prefix("php").is_some_and(is_php_version)
        {
            Self::Php
        } else if package.starts_with("nginx") || package.starts_with("libnginx-") {
            Self::Nginx
        } else {
            Self::Base
        }
    }

    /// The name used in the image's history and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base libraries",
            Self::Php => "php",
            Self::Nginx => "nginx",
            Self::WordPress => "wordpress",
            Self::Configuration => "configuration",
        }
    }
}

impl fmt::Display for LayerGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::LayerGroup;

    #[test]
    fn packages_are_layered_by_what_they_change_with() {
        for (package, group) in [
            ("libc6", LayerGroup::Base),
            ("php8.4-fpm", LayerGroup::Php),
            ("php-common", LayerGroup::Php),
            ("phpmyadmin", LayerGroup::Base),
            ("libnginx-mod-http-echo", LayerGroup::Nginx),
            ("wordpress-theme-twentytwentyfive", LayerGroup::WordPress),
            ("php-getid3", LayerGroup::WordPress),
        ] {
            assert_eq!(LayerGroup::of(package), group, "{package}");
        }
    }
}
