//! The environment as a value, and the `NAME_FILE` convention of the official WordPress image.
//!
//! An empty `NAME_FILE` counts as unset, and trailing line ends of the file are dropped: the rules of
//! `getenv_docker()` in the official image's `wp-config.php`. Unlike there, an unreadable file is an
//! error at start instead of an empty password later, and so are two values for one setting: which
//! one counts would be a guess, and the loser may be the one that was rotated.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{Secret, SettingsError};

/// The certificates of all regions of RDS are 165 KiB; a bigger file is the wrong file.
const LARGEST_FILE: u64 = 256 * 1024;

/// How the content of a `NAME_FILE` is obtained, at most the given number of bytes.
pub(crate) type FileReader<'a> = &'a dyn Fn(&Path, u64) -> io::Result<Vec<u8>>;

/// Reads from the real file system.
pub(crate) fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Opening a pipe waits for its writer, and PID 1 must not wait: a signal would not wake it.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(nix::libc::O_NONBLOCK)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ));
    }
    let mut content = Vec::new();
    file.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

/// Variables of one process, sorted by name.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    pub(crate) fn of_this_process() -> Self {
        env::vars_os().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The variables with these names, for a child that needs no others.
    pub(crate) fn only(&self, names: &[&str]) -> Vec<(OsString, OsString)> {
        let given = names.iter().filter_map(|name| {
            let value = self.get(name)?.to_owned();
            Some(((*name).into(), value))
        });
        given.collect()
    }

    /// The value of `name`, from the file `name_FILE` points at or from `name` itself.
    pub(super) fn value_or_file(
        &self,
        name: &str,
        files: FileReader<'_>,
    ) -> Result<Option<Secret>, SettingsError> {
        let variable = format!("{name}_FILE");
        let file = self.get(&variable).filter(|path| !path.is_empty());
        let Some(path) = file.map(Path::new) else {
            return Ok(self
                .get(name)
                .map(|value| Secret::new(value.as_bytes().to_vec())));
        };
        // An empty one beside it is what `${NAME:-}` in a compose file makes of an unset variable.
        if self.get(name).is_some_and(|value| !value.is_empty()) {
            return Err(SettingsError::GivenTwice {
                variable: name.to_owned(),
                file_variable: variable,
            });
        }
        let path = path.to_owned();
        match files(&path, LARGEST_FILE + 1) {
            Err(source) => Err(SettingsError::FileUnreadable {
                variable,
                path,
                source,
            }),
            Ok(content) if content.len() as u64 > LARGEST_FILE => {
                Err(SettingsError::FileTooLarge {
                    variable,
                    path,
                    limit: LARGEST_FILE,
                })
            }
            Ok(mut content) => {
                while content
                    .last()
                    .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
                {
                    content.pop();
                }
                Ok(Some(Secret::new(content)))
            }
        }
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.variables.keys())
            .finish()
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<T: IntoIterator<Item = (OsString, OsString)>>(variables: T) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(environment: &Environment) -> Result<Option<Vec<u8>>, SettingsError> {
        let files = |path: &Path, limit: u64| match path.to_str() {
            Some("/secrets/password") => Ok(b"from file \r\n\n".to_vec()),
            Some("/secrets/endless") => Ok(vec![0; usize::try_from(limit).unwrap()]),
            _ => Err(io::ErrorKind::NotFound.into()),
        };
        Ok(environment
            .value_or_file("PASSWORD", &files)?
            .map(|value| value.expose().to_vec()))
    }

    #[test]
    fn a_pipe_is_refused_instead_of_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = read_file(&pipe, 10).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_file_loses_its_line_ends_and_nothing_else() {
        for plain in [None, Some(("PASSWORD", ""))] {
            let file = ("PASSWORD_FILE", "/secrets/password");
            let environment = [Some(file), plain].into_iter().flatten();
            let environment = environment.map(|(name, value)| (name.into(), value.into()));
            let found = value(&environment.collect()).unwrap().unwrap();
            assert_eq!(found, b"from file ", "beside {plain:?}");
        }
    }

    #[test]
    fn a_variable_and_a_file_for_the_same_setting_are_an_error_that_names_both() {
        let file = ("PASSWORD_FILE", "/secrets/password");
        let error = value(&[("PASSWORD", "hunter2"), file].into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "both `PASSWORD` and `PASSWORD_FILE` are set"
        );
        assert!(error.hint().unwrap().contains("unset"));
    }

    #[test]
    fn an_empty_file_variable_counts_as_unset() {
        let environment = [("PASSWORD", "plain"), ("PASSWORD_FILE", "")].into();
        assert_eq!(value(&environment).unwrap().unwrap(), b"plain");
    }

    #[test]
    fn an_empty_value_is_a_value() {
        assert_eq!(value(&[("PASSWORD", "")].into()).unwrap().unwrap(), b"");
        assert_eq!(value(&[].into()).unwrap(), None);
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_variable_and_path() {
        let error = value(&[("PASSWORD_FILE", "/nowhere")].into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot read `/nowhere`, which `PASSWORD_FILE` names"
        );
    }

    #[test]
    fn an_endless_file_is_refused() {
        let error = value(&[("PASSWORD_FILE", "/secrets/endless")].into()).unwrap_err();
        assert!(matches!(
            error,
            SettingsError::FileTooLarge {
                limit: LARGEST_FILE,
                ..
            }
        ));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2".to_vec())), "****");
    }
}
