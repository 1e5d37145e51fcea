//! Who the workers are.

use nix::unistd::{Gid, Uid, User, geteuid};

/// The user on Debian that owns what web servers write.
const WORKER: &str = "www-data";

/// 33:33 on Debian (base-passwd, `/usr/share/base-passwd/passwd.master`).
const WORKER_ID: u32 = 33;

/// Under whose name things run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// We are root: masters stay root, workers and their files belong to this user.
    Root {
        name: &'static str,
        user: Uid,
        group: Gid,
    },
    /// We are somebody else, who can give nothing away: everything runs as ourselves.
    Unprivileged,
}

impl Identity {
    /// As in an image that runs as root.
    #[cfg(test)]
    pub(crate) const WWW_DATA: Self = Self::Root {
        name: WORKER,
        user: Uid::from_raw(WORKER_ID),
        group: Gid::from_raw(WORKER_ID),
    };

    pub(crate) fn of_this_process() -> Self {
        if !geteuid().is_root() {
            return Self::Unprivileged;
        }
        let known = User::from_name(WORKER).ok().flatten();
        let (user, group) = known.map_or_else(
            || (Uid::from_raw(WORKER_ID), Gid::from_raw(WORKER_ID)),
            |user| (user.uid, user.gid),
        );
        Self::Root {
            name: WORKER,
            user,
            group,
        }
    }

    /// The workers' ids, when they differ from ours.
    pub(crate) fn worker(&self) -> Option<(Uid, Gid)> {
        match self {
            Self::Root { user, group, .. } => Some((*user, *group)),
            Self::Unprivileged => None,
        }
    }
}
