//! What a walk does with one directory and with one file.
//!
//! Nothing is changed by name: a file is opened first (`O_PATH` neither reads nor follows), looked at through the
//! descriptor and changed through the same one. Whoever exchanges names meanwhile changes nothing about which file that is.

use std::ffi::{CStr, CString, OsStr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{fchown, fchownat};

use super::counts::Counts;
use super::crew::{Batch, Crew, Names};
use crate::ownership::OwnershipError;
use crate::ownership::stamp::{self, may_stay};
use crate::ownership::top::kind;

/// WordPress nests by year and month; plugins add a few levels.
pub(super) const DEEPEST: usize = 64;

/// Files handed over at once.
const BATCH: usize = 32;

/// Hands out everything in a directory, which itself is right already.
pub(super) fn list(crew: &Arc<Crew>, directory: OwnedFd, depth: usize) {
    // One descriptor to list with, one for those who look at what is found.
    let shared = match directory.try_clone() {
        Ok(copy) => Arc::new(copy),
        Err(_) => return fail(crew, &directory, None, Errno::EMFILE),
    };
    if let Err(errno) = try_list(crew, directory, &shared, depth) {
        fail(crew, &shared, None, errno);
    }
}

fn try_list(
    crew: &Arc<Crew>,
    directory: OwnedFd,
    shared: &Arc<OwnedFd>,
    depth: usize,
) -> Result<(), Errno> {
    let batch = |names| Batch {
        directory: Arc::clone(shared),
        depth,
        names,
    };
    let mut names = Vec::new();
    let mut entries = Dir::from_fd(directory)?;
    for entry in entries.iter() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") || (depth == 0 && name == stamp::NAME) {
            continue;
        }
        if crew.is_stopped() {
            return Ok(());
        }
        if entry.file_type() == Some(Type::Directory) {
            hand_over(crew, batch(Names::Directory(name.to_owned())));
            continue;
        }
        names.push(name.to_owned());
        if names.len() == BATCH {
            hand_over(crew, batch(Names::Any(std::mem::take(&mut names))));
        }
    }
    // Nobody else would be faster with the rest.
    visit_all(crew, &batch(Names::Any(names)));
    Ok(())
}

fn hand_over(crew: &Arc<Crew>, batch: Batch) {
    if let Err(batch) = crew.share(batch) {
        visit_all(crew, &batch);
    }
}

pub(super) fn visit_all(crew: &Arc<Crew>, batch: &Batch) {
    match &batch.names {
        Names::Directory(name) => {
            Counts::one(&crew.counts.looked_at);
            settle(crew, batch, name, descend(crew, batch, name));
        }
        Names::Any(names) => {
            for name in names {
                if crew.is_stopped() {
                    return;
                }
                settle(crew, batch, name, visit(crew, batch, name));
            }
        }
    }
}

fn settle(crew: &Crew, batch: &Batch, name: &CString, result: Result<(), Errno>) {
    match result {
        // Another task shares this volume and may delete while we walk.
        Ok(()) | Err(Errno::ENOENT) => {}
        Err(errno) => fail(crew, &batch.directory, Some(name), errno),
    }
}

fn visit(crew: &Arc<Crew>, batch: &Batch, name: &CString) -> Result<(), Errno> {
    let directory = &batch.directory;
    let stat = fstatat(directory, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
    Counts::one(&crew.counts.looked_at);
    if kind(&stat) == SFlag::S_IFDIR {
        return descend(crew, batch, name);
    }
    if !is_foreign(crew, &stat) {
        return Ok(());
    }
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let file = openat(directory, name.as_c_str(), flags, Mode::empty())?;
    let stat = fstat(&file)?;
    if !is_foreign(crew, &stat) || kind(&stat) == SFlag::S_IFDIR {
        return Ok(());
    }
    if may_stay(&stat) {
        Counts::one(&crew.counts.left_alone);
        return Ok(());
    }
    let owner = crew.owner;
    let flags = AtFlags::AT_EMPTY_PATH;
    count(
        crew,
        fchownat(&file, c"", Some(owner.user), Some(owner.group), flags),
    )
}

fn descend(crew: &Arc<Crew>, batch: &Batch, name: &CString) -> Result<(), Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let child = match openat(&batch.directory, name.as_c_str(), flags, Mode::empty()) {
        // Exchanged since it was looked at.
        Err(Errno::ENOTDIR | Errno::ELOOP) => return Ok(()),
        opened => opened?,
    };
    let stat = fstat(&child)?;
    if stat.st_dev != crew.device {
        Counts::one(&crew.counts.left_alone);
        return Ok(());
    }
    if is_foreign(crew, &stat) {
        let owner = crew.owner;
        count(crew, fchown(&child, Some(owner.user), Some(owner.group)))?;
    }
    let depth = batch.depth + 1;
    if depth > DEEPEST {
        crew.counts.failure(OwnershipError::TooDeep {
            path: path_of(&child, None),
            limit: DEEPEST,
        });
        return Ok(());
    }
    list(crew, child, depth);
    Ok(())
}

fn count(crew: &Crew, changed: Result<(), Errno>) -> Result<(), Errno> {
    match changed {
        Ok(()) => Counts::one(&crew.counts.changed),
        Err(Errno::EPERM) => Counts::one(&crew.counts.refused),
        Err(errno) => return Err(errno),
    }
    Ok(())
}

fn is_foreign(crew: &Crew, stat: &FileStat) -> bool {
    stat.st_uid != crew.owner.user.as_raw()
}

fn fail(crew: &Crew, directory: &OwnedFd, name: Option<&CString>, errno: Errno) {
    crew.counts.failure(OwnershipError::Chown {
        path: path_of(directory, name.map(CString::as_c_str)),
        source: errno.into(),
    });
}

/// As the kernel knows it: kept nowhere, because it is hardly ever asked for.
fn path_of(directory: &OwnedFd, name: Option<&CStr>) -> PathBuf {
    let link = format!("/proc/self/fd/{}", directory.as_fd().as_raw_fd());
    let mut path =
        nix::fcntl::readlink(link.as_str()).map_or_else(|_| PathBuf::new(), PathBuf::from);
    if let Some(name) = name {
        path.push(OsStr::from_bytes(name.to_bytes()));
    }
    path
}
