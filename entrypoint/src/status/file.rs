//! The file between PID 1 and the subcommand.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Snapshot;

/// PID 1's side: remembers what it has written, so that nothing is written twice.
#[derive(Debug)]
pub(crate) struct StatusFile {
    path: PathBuf,
    written: Option<Snapshot>,
}

impl StatusFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            written: None,
        }
    }

    /// Replaces the file if the snapshot is another one. An error is told once for each change: nothing
    /// depends on this file but the people who look into it.
    pub(crate) fn update(&mut self, snapshot: Snapshot) -> io::Result<()> {
        if self.written.as_ref() == Some(&snapshot) {
            return Ok(());
        }
        let text = serde_json::to_vec(&snapshot)?;
        self.written = Some(snapshot);
        let temporary = self.path.with_extension("new");
        // Not synced: it lies in memory, and does not outlive the container.
        fs::write(&temporary, text)?;
        fs::rename(&temporary, &self.path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

pub(super) fn read(path: &Path) -> io::Result<Snapshot> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::status::table::tests::snapshot;

    #[test]
    fn what_is_written_can_be_read_and_is_written_only_when_it_differs() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("status.json");
        let mut file = StatusFile::new(path.clone());
        file.update(snapshot()).unwrap();
        assert_eq!(read(&path).unwrap(), snapshot());

        let inode = || fs::metadata(&path).unwrap().ino();
        let before = inode();
        file.update(snapshot()).unwrap();
        assert_eq!(inode(), before);

        let mut changed = snapshot();
        changed.services[0].restarts += 1;
        file.update(changed.clone()).unwrap();
        assert_eq!(read(&path).unwrap(), changed);
        let names = fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(names, 1, "the temporary file is gone");
    }

    #[test]
    fn half_a_file_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("status.json");
        fs::write(&path, "{\"pid\":1").unwrap();
        assert!(read(&path).is_err());
    }
}
