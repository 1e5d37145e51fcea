//! Puts the ownership of `wp-content/uploads` right when it is wrong.
//!
//! One `stat` when it is right, which is every start but the first. A network file system with a
//! million files takes an hour to walk, so nothing else is touched then. The walk follows no link,
//! leaves hard-linked files alone (the other name may be anywhere), and changes only what differs.
//! An EFS access point refuses every chown and maps every user to its own (EFS user guide,
//! "Enforcing a user identity using an access point"): there the question is only whether the
//! workers can write.

mod error;
mod walk;

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use super::Identity;
pub(crate) use error::UploadsError;
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use nix::unistd::{AccessFlags, Gid, Uid, access, geteuid, getgroups, setegid, seteuid, setgroups};
use walk::{DEEPEST, Stop, Walk};

/// What was found, or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ownership {
    AlreadyRight,
    PutRight {
        changed: u64,
    },
    /// Cannot be changed, but the workers can write: an EFS access point, most likely.
    MappedElsewhere,
    /// The whole file system is read-only. Deliberate, and the site can be served.
    ReadOnly,
    /// A stop signal came; the next start goes on where this one ended.
    Interrupted,
}

/// `interrupted` is asked between files, because a large volume takes longer than a stop may.
pub(crate) fn put_right(
    path: &Path,
    identity: &Identity,
    interrupted: &dyn Fn() -> bool,
) -> Result<Ownership, UploadsError> {
    let unreachable = |source| UploadsError::Unreachable {
        path: path.to_owned(),
        source,
    };
    match DirBuilder::new().mode(0o755).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {}
        Err(error) => return Err(unreachable(error)),
    }
    // Following a link here is right: the administrator may have linked a volume into place.
    let metadata = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => {
            return Err(UploadsError::NotADirectory {
                path: path.to_owned(),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ownership::ReadOnly),
        Err(error) => return Err(unreachable(error)),
    };
    let Some((user, group)) = identity.worker() else {
        return writable(path, &metadata, None, Ownership::AlreadyRight);
    };
    if access(path, AccessFlags::W_OK) == Err(Errno::EROFS) {
        return Ok(Ownership::ReadOnly);
    }
    // The owner decides: in the image the directory has root's group, so that a container that runs as
    // any user with that group can write too.
    if metadata.uid() == user.as_raw() {
        return Ok(Ownership::AlreadyRight);
    }
    let flags = OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let walked = Dir::open(path, flags, Mode::empty())
        .map_err(Stop::Refused)
        .and_then(|root| Walk::new(user, group, interrupted).through(root));
    match walked {
        Ok(changed) => Ok(Ownership::PutRight { changed }),
        Err(Stop::Interrupted) => Ok(Ownership::Interrupted),
        Err(Stop::TooDeep) => Err(UploadsError::TooDeep {
            path: path.to_owned(),
            limit: DEEPEST,
        }),
        // An access point, or a server that takes root for nobody.
        Err(Stop::Refused(Errno::EPERM | Errno::EACCES | Errno::EROFS)) => writable(
            path,
            &metadata,
            Some((user, group)),
            Ownership::MappedElsewhere,
        ),
        Err(Stop::Refused(errno)) => Err(UploadsError::Walk {
            path: path.to_owned(),
            source: errno.into(),
        }),
    }
}

/// Whether the workers can write although the directory is not theirs.
fn writable(
    path: &Path,
    metadata: &fs::Metadata,
    worker: Option<(Uid, Gid)>,
    then: Ownership,
) -> Result<Ownership, UploadsError> {
    let probe = || {
        let file = path.join(".wpimg-write-probe");
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        fs::File::create_new(&file)?;
        fs::remove_file(&file)
    };
    let probed = match worker {
        Some((user, group)) => as_worker(user, group, probe),
        None => probe(),
    };
    match probed {
        Ok(()) => Ok(then),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(Ownership::ReadOnly),
        Err(source) => Err(UploadsError::NotWritable {
            path: path.to_owned(),
            owner: metadata.uid(),
            group: metadata.gid(),
            worker: worker.map_or_else(geteuid, |(user, _)| user),
            source,
        }),
    }
}

