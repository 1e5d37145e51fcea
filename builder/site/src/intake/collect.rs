//! Gathers what a reader finds, and turns it into entries once all of it is known.
//!
//! While reading: counts, limits, duplicates, and what is left out, so that a file that no image
//! gets is never kept. At the end: the single top directory, missing parents, entries below files,
//! and where symbolic links lead, which no order of entries may influence.

use std::{
    collections::{HashMap, hash_map},
    io::Read,
};

use wpimg_oci::rootfs::{Content, TreePath};

use super::{ContentSink, Limits, Options, Problem, SinkError, Top, name, sniff, symlink};
use crate::{
    entry::SiteEntry,
    excerpt::excerpt,
    exclude::{Exclude, LeftOut, Reason, Shape},
};

/// As many files with odd modes as anybody wants to read about.
const MOST_SPECIAL_MODES: usize = 100;

/// What a reader found at a path.
enum Found {
    Directory,
    File { content: Content, mode: u32 },
    Symlink(String),
    LeftOut,
}

/// What is known once everything has been read.
pub(super) struct Collected {
    pub(super) entries: Vec<SiteEntry>,
    pub(super) left_out: LeftOut,
    pub(super) top: Option<String>,
    pub(super) special_modes: Vec<TreePath>,
}

pub(super) struct Collector<'a> {
    pub(super) limits: Limits,
    exclude: &'a Exclude,
    sink: &'a mut dyn ContentSink,
    top: Top,
    found: HashMap<TreePath, Found>,
    left_out: HashMap<TreePath, Reason>,
    special_modes: Vec<TreePath>,
    count: usize,
}

impl<'a> Collector<'a> {
    pub(super) fn new(options: &'a Options, sink: &'a mut dyn ContentSink, top: Top) -> Self {
        Self {
            limits: options.limits,
            exclude: &options.exclude,
            sink,
            top,
            found: HashMap::new(),
            left_out: HashMap::new(),
            special_modes: Vec::new(),
            count: 0,
        }
    }

    /// Counts one entry of the archive, whatever becomes of it.
    pub(super) fn count(&mut self) -> Result<(), Problem> {
        self.count += 1;
        if self.count > self.limits.entries {
            return Err(Problem::TooManyEntries {
                limit: self.limits.entries,
            });
        }
        Ok(())
    }

    /// Returns the path that an entry's name spells; `None` for the root itself.
    pub(super) fn path(&self, raw: &[u8]) -> Result<Option<TreePath>, Problem> {
        name::normalise(raw, &self.limits)
    }

    /// Says whether what lies at `path` is left out, and remembers it if so.
    ///
    /// As long as the top directory may yet be stripped, both readings of the path must agree.
    pub(super) fn leave_out(&mut self, path: &TreePath, shape: Shape) -> bool {
        let Some(hit) = self.exclude.check(path, shape) else {
            return false;
        };
        if self.top == Top::Strip
            && let Some(stripped) = without_top(path)
            && self.exclude.check(&stripped, shape).is_none()
        {
            return false;
        }
        self.left_out.insert(hit.path, hit.reason);
        true
    }

    /// Says whether nothing below the directory can be kept, so that it need not be read.
    pub(super) fn leave_out_tree(&mut self, path: &TreePath) -> bool {
        !self.exclude.may_keep_below(path) && self.leave_out(path, Shape::Directory)
    }

    pub(super) fn directory(&mut self, path: &TreePath) -> Result<(), Problem> {
        if self.leave_out(path, Shape::Directory) {
            return Ok(());
        }
        match self.found.insert(path.clone(), Found::Directory) {
            // Archives that were appended to name a directory again, which takes nothing away.
            None | Some(Found::Directory) => Ok(()),
            Some(_) => Err(duplicate(path)),
        }
    }

    pub(super) fn symlink(&mut self, path: TreePath, target: &[u8]) -> Result<(), Problem> {
        if self.leave_out(&path, Shape::File) {
            return Ok(());
        }
        let target = symlink::target(&path, target)?;
        self.insert(path, Found::Symlink(target))
    }

    /// Takes a file that is not left out by its name; its content may still speak against it.
    pub(super) fn file(
        &mut self,
        path: TreePath,
        mode: u32,
        content: &mut dyn Read,
    ) -> Result<(), Problem> {
        let failed = |source| Problem::Sink {
            entry: path.to_string(),
            source,
        };
        let start = sniff::read_ahead(content).map_err(|source| failed(SinkError::Read(source)))?;
        self.judged_file(path, mode, &start, content)
    }

    /// The same for a file whose beginning has been read already.
    pub(super) fn judged_file(
        &mut self,
        path: TreePath,
        mode: u32,
        start: &[u8],
        rest: &mut dyn Read,
    ) -> Result<(), Problem> {
        if let Some(reason) = self.exclude.check_content(&path, start) {
            self.left_out.insert(path.clone(), reason);
            return self.insert(path, Found::LeftOut);
        }
        let content = self
            .sink
            .store(&mut sniff::rejoin(start, rest))
            .map_err(|source| Problem::Sink {
                entry: path.to_string(),
                source,
            })?;
        if mode & 0o7000 != 0 && self.special_modes.len() < MOST_SPECIAL_MODES {
            self.special_modes.push(path.clone());
        }
        self.insert(path, Found::File { content, mode })
    }

