//! Where uploads can lie while they come in.
//!
//! nginx keeps the body of a request until it is whole, and PHP makes a file of it again: an upload needs room twice. The
//! runtime directory may have little: `/dev/shm` has 64 MiB in a container unless somebody says otherwise. Then `/tmp` or
//! `/var/tmp` is taken, if it can be written and is larger.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use super::runtime_directory::prepare;
use crate::settings::Mebibytes;

const CANDIDATES: [&str; 2] = ["/tmp/wpimg", "/var/tmp/wpimg"];

/// A directory for large temporary files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spool {
    pub(crate) directory: PathBuf,
    /// In bytes, when even there is less than wanted.
    pub(crate) short: Option<u64>,
}

/// The runtime directory unless another one has the room that it has not.
pub(crate) fn choose_spool(run: &Path, upload: Mebibytes) -> Spool {
    let others = CANDIDATES.iter().map(|path| PathBuf::from(*path));
    let prepared = others.filter(|path| path != run).filter(|path| {
        // Only made when it helps, and only where it is ours alone.
        room(path.parent().unwrap_or(path)).is_some_and(|room| room > needed(upload))
            && prepare(path).is_ok()
    });
    choose(run, prepared, upload, room)
}

fn choose(
    run: &Path,
    mut others: impl Iterator<Item = PathBuf>,
    upload: Mebibytes,
    room: impl Fn(&Path) -> Option<u64>,
) -> Spool {
    let here = room(run).unwrap_or(u64::MAX);
    if here >= needed(upload) {
        return Spool {
            directory: run.to_owned(),
            short: None,
        };
    }
    let roomy = others.find(|path| room(path).is_some_and(|room| room >= needed(upload)));
    match roomy {
        Some(directory) => Spool {
            directory,
            short: None,
        },
        None => Spool {
            directory: run.to_owned(),
            short: Some(here),
        },
    }
}

fn needed(upload: Mebibytes) -> u64 {
    2 * upload.bytes()
}

fn room(path: &Path) -> Option<u64> {
    let found = statvfs(path).ok()?;
    Some(
        found
            .blocks_available()
            .saturating_mul(found.fragment_size()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(rooms: &[(&str, u64)]) -> Spool {
        let rooms: Vec<(PathBuf, u64)> = rooms
            .iter()
            .map(|(path, mebibytes)| (PathBuf::from(path), mebibytes << 20))
            .collect();
        let room = |path: &Path| {
            let found = rooms.iter().find(|(known, _)| known == path)?;
            Some(found.1)
        };
        let others = rooms[1..].iter().map(|(path, _)| path.clone());
        choose(&rooms[0].0, others, Mebibytes::new(64), room)
    }

    #[test]
    fn uploads_lie_where_two_of_them_fit() {
        for (rooms, directory, short) in [
            (&[("/run/wpimg", 128)][..], "/run/wpimg", None),
            (
                &[("/run/wpimg", 64), ("/tmp/wpimg", 900)],
                "/tmp/wpimg",
                None,
            ),
            (
                &[("/run/wpimg", 64), ("/tmp/wpimg", 100)],
                "/run/wpimg",
                Some(64 << 20),
            ),
            (&[("/run/wpimg", 64)], "/run/wpimg", Some(64 << 20)),
        ] {
            let expected = Spool {
                directory: directory.into(),
                short,
            };
            assert_eq!(chosen(rooms), expected);
        }
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        let spool = choose(
            Path::new("/run/wpimg"),
            std::iter::empty(),
            Mebibytes::new(64),
            |_| None,
        );
        assert_eq!(spool.short, None);
    }
}
