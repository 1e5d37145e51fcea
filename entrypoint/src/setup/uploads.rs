//! Puts the ownership of `wp-content/uploads` right when it is wrong.
//!
//! One `stat` when it is right, which is every start but the first. A network file system with a
//! million files takes an hour to walk, so nothing else is touched then. The walk follows no link,
//! leaves hard-linked files alone (the other name may be anywhere), and changes only what differs.
//! An EFS access point refuses every chown and maps every user to its own (EFS user guide,
//! "Enforcing a user identity using an access point"): there the question is only whether the
//! workers can write.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{Gid, Uid, fchown, fchownat, getgroups, setegid, seteuid, setgroups};
use thiserror::Error;

use super::Identity;

/// WordPress nests by year and month; plugins add a few levels. Each level holds a descriptor.
const DEEPEST: usize = 64;

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

#[derive(Debug, Error)]
pub(crate) enum UploadsError {
    #[error("`{path}` belongs to {owner}:{group} and the workers cannot write to it")]
    NotWritable {
        path: PathBuf,
        owner: u32,
        group: u32,
        #[source]
        source: io::Error,
    },
    #[error("cannot make or read `{path}`")]
    Unreachable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is not a directory")]
    NotADirectory { path: PathBuf },
    #[error("cannot give everything in `{path}` to the workers")]
    Walk {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is nested deeper than {limit} directories")]
    TooDeep { path: PathBuf, limit: usize },
}

impl UploadsError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::NotWritable { .. } => Some(
                "give the volume to user 33, or let the EFS access point map everybody to 33:33"
                    .to_owned(),
            ),
            Self::Unreachable { .. } => {
                Some("mount a volume there, or make the directory in the image".to_owned())
            }
            Self::NotADirectory { .. } => Some("mount a directory there".to_owned()),
            Self::Walk { .. } => {
                Some("run the container as root once, or chown by hand".to_owned())
            }
            Self::TooDeep { .. } => Some("chown it by hand once".to_owned()),
        }
    }
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
    if (metadata.uid(), metadata.gid()) == (user.as_raw(), group.as_raw()) {
        return Ok(Ownership::AlreadyRight);
    }
    let root = Dir::open(path, OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| unreachable(errno.into()))?;
    let mut walk = Walk {
        user,
        group,
        changed: 0,
        interrupted,
    };
    match walk.descend(root, 0) {
        Ok(()) => {}
        Err(Stop::Interrupted) => return Ok(Ownership::Interrupted),
        Err(Stop::TooDeep) => {
            return Err(UploadsError::TooDeep {
                path: path.to_owned(),
                limit: DEEPEST,
            });
        }
        Err(Stop::Refused(Errno::EPERM | Errno::EACCES | Errno::EROFS)) => {
            return writable(
                path,
                &metadata,
                Some((user, group)),
                Ownership::MappedElsewhere,
            );
        }
        Err(Stop::Refused(errno)) => {
            return Err(UploadsError::Walk {
                path: path.to_owned(),
                source: errno.into(),
            });
        }
    }
    Ok(Ownership::PutRight {
        changed: walk.changed,
    })
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

struct Walk<'a> {
    user: Uid,
    group: Gid,
    changed: u64,
    interrupted: &'a dyn Fn() -> bool,
}

/// Why a walk ended early.
enum Stop {
    Interrupted,
    TooDeep,
    Refused(Errno),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Self::Refused(errno)
    }
}