    /// Another name for a file that came before.
    pub(super) fn hard_link(&mut self, path: TreePath, target: &TreePath) -> Result<(), Problem> {
        if self.leave_out(&path, Shape::File) {
            return Ok(());
        }
        let found = match self.found.get(target) {
            Some(Found::File { content, mode }) => Found::File {
                content: content.clone(),
                mode: *mode,
            },
            Some(Found::LeftOut) => Found::LeftOut,
            None if self.exclude.check(target, Shape::File).is_some() => Found::LeftOut,
            Some(Found::Directory | Found::Symlink(_)) | None => {
                return Err(Problem::HardLink {
                    link: excerpt(path.as_str()),
                    target: excerpt(target.as_str()),
                });
            }
        };
        if matches!(found, Found::LeftOut) {
            // The bytes are those of a file that no image gets, under whatever name.
            self.left_out.insert(path.clone(), Reason::LinkToLeftOut);
        }
        self.insert(path, found)
    }

    fn insert(&mut self, path: TreePath, found: Found) -> Result<(), Problem> {
        match self.found.entry(path) {
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(found);
                Ok(())
            }
            hash_map::Entry::Occupied(taken) => Err(duplicate(taken.key())),
        }
    }

    pub(super) fn finish(mut self) -> Result<Collected, Problem> {
        let mut found: Vec<_> = self.found.drain().collect();
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        refuse_below_files(&found)?;
        let top = match self.top {
            Top::Strip => single_top(&found),
            Top::Keep => None,
        };
        let mut left_out: HashMap<TreePath, Reason> = self
            .left_out
            .into_iter()
            .filter_map(|(path, reason)| Some((strip(path, top.as_deref())?, reason)))
            .collect();
        let mut entries = Entries::default();
        for (path, found) in found {
            let Some(path) = strip(path, top.as_deref()) else {
                continue;
            };
            let entry = match found {
                Found::LeftOut => continue,
                Found::Directory => SiteEntry::directory(path),
                Found::File { content, mode } => SiteEntry::file(path, content, mode),
                Found::Symlink(target) => SiteEntry::symlink(path, target),
            };
            let shape = if entry.is_directory() {
                Shape::Directory
            } else {
                Shape::File
            };
            match self.exclude.check(&entry.path, shape) {
                Some(hit) => drop(left_out.insert(hit.path, hit.reason)),
                None => entries.push(entry),
            }
        }
        let entries = entries.complete;
        if entries.is_empty() {
            return Err(Problem::Empty);
        }
        symlink::refuse_escapes(&entries)?;
        let mut special_modes: Vec<_> = self
            .special_modes
            .into_iter()
            .filter_map(|path| strip(path, top.as_deref()))
            .collect();
        special_modes.sort();
        Ok(Collected {
            entries,
            left_out: LeftOut::new(left_out.into_iter()),
            top,
            special_modes,
        })
    }
}

/// Entries in path order, with every parent in front of its children.
#[derive(Default)]
struct Entries {
    complete: Vec<SiteEntry>,
    /// The directories that the last entry lies in, the outermost first.
    open: Vec<TreePath>,
}

impl Entries {
    fn push(&mut self, entry: SiteEntry) {
        while self
            .open
            .last()
            .is_some_and(|open| !entry.path.starts_with(open))
        {
            self.open.pop();
        }
        for ancestor in entry.path.ancestors().skip(self.open.len()) {
            self.complete.push(SiteEntry::directory(ancestor.clone()));
            self.open.push(ancestor);
        }
        if entry.is_directory() {
            self.open.push(entry.path.clone());
        }
        self.complete.push(entry);
    }
}

fn duplicate(path: &TreePath) -> Problem {
    Problem::Duplicate {
        entry: excerpt(path.as_str()),
    }
}

/// In path order everything below a file follows it at once.
fn refuse_below_files(found: &[(TreePath, Found)]) -> Result<(), Problem> {
    for pair in found.windows(2) {
        let [(above, kind), (below, _)] = pair else {
            continue;
        };
        if !matches!(kind, Found::Directory) && below.starts_with(above) {
            return Err(Problem::BelowFile {
                entry: excerpt(below.as_str()),
                file: excerpt(above.as_str()),
            });
        }
    }
    Ok(())
}

/// Returns the one directory that everything lies in.
fn single_top(found: &[(TreePath, Found)]) -> Option<String> {
    let mut kept = found
        .iter()
        .filter(|(_, found)| !matches!(found, Found::LeftOut));
    let (first, kind) = kept.next()?;
    let top = first.components().next()?;
    let is_directory = matches!(kind, Found::Directory) || first.as_str() != top;
    let shares_top = |path: &TreePath| path.components().next() == Some(top);
    (is_directory && kept.all(|(path, _)| shares_top(path))).then(|| top.to_owned())
}

fn without_top(path: &TreePath) -> Option<TreePath> {
    path.as_str().split_once('/')?.1.parse().ok()
}

/// Takes `top` off; the top directory itself has no path any more, others keep theirs.
fn strip(path: TreePath, top: Option<&str>) -> Option<TreePath> {
    match top {
        Some(top) if path.as_str() == top => None,
        Some(top) if path.components().next() == Some(top) => without_top(&path),
        Some(_) | None => Some(path),
    }
}
