//! The environment, read once and in this file only.
//!
//! Proxy variables are the one exception: the HTTP client reads them itself, with the rules curl
//! made common. They are in the table all the same, because the table is the documentation.

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::SettingsError;

/// One variable, as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
}

/// Every variable that changes what `wpimg` does.
pub(crate) const VARIABLES: &[Variable] = &[
    Variable {
        name: "WPIMG_RECIPE",
        meaning: "The recipe to build, as --recipe",
    },
    Variable {
        name: "WPIMG_ENV",
        meaning: "The environment of the site, as --env",
    },
    Variable {
        name: "WPIMG_MIRROR",
        meaning: "The Debian mirror, as --mirror",
    },
    Variable {
        name: "WPIMG_SNAPSHOT",
        meaning: "Archive of versions that have left the mirror, as `snapshot` in the recipe",
    },
    Variable {
        name: "WPIMG_WORDPRESS_ORG",
        meaning: "A mirror of WordPress.org, its downloads and its API below one address",
    },
    Variable {
        name: "WPIMG_KEYRING",
        meaning: "OpenPGP keys that sign the archive, instead of Debian's",
    },
    Variable {
        name: "WPIMG_CACHE_DIR",
        meaning: "The cache directory, as --cache-dir",
    },
    Variable {
        name: "WPIMG_NO_PROGRESS",
        meaning: "No progress bar when set, as --no-progress",
    },
    Variable {
        name: "CI",
        meaning: "When set, a recipe is built as its lock says (--locked)",
    },
    Variable {
        name: "GITHUB_OUTPUT",
        meaning: "File for the outputs `digest` and `reference`, or `image`, of a workflow's step",
    },
    Variable {
        name: "GITHUB_ACTIONS",
        meaning: "When `true`, messages of a build or push are one group of the log",
    },
    Variable {
        name: "XDG_CACHE_HOME",
        meaning: "Parent of the cache directory",
    },
    Variable {
        name: "HOME",
        meaning: "The cache is in $HOME/.cache/wpimg unless named otherwise",
    },
    Variable {
        name: "SOURCE_DATE_EPOCH",
        meaning: "Newest time in the image, seconds since 1970",
    },
    Variable {
        name: "DOCKER_HOST",
        meaning: "The daemon that --load uses",
    },
    Variable {
        name: "DOCKER_CONFIG",
        meaning: "Directory of Docker's config.json, for the credentials of registries",
    },
    Variable {
        name: "WPIMG_REGISTRY_ENDPOINT",
        meaning: "Where registries are reached: HOST=URL, several separated by commas",
    },
    Variable {
        name: "WPIMG_BALANCER_ENDPOINT",
        meaning: "Where `wpimg deploy` reaches the site's load balancer: HOST:PORT",
    },
    Variable {
        name: "GITHUB_SHA",
        meaning: "The commit that a deployment records, as --commit",
    },
    Variable {
        name: "AWS_PROFILE",
        meaning: "And all others of AWS: credentials and region",
    },
    Variable {
        name: "NO_COLOR",
        meaning: "No colours when set",
    },
    Variable {
        name: "HTTP_PROXY",
        meaning: "Proxy for http:// addresses (also in lower case)",
    },
    Variable {
        name: "HTTPS_PROXY",
        meaning: "Proxy for https:// addresses (also in lower case)",
    },
    Variable {
        name: "NO_PROXY",
        meaning: "Hosts that are reached without a proxy",
    },
];

/// The variables' values at the start of the process.
///
/// An empty value counts as unset, as the XDG and NO_COLOR specifications ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) working_directory: PathBuf,
    pub(crate) recipe: Option<PathBuf>,
    pub(crate) env_of_site: Option<String>,
    pub(crate) mirror: Option<String>,
    pub(crate) snapshot: Option<String>,
    pub(crate) wordpress_org: Option<String>,
    pub(crate) keyring: Option<PathBuf>,
    pub(crate) cache_directory: Option<PathBuf>,
    pub(crate) xdg_cache_home: Option<PathBuf>,
    pub(crate) home: Option<PathBuf>,
    pub(crate) source_date_epoch: Option<String>,
    pub(crate) docker_host: Option<String>,
    pub(crate) docker_config: Option<PathBuf>,
    pub(crate) registry_endpoint: Option<String>,
    pub(crate) balancer_endpoint: Option<String>,
    pub(crate) commit: Option<String>,
    pub(crate) ci: bool,
    pub(crate) github_actions: bool,
    pub(crate) github_output: Option<PathBuf>,
    pub(crate) no_progress: bool,
    pub(crate) no_color: bool,
}

impl Environment {
    /// Reads this process's environment.
    pub(crate) fn of_process() -> Result<Self, SettingsError> {
        let working_directory =
            env::current_dir().map_err(|source| SettingsError::NoWorkingDirectory { source })?;
        Self::from_lookup(&working_directory, |name| env::var_os(name))
    }

    /// Reads the variables through `lookup`.
    pub(super) fn from_lookup(
        working_directory: &Path,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, SettingsError> {
        let value = |name| lookup(name).filter(|value| !value.is_empty());
        let path = |name| value(name).map(PathBuf::from);
        let text = |name| {
            let unicode = |value: OsString| value.into_string();
            value(name)
                .map(unicode)
                .transpose()
                .map_err(|_| SettingsError::NotUnicode { name })
        };
        Ok(Self {
            working_directory: working_directory.to_owned(),
            recipe: path("WPIMG_RECIPE"),
            env_of_site: text("WPIMG_ENV")?,
            mirror: text("WPIMG_MIRROR")?,
            snapshot: text("WPIMG_SNAPSHOT")?,
            wordpress_org: text("WPIMG_WORDPRESS_ORG")?,
            keyring: path("WPIMG_KEYRING"),
            cache_directory: path("WPIMG_CACHE_DIR"),
            xdg_cache_home: path("XDG_CACHE_HOME"),
            home: path("HOME"),
            source_date_epoch: text("SOURCE_DATE_EPOCH")?,
            docker_host: text("DOCKER_HOST")?,
            docker_config: path("DOCKER_CONFIG"),
            registry_endpoint: text("WPIMG_REGISTRY_ENDPOINT")?,
            balancer_endpoint: text("WPIMG_BALANCER_ENDPOINT")?,
            commit: text("GITHUB_SHA")?,
            // Some services set it to `false` where it does not apply.
            ci: value("CI").is_some_and(|value| value != "false"),
            github_actions: value("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            github_output: path("GITHUB_OUTPUT"),
            no_progress: value("WPIMG_NO_PROGRESS").is_some(),
            no_color: value("NO_COLOR").is_some(),
        })
    }
}

/// The table as `--help` shows it.
pub(crate) fn help() -> String {
    let width = VARIABLES
        .iter()
        .map(|variable| variable.name.len())
        .max()
        .unwrap_or(0);
    let mut text = String::from("Environment:");
    for Variable { name, meaning } in VARIABLES {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n  {name:<width$}  {meaning}");
    }
    text
}
