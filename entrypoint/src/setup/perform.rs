//! Carries out a plan, one dumb step at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, fchown};
use thiserror::Error;

use super::Identity;
use super::plan::{Owner, Plan, Step};

const ALL_MODE_BITS: u32 = 0o7777;

#[derive(Debug, Error)]
pub(crate) enum PerformError {
    #[error("cannot make the directory `{path}`")]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot write `{path}`")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot remove `{path}`, which an earlier run left")]
    Remove {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl PerformError {
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Directory { source, .. } | Self::File { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull => {
                    Some("make the volume of the runtime directory larger".to_owned())
                }
                // EACCES has the same kind but another reason.
                io::ErrorKind::PermissionDenied if is_not_permitted(source) => Some(
                    "root without the capabilities CHOWN, DAC_OVERRIDE, SETUID, SETGID and KILL \
                     cannot share files with the workers: add them, or run the container as `--user 33:33`"
                        .to_owned(),
                ),
                io::ErrorKind::PermissionDenied => {
                    Some("the runtime directory was made by another user: empty it".to_owned())
                }
                _ => None,
            },
            Self::Remove { .. } => Some("empty the runtime directory".to_owned()),
        }
    }
}

fn is_not_permitted(error: &io::Error) -> bool {
    error.raw_os_error() == Some(nix::libc::EPERM)
}

pub(crate) fn perform(plan: &Plan, identity: &Identity) -> Result<(), PerformError> {
    for step in &plan.steps {
        match step {
            Step::Directory { path, mode, owner } => {
                directory(path, *mode, ids(*owner, identity)).map_err(|source| {
                    PerformError::Directory {
                        path: path.clone(),
                        source,
                    }
                })?;
            }
            Step::File {
                path,
                content,
                mode,
                owner,
            } => {
                file(path, content.expose(), *mode, ids(*owner, identity)).map_err(|source| {
                    PerformError::File {
                        path: path.clone(),
                        source,
                    }
                })?;
            }
            Step::Link { path, target } => {
                link(path, target).map_err(|source| PerformError::File {
                    path: path.clone(),
                    source,
                })?;
            }
            Step::Remove { path } => remove(path)?,
        }
    }
    Ok(())
}

/// The ids to give a file to, or `None` when it is to stay ours.
fn ids(owner: Owner, identity: &Identity) -> Option<(Uid, Gid)> {
    let (user, group) = identity.worker()?;
    match owner {
        Owner::Ourselves => None,
        Owner::ReadableByWorkers => Some((Uid::from_raw(0), group)),
        Owner::Workers => Some((user, group)),
    }
}

fn directory(path: &Path, mode: u32, ids: Option<(Uid, Gid)>) -> io::Result<()> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    // Through a descriptor, so that a link in place of the directory cannot redirect us.
    let flags = nix::libc::O_DIRECTORY | nix::libc::O_NOFOLLOW;
    let handle = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    own(&handle, mode, ids)
}

fn file(path: &Path, content: &[u8], mode: u32, ids: Option<(Uid, Gid)>) -> io::Result<()> {
    let temporary = beside(path);
    remove_file(&temporary)?;
    // Ours alone until it has its content: nobody else ever sees half of it.
    let mut handle = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    handle.write_all(content)?;
    own(&handle, mode, ids)?;
    fs::rename(&temporary, path)
}

/// Changes only what differs, and the mode while the file is still ours: so root needs no `CAP_FOWNER`.
fn own(handle: &File, mode: u32, ids: Option<(Uid, Gid)>) -> io::Result<()> {
    let metadata = handle.metadata()?;
    if metadata.mode() & ALL_MODE_BITS != mode {
        handle.set_permissions(Permissions::from_mode(mode))?;
    }
    match ids {
        Some((user, group))
            if (metadata.uid(), metadata.gid()) != (user.as_raw(), group.as_raw()) =>
        {
            fchown(handle, Some(user), Some(group))?;
        }
        Some(_) | None => {}
    }
    Ok(())
}

fn link(path: &Path, target: &Path) -> io::Result<()> {
    let temporary = beside(path);
    remove_file(&temporary)?;
    symlink(target, &temporary)?;
    fs::rename(&temporary, path)
}

fn remove(path: &Path) -> Result<(), PerformError> {
    remove_file(path).map_err(|source| PerformError::Remove {
        path: path.to_owned(),
        source,
    })
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Where something is made that is then renamed to `path`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Secret;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn steps_can_be_performed_again_over_their_own_result() {
        let home = tempfile::tempdir().unwrap();
        let secrets = home.path().join("secrets");
        let steps = vec![
            Step::Directory {
                path: secrets.clone(),
                mode: 0o750,
                owner: Owner::ReadableByWorkers,
            },
            Step::File {
                path: secrets.join("NEW"),
                content: Secret::new(b"value".to_vec()),
                mode: 0o440,
                owner: Owner::ReadableByWorkers,
            },
            Step::Link {
                path: home.path().join("link"),
                target: "secrets".into(),
            },
            Step::Remove {
                path: home.path().join("draining"),
            },
        ];
        let plan = Plan { steps };
        perform(&plan, &Identity::Unprivileged).unwrap();
        fs::write(home.path().join("draining"), b"").unwrap();
        perform(&plan, &Identity::Unprivileged).unwrap();

        assert_eq!(fs::read(secrets.join("NEW")).unwrap(), b"value");
        assert_eq!((mode(&secrets), mode(&secrets.join("NEW"))), (0o750, 0o440));
        let entries = |directory: &Path| fs::read_dir(directory).unwrap().count();
        assert_eq!(
            (entries(&secrets), entries(home.path())),
            (1, 2),
            "nothing temporary is left"
        );
        assert!(home.path().join("link/NEW").exists());
        assert!(!home.path().join("draining").exists());
    }

    #[test]
    fn a_link_in_place_of_a_directory_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("secrets");
        std::os::unix::fs::symlink("/", &link).unwrap();
        let step = Step::Directory {
            path: link,
            mode: 0o750,
            owner: Owner::Ourselves,
        };
        let error = perform(&Plan { steps: vec![step] }, &Identity::Unprivileged).unwrap_err();
        assert!(matches!(error, PerformError::Directory { .. }));
    }
}