impl Walk<'_> {
    /// Children first and the directory itself last, so that a top directory with the right owner
    /// means that the whole walk has been done.
    fn descend(&mut self, mut directory: Dir, depth: usize) -> Result<(), Stop> {
        if depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        // The iterator borrows the directory, the calls below need a descriptor of it.
        let parent = directory
            .as_fd()
            .try_clone_to_owned()
            .map_err(|_| Errno::EMFILE)?;
        for entry in directory.iter() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if (self.interrupted)() {
                return Err(Stop::Interrupted);
            }
            let stat = match fstatat(&parent, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                // Another task shares this volume and may delete while we walk.
                Err(Errno::ENOENT) => continue,
                Err(errno) => return Err(errno.into()),
            };
            if SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) == SFlag::S_IFDIR {
                let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                match Dir::openat(&parent, name, flags, Mode::empty()) {
                    Ok(child) => self.descend(child, depth + 1)?,
                    Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP) => {}
                    Err(errno) => return Err(errno.into()),
                }
            } else if self.is_foreign(&stat) && stat.st_nlink == 1 {
                let flags = AtFlags::AT_SYMLINK_NOFOLLOW;
                match fchownat(&parent, name, Some(self.user), Some(self.group), flags) {
                    Ok(()) => self.changed += 1,
                    Err(Errno::ENOENT) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        if self.is_foreign(&fstat(&parent)?) {
            fchown(&parent, Some(self.user), Some(self.group))?;
            self.changed += 1;
        }
        Ok(())
    }

    fn is_foreign(&self, stat: &FileStat) -> bool {
        (stat.st_uid, stat.st_gid) != (self.user.as_raw(), self.group.as_raw())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use nix::unistd::geteuid;

    use super::*;

    const WORKER: Identity = Identity::Root {
        name: "www-data",
        user: Uid::from_raw(33),
        group: Gid::from_raw(33),
    };

    fn owner(path: &Path) -> (u32, u32) {
        let metadata = fs::symlink_metadata(path).unwrap();
        (metadata.uid(), metadata.gid())
    }

    fn never() -> bool {
        false
    }

    /// Changing owners needs root; without it there is only the write probe to test.
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
        if !geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let outside = home.path().join("outside");
        let uploads = home.path().join("uploads");
        fs::create_dir_all(uploads.join("2026/11")).unwrap();
        fs::write(&outside, b"").unwrap();
        fs::write(uploads.join("2026/11/picture.jpg"), b"").unwrap();
        symlink(&outside, uploads.join("link")).unwrap();
        fs::hard_link(&outside, uploads.join("hard")).unwrap();

        let found = put_right(&uploads, &WORKER, &never).unwrap();
        assert_eq!(found, Ownership::PutRight { changed: 5 });
        for inside in ["", "2026", "2026/11", "2026/11/picture.jpg", "link"] {
            assert_eq!(owner(&uploads.join(inside)), (33, 33), "{inside}");
        }
        assert_eq!(owner(&outside), (0, 0));
        assert_eq!(
            put_right(&uploads, &WORKER, &never).unwrap(),
            Ownership::AlreadyRight
        );
    }

    #[test]
    fn an_interrupted_walk_is_begun_again_by_the_next_start() {
        if !geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let uploads = home.path().join("uploads");
        fs::create_dir(&uploads).unwrap();
        fs::write(uploads.join("picture.jpg"), b"").unwrap();
        assert_eq!(
            put_right(&uploads, &WORKER, &|| true).unwrap(),
            Ownership::Interrupted
        );
        assert_eq!(owner(&uploads), (0, 0));
        let found = put_right(&uploads, &WORKER, &never).unwrap();
        assert_eq!(found, Ownership::PutRight { changed: 2 });
    }

    #[test]
    fn a_probe_runs_with_the_rights_of_a_worker() {
        if !geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let metadata = fs::metadata(home.path()).unwrap();
        let worker = WORKER.worker();
        let refused = writable(home.path(), &metadata, worker, Ownership::MappedElsewhere);
        assert!(matches!(refused, Err(UploadsError::NotWritable { .. })));
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let allowed = writable(home.path(), &metadata, worker, Ownership::MappedElsewhere);
        assert_eq!(allowed.unwrap(), Ownership::MappedElsewhere);
        assert!(geteuid().is_root());
    }
}
