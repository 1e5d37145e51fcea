//! Whether the workers can write, tried out where the owner does not tell.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;

use nix::errno::Errno;
use nix::libc;
use nix::sys::stat::FileStat;
use nix::unistd::{Gid, Uid, geteuid, setfsgid, setfsuid, unlink};

use super::OwnershipError;
use super::look::Settled;
use crate::process::set_groups_of_this_thread;

const NAME: &str = ".wpimg-write-probe";

/// `then` when the workers can write.
pub(super) fn writable(
    path: &Path,
    stat: &FileStat,
    worker: Option<(Uid, Gid)>,
    then: Settled,
) -> Result<Settled, OwnershipError> {
    let probed = match worker {
        Some((user, group)) => as_worker(user, group, || probe(path)),
        None => probe(path),
    };
    match probed {
        Ok(()) => Ok(then),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(Settled::ReadOnly),
        Err(source) => Err(OwnershipError::NotWritable {
            path: path.to_owned(),
            owner: stat.st_uid,
            group: stat.st_gid,
            worker: worker.map_or_else(geteuid, |(user, _)| user),
            source,
        }),
    }
}

/// By path, as PHP will come. Tasks that share the volume may probe at the same time, so a file of another one, or its
/// absence, is no failure.
fn probe(directory: &Path) -> io::Result<()> {
    let file = directory.join(NAME);
    remove(&file)?;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(&file)?;
    remove(&file)
}

fn remove(file: &Path) -> io::Result<()> {
    match unlink(file) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Runs `probe` with the rights of a worker: root's own would prove nothing.
///
/// In a thread that ends with it. The ids for files are the thread's own (credentials(7)), so nobody else is the
/// worker meanwhile, and nothing has to be undone.
fn as_worker(
    user: Uid,
    group: Gid,
    probe: impl FnOnce() -> io::Result<()> + Send,
) -> io::Result<()> {
    let in_thread = || {
        set_groups_of_this_thread(&[group])?;
        setfsgid(group);
        setfsuid(user);
        // Neither says whether it was allowed; each returns what counted before it.
        if setfsgid(group) != group || setfsuid(user) != user {
            return Err(Errno::EPERM.into());
        }
        probe()
    };
    let joined = thread::scope(|scope| scope.spawn(in_thread).join());
    joined.unwrap_or_else(|_| Err(io::Error::other("the probe ended by a panic")))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use nix::sys::stat::stat;

    use super::super::tests::needs_root;
    use super::*;
    use crate::setup::Identity;

    #[test]
    fn a_probe_runs_with_the_rights_of_a_worker() {
        needs_root();
        let home = tempfile::tempdir().unwrap();
        let writable = |mode| {
            fs::set_permissions(home.path(), fs::Permissions::from_mode(mode)).unwrap();
            let worker = Identity::WWW_DATA.worker();
            let stat = stat(home.path()).unwrap();
            super::writable(home.path(), &stat, worker, Settled::Mapped)
        };
        let refused = writable(0o755).unwrap_err();
        assert!(refused.to_string().contains("belongs to 0:0"), "{refused}");
        assert!(refused.hint().contains("user 33"));
        assert_eq!(writable(0o777).unwrap(), Settled::Mapped);
        let left = fs::read_dir(home.path()).unwrap().count();
        assert_eq!(left, 0, "the probe is gone");
    }

    #[test]
    fn what_a_killed_probe_left_is_no_obstacle() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(NAME), b"").unwrap();
        probe(home.path()).unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
