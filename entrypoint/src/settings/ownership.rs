//! Which directories the workers write to, and how long visitors wait for them.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::server::{Directory, Seconds, parsed, run_directory};
use super::{Environment, SettingsError};

/// What is in the image for everybody, and where sockets and secrets are. A worker that owned it would own the container.
const SYSTEM: [&str; 17] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/tmp/wpimg",
    "/usr",
    "/var/lib",
    "/var/run",
];

/// Directories that belong to the workers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnershipSettings {
    /// `None` when not given: then where WordPress itself has them.
    uploads: Option<PathBuf>,
    writable: Vec<PathBuf>,
    /// `None` when not given.
    pub(crate) wait: Option<Duration>,
}

impl OwnershipSettings {
    pub(crate) const VARIABLES: [&'static str; 3] =
        ["WPIMG_UPLOADS", "WPIMG_WRITABLE", "WPIMG_OWNERSHIP_WAIT"];

    pub(crate) fn resolve(environment: &Environment) -> Result<Self, SettingsError> {
        let uploads = parsed(environment, "WPIMG_UPLOADS", Writable::EXPECTED)?;
        let writable = parsed(environment, "WPIMG_WRITABLE", List::EXPECTED)?;
        if let Some(run) = run_directory(environment)? {
            let given = uploads
                .iter()
                .chain(writable.iter().flat_map(|List(paths)| paths));
            let mut around = given.filter(|Writable(path)| run.starts_with(path));
            if around.next().is_some() {
                return Err(SettingsError::Invalid {
                    variable: "WPIMG_RUN_DIR",
                    value: run.display().to_string(),
                    expected: "a directory outside those that the workers write to",
                });
            }
        }
        let wait = parsed(
            environment,
            "WPIMG_OWNERSHIP_WAIT",
            "seconds from 0 to 3600",
        )?;
        Ok(Self {
            uploads: uploads.map(|Writable(path)| path),
            writable: writable.map_or_else(Vec::new, List::into_paths),
            wait: wait.map(|Seconds(seconds)| Duration::from_secs(seconds)),
        })
    }

    /// Each directory once, the uploads first.
    pub(crate) fn directories(&self, default_uploads: PathBuf) -> Vec<PathBuf> {
        let mut directories = vec![self.uploads.clone().unwrap_or(default_uploads)];
        for directory in &self.writable {
            if !directories.contains(directory) {
                directories.push(directory.clone());
            }
        }
        directories
    }
}

/// A directory that may be given away with all that is in it.
struct Writable(PathBuf);

impl Writable {
    const EXPECTED: &'static str = "an absolute path of at most 80 letters, digits, dots, dashes and underscores, \
         outside the directories of the system";
}

impl FromStr for Writable {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let Directory(path) = text.parse()?;
        let of_the_system = |system: &&str| {
            let system = Path::new(system);
            path.starts_with(system) || system.starts_with(&path)
        };
        if SYSTEM.iter().any(of_the_system) {
            return Err(());
        }
        Ok(Self(path))
    }
}

struct List(Vec<Writable>);

impl List {
    fn into_paths(self) -> Vec<PathBuf> {
        self.0.into_iter().map(|Writable(path)| path).collect()
    }

    const EXPECTED: &'static str =
        "absolute paths, separated by colons, outside the directories of the system";
}

impl FromStr for List {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let paths = text.split(':').map(|part| part.trim().parse());
        paths.collect::<Result<_, ()>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve<const N: usize>(
        variables: [(&str, &str); N],
    ) -> Result<OwnershipSettings, SettingsError> {
        OwnershipSettings::resolve(&variables.into())
    }

    #[test]
    fn the_uploads_come_first_and_nothing_twice() {
        let settings = resolve([("WPIMG_WRITABLE", "/data/cache:/uploads: /data/cache")]).unwrap();
        let directories = settings.directories("/uploads".into());
        assert_eq!(directories, ["/uploads", "/data/cache"].map(PathBuf::from));
        let settings = resolve([("WPIMG_UPLOADS", "/app/uploads")]).unwrap();
        let directories = settings.directories("/uploads".into());
        assert_eq!(directories, [PathBuf::from("/app/uploads")]);
    }

    #[test]
    fn what_belongs_to_the_system_is_never_given_away() {
        for path in [
            "/",
            "/etc",
            "/etc/",
            "/usr/lib/php",
            "/var",
            "//var/lib/dpkg",
            "data",
        ] {
            for variable in ["WPIMG_UPLOADS", "WPIMG_WRITABLE"] {
                let message = resolve([(variable, path)]).unwrap_err().to_string();
                assert!(
                    message.contains(variable) && message.contains(path),
                    "{message}"
                );
            }
        }
        assert!(resolve([("WPIMG_WRITABLE", "/data:/etc")]).is_err());
        assert!(resolve([("WPIMG_WRITABLE", "/data:")]).is_err());
        assert!(resolve([("WPIMG_WRITABLE", "/var/www/html/wp-content:/srv:/etcetera")]).is_ok());
    }

    #[test]
    fn secrets_and_sockets_do_not_lie_where_the_workers_write() {
        for (run, writable, right) in [
            ("/data/run", "/data", false),
            ("/data", "/data", false),
            ("/data/run", "/cache:/data/files", true),
        ] {
            let settings = resolve([("WPIMG_RUN_DIR", run), ("WPIMG_WRITABLE", writable)]);
            assert_eq!(settings.is_ok(), right, "{run} {writable}");
        }
        assert!(resolve([("WPIMG_WRITABLE", "/tmp")]).is_err());
    }

    #[test]
    fn waiting_is_bounded() {
        let wait = |text| resolve([("WPIMG_OWNERSHIP_WAIT", text)]).map(|settings| settings.wait);
        assert_eq!(wait("").unwrap(), None);
        assert_eq!(wait("0").unwrap(), Some(Duration::ZERO));
        assert_eq!(wait("90s").unwrap(), Some(Duration::from_secs(90)));
        assert!(wait("for ever").is_err() && wait("3601").is_err());
    }
}
