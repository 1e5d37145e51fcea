//! Finds the one writable directory the container needs.
//!
//! `/run/wpimg` when it can be made. With a read-only root and no volume on `/run`, or without
//! root, the same name under `/dev/shm` (memory, always there in a container) or `/tmp`. A
//! directory that belongs to somebody other than us and root is refused: secrets go into it.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use thiserror::Error;

pub(super) const CANDIDATES: [&str; 3] = ["/run/wpimg", "/dev/shm/wpimg", "/tmp/wpimg"];

const MODE: u32 = 0o755;
/// Write permission of the group and of everybody.
const OPEN_TO_OTHERS: u32 = 0o022;

#[derive(Debug, Error)]
pub(crate) enum RuntimeDirectoryError {
    #[error("cannot make the runtime directory `{path}`")]
    Refused {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is not a directory of ours, it belongs to user {owner}")]
    Foreign { path: PathBuf, owner: u32 },
    #[error("another wpimg-init serves with `{path}`")]
    Claimed { path: PathBuf },
}

impl RuntimeDirectoryError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Refused { .. } | Self::Foreign { .. } => {
                "mount a writable volume on `/run/wpimg`, or set `WPIMG_RUN_DIR` to one".to_owned()
            }
            Self::Claimed { .. } => "to run a command beside it, use `wpimg-init exec -- CMD`; to \
                                     serve twice, give each a `WPIMG_RUN_DIR` of its own"
                .to_owned(),
        }
    }
}

/// The requested directory or nothing else; without a request the first candidate that works.
pub(crate) fn choose(requested: Option<&Path>) -> Result<PathBuf, RuntimeDirectoryError> {
    if let Some(path) = requested {
        return prepare(path);
    }
    let [default, fallbacks @ ..] = CANDIDATES.map(Path::new);
    // The error of the default is the one to show: the fall-backs are nobody's choice.
    prepare(default).or_else(|error| {
        fallbacks
            .iter()
            .find_map(|path| prepare(path).ok())
            .ok_or(error)
    })
}

/// Where the runtime directory of a container that serves can be.
pub(crate) fn candidates(requested: Option<PathBuf>) -> Vec<PathBuf> {
    requested.map_or_else(|| CANDIDATES.map(PathBuf::from).into(), |path| vec![path])
}

pub(super) fn prepare(path: &Path) -> Result<PathBuf, RuntimeDirectoryError> {
    let refused = |source| RuntimeDirectoryError::Refused {
        path: path.to_owned(),
        source,
    };
    match DirBuilder::new().mode(MODE).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new()
                .mode(MODE)
                .recursive(true)
                .create(path)
                .map_err(refused)?;
        }
        Err(error) => return Err(refused(error)),
    }
    let metadata = fs::symlink_metadata(path).map_err(refused)?;
    // Root's is as good as ours when we may write there: orchestrators mount an empty volume like that.
    let trusted = [geteuid().as_raw(), 0].contains(&metadata.uid());
    if !metadata.is_dir() || !trusted {
        let (path, owner) = (path.to_owned(), metadata.uid());
        return Err(RuntimeDirectoryError::Foreign { path, owner });
    }
    // An empty volume is often open to everybody. What root's nginx reads must not be: a worker could
    // put its own configuration there.
    if metadata.uid() == geteuid().as_raw() && metadata.mode() & OPEN_TO_OTHERS != 0 {
        close_to_others(path).map_err(refused)?;
    }
    // It may lie on a read-only file system although it is ours.
    let probe = path.join(".probe");
    fs::write(&probe, b"")
        .and_then(|()| fs::remove_file(&probe))
        .map_err(refused)?;
    Ok(path.to_owned())
}

/// Through a descriptor, so that a link in place of the directory cannot redirect us.
fn close_to_others(path: &Path) -> io::Result<()> {
    let flags = nix::libc::O_DIRECTORY | nix::libc::O_NOFOLLOW;
    let directory = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    directory.set_permissions(Permissions::from_mode(MODE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requested_directory_is_made_with_its_parents() {
        let parent = tempfile::tempdir().unwrap();
        let wanted = parent.path().join("a/b");
        assert_eq!(choose(Some(&wanted)).unwrap(), wanted);
        assert_eq!(
            choose(Some(&wanted)).unwrap(),
            wanted,
            "a restart finds it again"
        );
        assert_eq!(
            fs::read_dir(&wanted).unwrap().count(),
            0,
            "the probe is gone"
        );
    }

    #[test]
    fn a_directory_open_to_everybody_is_closed_first() {
        let parent = tempfile::tempdir().unwrap();
        let open = parent.path().join("volume");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o1777)).unwrap();
        choose(Some(&open)).unwrap();
        assert_eq!(fs::metadata(&open).unwrap().mode() & 0o7777, MODE);
    }

    #[test]
    fn a_link_is_not_a_directory_of_ours() {
        let parent = tempfile::tempdir().unwrap();
        let link = parent.path().join("link");
        std::os::unix::fs::symlink("/", &link).unwrap();
        assert!(matches!(
            choose(Some(&link)),
            Err(RuntimeDirectoryError::Foreign { .. })
        ));
    }

    #[test]
    fn a_file_in_the_way_is_an_error_that_names_it() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = choose(Some(&file.join("below"))).unwrap_err();
        assert!(error.to_string().contains("file/below"), "{error}");
        assert!(error.hint().contains("WPIMG_RUN_DIR"));
    }

    #[test]
    fn php_looks_where_the_directory_can_be() {
        let setting = include_str!("../../../docker/rootfs/usr/share/wpimg/setting.php");
        let list = CANDIDATES.map(|path| format!("'{path}'")).join(", ");
        assert!(setting.contains(&list), "{list}");
    }
}
