//! The environment as a value, and the `NAME_FILE` convention of the official WordPress image.
//!
//! `NAME_FILE` wins over `NAME`, an empty `NAME_FILE` counts as unset, and trailing line ends of
//! the file are dropped: the rules of `getenv_docker()` in the official image's `wp-config.php`.
//! Unlike there, an unreadable file is an error at start instead of an empty password later.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Secret, SettingsError};

/// No secret or snippet of PHP is larger; a bigger file is the wrong file.
const LARGEST_FILE: u64 = 64 * 1024;

/// How the content of a `NAME_FILE` is obtained, at most the given number of bytes.
pub(crate) type FileReader<'a> = &'a dyn Fn(&Path, u64) -> io::Result<Vec<u8>>;

/// Reads from the real file system.
pub(crate) fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

/// Variables of one process, sorted by name.
#[derive(Debug, Default)]
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
    fn a_file_wins_over_the_plain_variable_and_loses_its_line_ends() {
        let environment = [
            ("PASSWORD", "plain"),
            ("PASSWORD_FILE", "/secrets/password"),
        ]
        .into();
        assert_eq!(value(&environment).unwrap().unwrap(), b"from file ");
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
            SettingsError::FileTooLarge { limit: 65536, .. }
        ));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2".to_vec())), "****");
    }
}
