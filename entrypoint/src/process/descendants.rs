//! Finding and signalling everything that descends from us.
//!
//! `kill(-1)` would also hit strangers when the process namespace is shared with other containers
//! (`pidMode: task`), and process groups do not hold a daemon that made a session of its own. The
//! parent links of proc(5) do both right; whatever is orphaned is adopted by us and found again.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};

/// One process of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
}

/// Sends a signal to every descendant. One that has ended meanwhile needs none.
pub(crate) fn signal_descendants(signal: Signal) {
    for pid in descendants(getpid().as_raw(), &processes()) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

fn descendants(ancestor: i32, processes: &[Process]) -> Vec<i32> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let children = processes.iter().filter(|process| process.parent == parent);
        let new: Vec<i32> = children
            .map(|process| process.pid)
            .filter(|pid| !found.contains(pid))
            .collect();
        found.extend(new);
    }
    found.remove(0);
    found
}

/// Without /proc the list is empty: then the services' own process groups are all we can reach.
fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read(entry.path().join("stat")).ok()?;
            Some(Process {
                pid,
                parent: parent(&stat)?,
            })
        })
        .collect()
}

/// The fourth field. The second, the name, may itself hold spaces and parentheses.
fn parent(stat: &[u8]) -> Option<i32> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_behind_a_hostile_process_name() {
        assert_eq!(parent(b"42 (a) S 1 (b) S 7 42 42 0 -1"), Some(7));
        assert_eq!(parent(b"42 (\xff\xfe) R 1 1 1"), Some(1));
        assert_eq!(parent(b"42 (cut"), None);
    }

    #[test]
    fn descendants_are_all_generations_and_nobody_else() {
        let processes = [
            (1, 0),
            (10, 1),
            (11, 10),
            (12, 11),
            (20, 0),
            (21, 20),
            (30, 1),
        ]
        .map(|(pid, parent)| Process { pid, parent });
        let mut found = descendants(1, &processes);
        found.sort_unstable();
        assert_eq!(found, [10, 11, 12, 30]);
        assert_eq!(descendants(20, &processes), [21]);
    }

    #[test]
    fn a_loop_in_a_racy_snapshot_ends() {
        let processes = [(1, 2), (2, 1)].map(|(pid, parent)| Process { pid, parent });
        assert_eq!(descendants(1, &processes), [2]);
    }
}
