//! Which values must not show up in the log: the secrets among the settings of WordPress, as they lie in files.
//!
//! Read after each run of the job that writes them. They are on a memory file system, or were written a moment ago.

use std::fs;
use std::path::Path;

use crate::settings::read_file;
use wpimg_report::{Redactor, is_secret};

/// As large as a setting can be.
const LARGEST: u64 = 64 * 1024;

/// What to mask, as far as it can be read; a file that vanishes meanwhile was replaced, and a new run of the job follows.
pub(super) fn redactor(secrets: &Path) -> Redactor {
    let entries = fs::read_dir(secrets).into_iter().flatten().flatten();
    let values: Vec<Vec<u8>> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_secret))
        .filter_map(|entry| read_file(&entry.path(), LARGEST).ok())
        .collect();
    Redactor::new(values.iter().map(Vec::as_slice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_ordinary_settings_are_not() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("WORDPRESS_DB_PASSWORD"), "hunter2hunter2").unwrap();
        fs::write(home.path().join("WORDPRESS_DB_NAME"), "wordpress").unwrap();
        let redactor = redactor(home.path());
        let mut line = *b"wordpress hunter2hunter2";
        let length = redactor.redact(&mut line, 0);
        assert_eq!(&line[..length], b"wordpress ****");
        assert_eq!(
            format!("{:?}", super::redactor(Path::new("/nowhere"))),
            "Redactor(0 values)"
        );
    }
}
