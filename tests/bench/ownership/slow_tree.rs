//! A file system in which every call takes its time, as on a network volume: folders of files, made up as they are asked
//! for, of which only the owners are kept.
//!
//! Answers may be kept by the kernel for three seconds, the least that an NFS client keeps them (nfs(5), `acregmin`).
//! Enough threads serve that calls made at once are answered at once.

use std::{
    ffi::OsStr,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem,
    FopenFlags, Generation, INodeNo, InitFlags, KernelConfig, LockOwner, MountOption, OpenFlags,
    ReplyAttr, ReplyCreate, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyWrite, Request,
    SessionACL, TimeOrNow, WriteFlags,
};

/// More than any client in this benchmark has calls under way.
const THREADS: usize = 96;
const KEPT: Duration = Duration::from_secs(3);
const ROOT: u64 = 1;
const HANDLE: FileHandle = FileHandle(0);

/// How large the tree is, and how slow.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) folders: u64,
    pub(super) files_each: u64,
    pub(super) latency: Duration,
}

impl Shape {
    /// Everything but the top.
    pub(super) fn entries(self) -> u64 {
        self.folders * (self.files_each + 1)
    }

    fn first_file(self) -> u64 {
        ROOT + 1 + self.folders
    }

    /// The one file that can be made, in the top.
    fn extra(self) -> u64 {
        self.first_file() + self.folders * self.files_each
    }
}

/// The mounted tree, until it is dropped.
pub(super) struct SlowTree {
    _session: BackgroundSession,
}

impl SlowTree {
    /// Everything belongs to root.
    pub(super) fn mount(at: &Path, shape: Shape) -> Result<Self> {
        let tree = Tree {
            shape,
            owners: (0..=shape.extra()).map(|_| AtomicU32::new(0)).collect(),
            top_changes: AtomicU64::new(1),
            extra: Mutex::new(None),
        };
        let mut config = Config::default();
        config.mount_options = vec![
            MountOption::FSName("wpimg-bench".to_owned()),
            MountOption::DefaultPermissions,
        ];
        config.acl = SessionACL::All;
        config.n_threads = Some(THREADS);
        config.clone_fd = true;
        let session = fuser::spawn_mount(tree, at, &config)
            .context("cannot mount a FUSE file system; this part needs root and /dev/fuse")?;
        Ok(Self { _session: session })
    }
}

struct Tree {
    shape: Shape,
    /// By inode.
    owners: Vec<AtomicU32>,
    /// Stands for the clock: the top's time of change moves with it.
    top_changes: AtomicU64,
    extra: Mutex<Option<Extra>>,
}

/// The file that was made in the top.
#[derive(Clone)]
struct Extra {
    name: Box<OsStr>,
    size: u64,
    modified: SystemTime,
}

impl Tree {
    fn take_time(&self) {
        thread::sleep(self.shape.latency);
    }

    fn top_has_changed(&self) {
        self.top_changes.fetch_add(1, Ordering::Relaxed);
    }

