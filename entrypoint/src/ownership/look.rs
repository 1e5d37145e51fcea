//! The look at the top of a tree, which nearly always is all there is to do.

use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::sys::stat::{FileStat, Mode};
use nix::unistd::{AccessFlags, Gid, Uid, faccessat, fchownat};

use super::OwnershipError;
use super::probe::writable;
use super::stamp::{self, Stamp};
use super::top::{Links, Top};
use crate::setup::Identity;

/// What was found.
#[derive(Debug)]
pub(crate) enum Sight {
    Settled(Settled),
    Walk(Top, Need),
}

/// Nothing below has to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Right,
    /// The owner cannot be changed, but the workers can write: an EFS access point, most likely.
    Mapped,
    /// The whole file system is read-only. Deliberate, and the site can be served.
    ReadOnly,
}

/// Why what is below has to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The top belonged to somebody else: most likely everything does.
    WasForeign,
    /// The top is right, and nobody has said so of the rest.
    Unstamped,
    /// The top is right and stamped, but has changed since.
    Touched,
}

/// Looks at the top and puts it right itself, so that the workers can write there from now on. What is below is
/// the caller's to walk. No thread may run beside it.
pub(crate) fn look(path: &Path, identity: &Identity) -> Result<Sight, OwnershipError> {
    let links = match identity {
        Identity::Root { .. } => Links::OfRoot,
        Identity::Unprivileged => Links::OfAnybody,
    };
    let Some(top) = Top::open(path, links)? else {
        return Ok(Sight::Settled(Settled::ReadOnly));
    };
    let unreachable = |errno: Errno| OwnershipError::Unreachable {
        path: path.to_owned(),
        source: errno.into(),
    };
    let stat = top.stat().map_err(unreachable)?;
    let Some((user, group)) = identity.worker() else {
        return writable(path, &stat, None, Settled::Right).map(Sight::Settled);
    };
    if faccessat(&top, ".", AccessFlags::W_OK, AtFlags::empty()) == Err(Errno::EROFS) {
        return Ok(Sight::Settled(Settled::ReadOnly));
    }
    // The user decides: in the image the directory has root's group, so that a container that runs as any user with
    // that group can write too.
    if stat.st_uid != user.as_raw() {
        return give(top, &stat, (user, group));
    }
    let sight = match stamp::read(&top, &stat) {
        Stamp::Valid => Sight::Settled(Settled::Right),
        Stamp::Touched => Sight::Walk(top, Need::Touched),
        Stamp::Missing => Sight::Walk(top, Need::Unstamped),
    };
    if !owner_may_write(&stat) {
        writable(path, &stat, Some((user, group)), Settled::Right)?;
    }
    Ok(sight)
}

fn give(top: Top, stat: &FileStat, (user, group): (Uid, Gid)) -> Result<Sight, OwnershipError> {
    match fchownat(&top, "", Some(user), Some(group), AtFlags::AT_EMPTY_PATH) {
        Ok(()) => Ok(Sight::Walk(top, Need::WasForeign)),
        // An access point, or a server that takes root for nobody.
        Err(Errno::EPERM | Errno::EACCES | Errno::EROFS) => {
            writable(&top.path, stat, Some((user, group)), Settled::Mapped).map(Sight::Settled)
        }
        Err(errno) => Err(OwnershipError::Chown {
            path: top.path,
            source: errno.into(),
        }),
    }
}

/// Whether a touched tree is right as far as its top shows; then its stamp counts again.
pub(crate) fn settle_touched(top: &Top, owner: Uid) -> bool {
    stamp::renew(top, owner) == Ok(true)
}

fn owner_may_write(stat: &FileStat) -> bool {
    Mode::from_bits_truncate(stat.st_mode).contains(Mode::S_IWUSR | Mode::S_IXUSR)
}
