//! Where everything lies, inside the image and in the runtime directory.
//!
//! ```text
//! /etc/wpimg/                    in the image, read-only
//!   nginx/{main,http,site}.conf  php-fpm.conf  php.d/  services.toml
//! /usr/share/wpimg/jobs/         in the image: PHP of the jobs; nginx has no route to it
//! /var/www/html/                 in the image, read-only but for wp-content/uploads
//! /run/wpimg/                    made at start, the one writable directory
//!   nginx/nginx.conf             what varies: port, sizes, paths; includes /etc/wpimg
//!   php/php-fpm.conf             likewise for php-fpm
//!   php/defaults.d/  php/conf.d/ likewise for PHP: what the site may override, what not
//!   secrets -> secrets-4         the settings that count, one of:
//!   secrets-3/ secrets-4/        WORDPRESS_DB_HOST …, one file per setting of WordPress
//!   cache/                       nginx's temporary files, in directories it makes itself
//!   sessions/ tmp/               written by the workers
//!   serving                      locked by the wpimg-init that serves
//!   php-fpm.sock  php-fpm-jobs.sock  php-fpm.pid  nginx.pid  ready  draining  status.json
//!   cache/ and tmp/ are elsewhere when there is no room for uploads here
//!   php-fpm-status.sock  nginx-status.sock  metrics   where metrics are reported
//! ```

use std::path::{Path, PathBuf};

/// The name of [`Layout::fpm_socket`] in the runtime directory.
pub(crate) const FPM_SOCKET: &str = "php-fpm.sock";

/// The name of [`Layout::status_file`] in the runtime directory.
pub(crate) const STATUS_FILE: &str = "status.json";

/// The two directories everything else is found from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    root: PathBuf,
    run: PathBuf,
    /// Where uploads lie while they come in.
    spool: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: PathBuf, run: PathBuf) -> Self {
        let spool = run.clone();
        Self { root, run, spool }
    }

    /// With another directory for large temporary files than the runtime directory.
    pub(crate) fn with_spool(self, spool: PathBuf) -> Self {
        Self { spool, ..self }
    }

    pub(super) fn spool(&self) -> &Path {
        &self.spool
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

    /// What the site adds to nginx and php-fpm.
    pub(crate) fn services_file(&self) -> PathBuf {
        self.image_configuration().join("services.toml")
    }

    pub(crate) fn document_root(&self) -> PathBuf {
        self.root.join("var/www/html")
    }

    /// Where WordPress has them unless `WPIMG_UPLOADS` says otherwise.
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

    pub(super) fn php_defaults(&self) -> PathBuf {
        self.run.join("php/defaults.d")
    }

    /// PHP's own directory first (the empty entry), then what follows from the container's size, then the image's and
    /// the site's, then what the container was told: later files win.
    pub(crate) fn php_scan_directories(&self) -> String {
        let image = self.image_configuration().join("php.d");
        let (defaults, settings) = (self.php_defaults(), self.php_settings());
        format!(
            ":{}:{}:{}",
            defaults.display(),
            image.display(),
            settings.display()
        )
    }

    pub(crate) fn fpm_socket(&self) -> PathBuf {
        self.run.join(FPM_SOCKET)
    }

    /// Where the pool listens that runs the scripts of the jobs.
    pub(crate) fn fpm_jobs_socket(&self) -> PathBuf {
        self.run.join("php-fpm-jobs.sock")
    }

    pub(crate) fn job_scripts(&self) -> PathBuf {
        self.root.join("usr/share/wpimg/jobs")
    }

    /// The link to the settings that count.
    pub(crate) fn secrets(&self) -> PathBuf {
        self.run.join("secrets")
    }

    /// For what the workers write and nobody keeps.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.run.join("tmp")
    }

    /// Where php-fpm tells its status, however busy the pool is.
    pub(crate) fn fpm_status_socket(&self) -> PathBuf {
        self.run.join("php-fpm-status.sock")
    }

    /// Where nginx tells its status, out of reach of visitors.
    pub(crate) fn nginx_status_socket(&self) -> PathBuf {
        self.run.join("nginx-status.sock")
    }

    /// What the last report of metrics has counted up to.
    pub(crate) fn metrics_totals(&self) -> PathBuf {
        self.run.join("metrics")
    }

    /// Prints the state of opcache.
    pub(crate) fn opcache_script(&self) -> PathBuf {
        self.root.join("usr/share/wpimg/opcache.php")
    }

    /// While this file exists, `/healthz` answers 503.
    pub(crate) fn draining_marker(&self) -> PathBuf {
        self.run.join("draining")
    }

    /// What `wpimg-init status` tells.
    pub(crate) fn status_file(&self) -> PathBuf {
        self.run.join(STATUS_FILE)
    }

    /// Touched by PHP when the database refuses the password.
    pub(crate) fn denied_marker(&self) -> PathBuf {
        self.temporary().join("database-denied")
    }

    /// While this file exists, and the one above does not, `/readyz` asks php-fpm.
    pub(crate) fn ready_marker(&self) -> PathBuf {
        self.run.join("ready")
    }
}
