//! The threads of a walk and the work they share.
//!
//! One thread begins; another joins whenever there is work that nobody waits for, so a small tree is walked by
//! one. The list of work is bounded: when it is full, who finds more does it at once.

use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::errno::Errno;
use nix::libc::dev_t;

use super::Owner;
use super::counts::Counts;
use super::entry;

/// EFS answers in about a millisecond and takes tens of thousands of calls a second, far more than this many threads
/// make. Each waits most of the time and holds a few kilobytes.
pub(super) const THREADS_FOR_A_SERVER: usize = 64;

/// A disk of this machine is kept busy by few. With many, everybody else who writes to it waits: php-fpm could not even
/// start while a million files on its own disk were put right.
pub(super) const THREADS_FOR_A_DISK: usize = 4;

/// Each piece of work may hold a descriptor, and a process may have only 1024 of them.
const LONGEST_LIST: usize = 256;

/// Enough for the deepest recursion, with room.
const STACK: usize = 512 * 1024;

/// A part of the tree.
#[derive(Debug)]
pub(super) enum Work {
    Top(OwnedFd),
    Entries(Batch),
}

/// Some entries of one directory.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) directory: Arc<OwnedFd>,
    pub(super) depth: usize,
    pub(super) names: Names,
}

#[derive(Debug)]
pub(super) enum Names {
    /// Alone, because it may be a tree. It was one when it was listed.
    Directory(CString),
    /// Of whatever kind.
    Any(Vec<CString>),
}

#[derive(Debug)]
struct State {
    /// Taken from the end: depth first, so that few directories are open at once.
    work: Vec<Work>,
    threads: usize,
    waiting: usize,
    /// Dropped when everything is done.
    open: Option<OwnedFd>,
}

#[derive(Debug)]
pub(super) struct Crew {
    pub(super) owner: Owner,
    /// Of the top; a directory on another one is a file system of its own.
    pub(super) device: dev_t,
    pub(super) counts: Counts,
    most_threads: usize,
    state: Mutex<State>,
    changed: Condvar,
    stopped: AtomicBool,
}

impl Crew {
    pub(super) fn new(owner: Owner, device: dev_t, most_threads: usize, open: OwnedFd) -> Self {
        let state = State {
            work: Vec::new(),
            threads: 0,
            waiting: 0,
            open: Some(open),
        };
        Self {
            owner,
            device,
            counts: Counts::default(),
            most_threads,
            state: Mutex::new(state),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
        }
    }

    pub(super) fn begin(self: &Arc<Self>, work: Work) -> Result<(), Errno> {
        let mut state = self.lock();
        state.work.push(work);
        self.join(&mut state)
    }

    /// Puts work on the list for whoever has time, or gives it back when the list is full.
    pub(super) fn share(self: &Arc<Self>, batch: Batch) -> Result<(), Batch> {
        let mut state = self.lock();
        if state.work.len() >= LONGEST_LIST {
            return Err(batch);
        }
        state.work.push(Work::Entries(batch));
        // Who has been woken still counts as waiting until it runs.
        if state.work.len() > state.waiting && state.threads < self.most_threads {
            // With fewer threads it takes longer, that is all.
            let _ = self.join(&mut state);
        }
        self.changed.notify_one();
        Ok(())
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn join(self: &Arc<Self>, state: &mut State) -> Result<(), Errno> {
        let crew = Arc::clone(self);
        let thread = thread::Builder::new().stack_size(STACK);
        match thread.spawn(move || crew.work()) {
            Ok(_) => {
                state.threads += 1;
                Ok(())
            }
            Err(error) => Err(Errno::from_raw(
                error.raw_os_error().unwrap_or(nix::libc::EAGAIN),
            )),
        }
    }

    fn work(self: &Arc<Self>) {
        while let Some(work) = self.next() {
            match work {
                Work::Top(directory) => entry::list(self, directory, 0),
                Work::Entries(batch) => entry::visit_all(self, &batch),
            }
        }
    }

    /// `None` when nothing is left and nobody can find more.
    fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.work.pop() {
                return Some(work);
            }
            state.waiting += 1;
            if state.waiting == state.threads {
                state.open = None;
                self.changed.notify_all();
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.open.as_ref()?;
            state.waiting -= 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