    fn extra(&self) -> MutexGuard<'_, Option<Extra>> {
        self.extra.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, parent: u64, name: &OsStr) -> Option<u64> {
        let Shape {
            folders,
            files_each,
            ..
        } = self.shape;
        if parent == ROOT
            && self
                .extra()
                .as_ref()
                .is_some_and(|extra| *extra.name == *name)
        {
            return Some(self.shape.extra());
        }
        let number: u64 = name.to_str()?.strip_prefix('n')?.parse().ok()?;
        if parent == ROOT {
            (number < folders).then_some(ROOT + 1 + number)
        } else {
            let folder = parent.checked_sub(ROOT + 1)?;
            (number < files_each).then_some(self.shape.first_file() + folder * files_each + number)
        }
    }

    fn attributes(&self, inode: u64) -> Option<FileAttr> {
        let index = usize::try_from(inode).ok()?;
        let owner = self.owners.get(index)?.load(Ordering::Relaxed);
        let directory = inode < self.shape.first_file();
        let (kind, perm, nlink) = if directory {
            (FileType::Directory, 0o755, 2)
        } else {
            (FileType::RegularFile, 0o644, 1)
        };
        let mut attributes = FileAttr {
            ino: INodeNo(inode),
            size: 0,
            blocks: 0,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm,
            nlink,
            uid: owner,
            gid: owner,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        };
        if inode == ROOT {
            let changes = self.top_changes.load(Ordering::Relaxed);
            attributes.ctime = UNIX_EPOCH + Duration::from_secs(changes);
        } else if inode == self.shape.extra() {
            let extra = self.extra().clone()?;
            attributes.size = extra.size;
            attributes.mtime = extra.modified;
        }
        Some(attributes)
    }

    /// The entry at this place in a directory.
    fn entry(&self, directory: u64, place: u64) -> Option<(u64, FileType, String)> {
        let Shape {
            folders,
            files_each,
            ..
        } = self.shape;
        if directory != ROOT {
            let first = self.shape.first_file() + (directory - ROOT - 1) * files_each;
            let file = || (first + place, FileType::RegularFile, format!("n{place}"));
            return (place < files_each).then(file);
        }
        if place < folders {
            return Some((ROOT + 1 + place, FileType::Directory, format!("n{place}")));
        }
        let extra = self.extra().clone().filter(|_| place == folders)?;
        let name = extra.name.to_string_lossy().into_owned();
        Some((self.shape.extra(), FileType::RegularFile, name))
    }
}

impl Filesystem for Tree {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> std::io::Result<()> {
        // An older kernel takes one call per directory at a time, which only makes the tree slower.
        let _ = config.add_capabilities(InitFlags::FUSE_PARALLEL_DIROPS);
        Ok(())
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        self.take_time();
        let found = self.find(parent.0, name);
        match found.and_then(|inode| self.attributes(inode)) {
            Some(attributes) => reply.entry(&KEPT, &attributes, Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, inode: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        self.take_time();
        match self.attributes(inode.0) {
            Some(attributes) => reply.attr(&KEPT, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        inode: INodeNo,
        _mode: Option<u32>,
        uid: Option<u32>,
        _gid: Option<u32>,
        _size: Option<u64>,
        _atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        self.take_time();
        let index = usize::try_from(inode.0).unwrap_or(usize::MAX);
        if let (Some(uid), Some(owner)) = (uid, self.owners.get(index)) {
            owner.store(uid, Ordering::Relaxed);
            if inode.0 == ROOT {
                self.top_has_changed();
            }
        }
        if let (Some(TimeOrNow::SpecificTime(time)), Some(extra)) = (mtime, self.extra().as_mut()) {
            extra.modified = time;
        }
        match self.attributes(inode.0) {
            Some(attributes) => reply.attr(&KEPT, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn readdir(
        &self,
        _: &Request,
        directory: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        self.take_time();
        let mut place = offset;
        while let Some((inode, kind, name)) = self.entry(directory.0, place) {
            place += 1;
            if reply.add(INodeNo(inode), place, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        self.take_time();
        if parent.0 != ROOT {
            return reply.error(Errno::EPERM);
        }
        *self.extra() = Some(Extra {
            name: name.into(),
            size: 0,
            modified: UNIX_EPOCH,
        });
        self.top_has_changed();
        match self.attributes(self.shape.extra()) {
            Some(attributes) => {
                reply.created(
                    &KEPT,
                    &attributes,
                    Generation(0),
                    HANDLE,
                    FopenFlags::empty(),
                );
            }
            None => reply.error(Errno::EIO),
        }
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        self.take_time();
        if let Some(extra) = self.extra().as_mut() {
            extra.size = extra.size.max(offset + data.len() as u64);
        }
        reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, _: &OsStr, reply: ReplyEmpty) {
        self.take_time();
        if parent.0 == ROOT && self.extra().take().is_some() {
            self.top_has_changed();
            reply.ok();
        } else {
            reply.error(Errno::ENOENT);
        }
    }
}
