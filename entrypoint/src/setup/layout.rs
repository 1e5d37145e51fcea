//! Where everything lies, inside the image and in the runtime directory.
//!
//! ```text
//! /etc/wpimg/                    in the image, read-only
//!   nginx/{main,http,site}.conf  php-fpm.conf  php.d/
//! /var/www/html/                 in the image, read-only but for wp-content/uploads
//! /run/wpimg/                    made at start, the one writable directory
//!   nginx/nginx.conf             what varies: port, sizes, paths; includes /etc/wpimg
//!   php/php-fpm.conf             likewise for php-fpm
//!   php/conf.d/95-wpimg.ini      likewise for PHP
//!   secrets/WORDPRESS_DB_HOST …  one file per setting of WordPress
//!   cache/                       nginx's temporary files, in directories it makes itself
//!   sessions/ tmp/               written by the workers
//!   php-fpm.sock  php-fpm.pid  nginx.pid  draining
//! ```

use std::path::{Path, PathBuf};

/// The two directories everything else is found from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    root: PathBuf,
    run: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: PathBuf, run: PathBuf) -> Self {
        Self { root, run }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn run(&self) -> &Path {
        &self.run
    }

    /// What the image brings along and nobody changes.
    pub(super) fn image_configuration(&self) -> PathBuf {
        self.root.join("etc/wpimg")
    }

    pub(super) fn document_root(&self) -> PathBuf {
        self.root.join("var/www/html")
    }

    pub(crate) fn uploads(&self) -> PathBuf {
        self.document_root().join("wp-content/uploads")
    }

    pub(crate) fn nginx_configuration(&self) -> PathBuf {
        self.run.join("nginx/nginx.conf")
    }

    pub(crate) fn fpm_configuration(&self) -> PathBuf {
        self.run.join("php/php-fpm.conf")
    }

    pub(super) fn php_settings(&self) -> PathBuf {
        self.run.join("php/conf.d")
    }

    /// PHP's own directory first (the empty entry), then the image's, then ours: later files win.
    pub(crate) fn php_scan_directories(&self) -> String {
        let image = self.image_configuration().join("php.d");
        format!(":{}:{}", image.display(), self.php_settings().display())
    }

    pub(crate) fn fpm_socket(&self) -> PathBuf {
        self.run.join("php-fpm.sock")
    }

    pub(super) fn secrets(&self) -> PathBuf {
        self.run.join("secrets")
    }

    /// While this file exists, `/healthz` answers 503.
    pub(crate) fn draining_marker(&self) -> PathBuf {
        self.run.join("draining")
    }
}