/// Runs `probe` with the rights of a worker: root's own would prove nothing.
fn as_worker(user: Uid, group: Gid, probe: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let groups = getgroups()?;
    setgroups(&[group])?;
    setegid(group)?;
    seteuid(user)?;
    let result = probe();
    // Cannot fail: the real user is still root. If it did, starting services would be wrong.
    seteuid(Uid::from_raw(0))?;
    setegid(Gid::from_raw(0))?;
    setgroups(&groups)?;
    result
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn owner(path: &Path) -> (u32, u32) {
        let metadata = fs::symlink_metadata(path).unwrap();
        (metadata.uid(), metadata.gid())
    }

    fn never() -> bool {
        false
    }

    /// Changing owners needs root; without it there is only the write probe to test.
    /// Owners can only be changed by root: these tests fail elsewhere instead of proving nothing.
    fn needs_root() {
        assert!(
            geteuid().is_root(),
            "run this test as root, as tests/run does"
        );
    }

    #[test]
    fn a_missing_directory_is_made_and_can_be_written() {
        let home = tempfile::tempdir().unwrap();
        let uploads = home.path().join("uploads");
        let found = put_right(&uploads, &Identity::Unprivileged, &never).unwrap();
        assert_eq!(found, Ownership::AlreadyRight);
        assert_eq!(
            fs::read_dir(&uploads).unwrap().count(),
            0,
            "the probe is gone"
        );
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let uploads = home.path().join("uploads");
        fs::write(&uploads, b"").unwrap();
        let error = put_right(&uploads, &Identity::Unprivileged, &never).unwrap_err();
        assert!(matches!(error, UploadsError::NotADirectory { .. }));
    }

    #[test]
    fn root_gives_everything_below_to_the_workers_and_nothing_beside_it() {
        needs_root();
        let home = tempfile::tempdir().unwrap();
        let outside = home.path().join("outside");
        let uploads = home.path().join("uploads");
        fs::create_dir_all(uploads.join("2026/11")).unwrap();
        fs::write(&outside, b"").unwrap();
        fs::write(uploads.join("2026/11/picture.jpg"), b"").unwrap();
        symlink(&outside, uploads.join("link")).unwrap();
        fs::hard_link(&outside, uploads.join("hard")).unwrap();

        let found = put_right(&uploads, &Identity::WWW_DATA, &never).unwrap();
        assert_eq!(found, Ownership::PutRight { changed: 5 });
        for inside in ["", "2026", "2026/11", "2026/11/picture.jpg", "link"] {
            assert_eq!(owner(&uploads.join(inside)), (33, 33), "{inside}");
        }
        assert_eq!(owner(&outside), (0, 0));
        assert_eq!(
            put_right(&uploads, &Identity::WWW_DATA, &never).unwrap(),
            Ownership::AlreadyRight
        );
    }

    #[test]
    fn an_interrupted_walk_is_begun_again_by_the_next_start() {
        needs_root();
        let home = tempfile::tempdir().unwrap();
        let uploads = home.path().join("uploads");
        fs::create_dir(&uploads).unwrap();
        fs::write(uploads.join("picture.jpg"), b"").unwrap();
        assert_eq!(
            put_right(&uploads, &Identity::WWW_DATA, &|| true).unwrap(),
            Ownership::Interrupted
        );
        assert_eq!(owner(&uploads), (0, 0));
        let found = put_right(&uploads, &Identity::WWW_DATA, &never).unwrap();
        assert_eq!(found, Ownership::PutRight { changed: 2 });
    }

    #[test]
    fn a_probe_runs_with_the_rights_of_a_worker() {
        needs_root();
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let metadata = fs::metadata(home.path()).unwrap();
        let worker = Identity::WWW_DATA.worker();
        let refused = writable(home.path(), &metadata, worker, Ownership::MappedElsewhere);
        let refused = refused.unwrap_err();
        assert!(refused.to_string().contains("belongs to 0:0"), "{refused}");
        assert!(refused.hint().contains("user 33"));
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let allowed = writable(home.path(), &metadata, worker, Ownership::MappedElsewhere);
        assert_eq!(allowed.unwrap(), Ownership::MappedElsewhere);
        assert!(geteuid().is_root());
    }
}
