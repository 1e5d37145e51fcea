//! Finding and signalling everything that descends from us.
//!
//! `kill(-1)` would also hit strangers when the process namespace is shared with other containers
//! (`pidMode: task`), and process groups do not hold a daemon that made a session of its own. The
//! parent links of proc(5) do both right; whatever is orphaned is adopted by us and found again.
//!
//! Between reading proc(5) and signalling, a process may end and a stranger get its number. So each one is
//! held by a descriptor first and looked at again. KILL goes to whole groups where it can: in processes that
//! fork and end faster than they can be listed, only the kernel hits every one.

use std::fs;
use std::os::fd::AsFd;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::{getpgrp, getpid};

use super::sys;

/// One process of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    /// In clock ticks since boot. With the pid it names one process only.
    started: u64,
}

/// Sends a signal to every descendant. One that has ended meanwhile needs none.
pub(crate) fn signal_descendants(signal: Signal) {
    let us = getpid().as_raw();
    let kills = signal == Signal::SIGKILL;
    if kills && us == 1 {
        // The namespace is ours: the kernel is about to kill all of it anyway, and misses none.
        let _ = sys::kill(-1, signal as i32);
        return;
    }
    let processes = processes();
    let found = descendants(us, &processes);
    if kills {
        for group in own_groups(getpgrp().as_raw(), &found, &processes) {
            let _ = sys::kill(-group, signal as i32);
        }
    }
    for process in found {
        signal_one(&process, signal);
    }
}

fn signal_one(process: &Process, signal: Signal) {
    match sys::open_process(process.pid) {
        // The descriptor holds whoever has the number now; it is the one we mean or it is not.
        Ok(held) if is_still(process) => {
            let _ = sys::signal_process(held.as_fd(), signal as i32);
        }
        Ok(_) | Err(Errno::ESRCH) => {}
        // No descriptor is left, or a filter of system calls forbids this one.
        Err(_) if is_still(process) => {
            let _ = sys::kill(process.pid, signal as i32);
        }
        Err(_) => {}
    }
}

fn is_still(process: &Process) -> bool {
    read(process.pid, Path::new("/proc")).is_some_and(|now| now.started == process.started)
}

fn descendants(ancestor: i32, processes: &[Process]) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        for process in processes.iter().filter(|process| process.parent == parent) {
            // A racy snapshot may hold a loop.
            if process.pid != ancestor && !found.contains(process) {
                found.push(*process);
                parents.push(process.pid);
            }
        }
    }
    found
}

/// The process groups, except `our_group`, in which there is nobody but descendants.
fn own_groups(our_group: i32, descendants: &[Process], processes: &[Process]) -> Vec<i32> {
    let mut groups: Vec<i32> = descendants.iter().map(|process| process.group).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.retain(|group| {
        let mut members = processes.iter().filter(|process| process.group == *group);
        // 0 is the group of a process outside our namespace, and to kill(2) our own.
        *group > 0 && *group != our_group && members.all(|member| descendants.contains(member))
    });
    groups
}

/// Without /proc the list is empty: then the services' own process groups are all we can reach.
fn processes() -> Vec<Process> {
    let proc = Path::new("/proc");
    let entries = fs::read_dir(proc).into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| read(pid, proc)).collect()
}

fn read(pid: i32, proc: &Path) -> Option<Process> {
    parse(
        pid,
        &fs::read(proc.join(pid.to_string()).join("stat")).ok()?,
    )
}

/// Fields 4, 5 and 22. The second, the name, may itself hold spaces and parentheses.
fn parse(pid: i32, stat: &[u8]) -> Option<Process> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    let mut fields = fields.split_ascii_whitespace().skip(1);
    Some(Process {
        pid,
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
        started: fields.nth(16)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::Command;

    use super::*;

    /// `(pid, parent, group)` each.
    fn processes<const N: usize>(of: [(i32, i32, i32); N]) -> Vec<Process> {
        let process = |(pid, parent, group)| Process {
            pid,
            parent,
            group,
            started: 0,
        };
        of.map(process).to_vec()
    }

    fn pids(ancestor: i32, processes: &[Process]) -> Vec<i32> {
        let mut found: Vec<i32> = descendants(ancestor, processes)
            .iter()
            .map(|process| process.pid)
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn fields_are_found_behind_a_hostile_process_name() {
        let fields = "S 7 42 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 0 0";
        let expected = Some(Process {
            pid: 43,
            parent: 7,
            group: 42,
            started: 123_456,
        });
        for name in ["(a) S 1 (b)", "(php-fpm: master)", "()"] {
            let stat = format!("43 {name} {fields}");
            assert_eq!(parse(43, stat.as_bytes()), expected, "{name}");
        }
        let odd = [b"43 (\xff\xfe) ", fields.as_bytes()].concat();
        assert_eq!(parse(43, &odd), expected);
        assert_eq!(parse(43, b"43 (cut"), None);
        assert_eq!(parse(43, b"43 (cut) S 7 42"), None);
    }

    #[test]
    fn the_kernel_writes_what_is_parsed() {
        let us = read(getpid().as_raw(), Path::new("/proc")).unwrap();
        assert_eq!(us.parent, nix::unistd::getppid().as_raw());
        assert_eq!(us.group, getpgrp().as_raw());
        assert!(us.started > 0 && is_still(&us));
    }

    #[test]
    fn descendants_are_all_generations_and_nobody_else() {
        let processes = processes([
            (1, 0, 1),
            (10, 1, 10),
            (11, 10, 10),
            (12, 11, 10),
            (20, 0, 20),
            (21, 20, 20),
            (30, 1, 1),
        ]);
        assert_eq!(pids(1, &processes), [10, 11, 12, 30]);
        assert_eq!(pids(20, &processes), [21]);
    }

    #[test]
    fn a_loop_in_a_racy_snapshot_ends() {
        assert_eq!(pids(1, &processes([(1, 2, 1), (2, 1, 1)])), [2]);
    }

    #[test]
    fn a_group_is_ours_to_kill_only_when_no_stranger_is_in_it() {
        let processes = processes([
            (5, 2, 5),
            (10, 5, 10),
            (11, 10, 10),
            (12, 5, 5),
            (13, 5, 99),
            (14, 5, 0),
            (98, 2, 99),
        ]);
        let found = descendants(5, &processes);
        assert_eq!(found.len(), 5);
        assert_eq!(own_groups(5, &found, &processes), [10]);
    }

    #[test]
    fn a_process_that_got_a_number_second_hand_is_not_signalled() {
        let mut child = Command::new("sleep")
            .arg("1000")
            .process_group(0)
            .spawn()
            .unwrap();
        let pid = child.id().cast_signed();
        let process = read(pid, Path::new("/proc")).unwrap();
        let predecessor = Process {
            started: process.started - 1,
            ..process
        };
        signal_one(&predecessor, Signal::SIGKILL);
        signal_one(&process, Signal::SIGTERM);
        let ended = child.wait().unwrap();
        assert_eq!(ended.signal(), Some(15), "it was not killed before");
    }
}
