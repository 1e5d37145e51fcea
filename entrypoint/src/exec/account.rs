//! The user a command runs as.

use std::ffi::CString;

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, User, geteuid, initgroups, setgid, setgroups, setuid};

use crate::setup::Identity;

/// Ids, and the name by which further groups are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    user: Uid,
    group: Gid,
    name: Option<CString>,
}

impl Account {
    /// By name, or by number with or without `:GROUP`; `None` when there is no such user.
    pub(super) fn named(text: &str) -> Option<Self> {
        if let Some(user) = User::from_name(text).ok().flatten() {
            return Some(Self::of(&user));
        }
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group.parse().ok()?)),
            None => (text, None),
        };
        let user = Uid::from_raw(user.parse().ok()?);
        let known = User::from_uid(user).ok().flatten();
        Some(match (known, group) {
            (Some(known), None) => Self::of(&known),
            // A number that nobody has comes without a group: container engines take root's, and so do we.
            (_, group) => Self {
                user,
                group: Gid::from_raw(group.unwrap_or(0)),
                name: None,
            },
        })
    }

    fn of(user: &User) -> Self {
        Self {
            user: user.uid,
            group: user.gid,
            name: CString::new(user.name.as_str()).ok(),
        }
    }

    /// The workers, when we are root; ourselves otherwise, which is `None`.
    pub(super) fn of_workers() -> Option<Self> {
        let (user, group) = Identity::of_this_process().worker()?;
        let known = User::from_uid(user).ok().flatten();
        Some(known.as_ref().map_or(
            Self {
                user,
                group,
                name: None,
            },
            Self::of,
        ))
    }

    pub(super) fn is_ours(&self) -> bool {
        self.user == geteuid()
    }

    /// Becomes this user for good.
    pub(super) fn assume(&self) -> Result<(), Errno> {
        if self.is_ours() {
            return Ok(());
        }
        // Groups first: afterwards we may no longer.
        match &self.name {
            Some(name) => initgroups(name, self.group)?,
            None => setgroups(&[self.group])?,
        }
        setgid(self.group)?;
        setuid(self.user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_and_by_number() {
        let root = Account::named("root").unwrap();
        assert_eq!(root.user, Uid::from_raw(0));
        assert_eq!(Account::named("0"), Some(root));
        let numbers = Account::named("12345:678").unwrap();
        assert_eq!(
            (numbers.user.as_raw(), numbers.group.as_raw()),
            (12345, 678)
        );
    }

    #[test]
    fn what_names_nobody_is_refused() {
        for text in ["", "no-such-user", "-1", "root:root", "33:", "4294967296"] {
            assert_eq!(Account::named(text), None, "{text}");
        }
    }
}
