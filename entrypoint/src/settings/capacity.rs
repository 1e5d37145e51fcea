//! What the container may use of the machine, and how many PHP workers that feeds.
//!
//! Reading is in [`Capacity::of_this_container`]; what the numbers mean is pure.

use std::fs;
use std::num::NonZero;
use std::thread;

const MEBIBYTE: u64 = 1024 * 1024;

/// The limits of cgroup v2 and v1 as a container sees them. A task on Fargate may have neither and
/// is limited by the size of its virtual machine instead, so `/proc/meminfo` counts too.
const MEMORY_LIMITS: [&str; 2] = [
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/// PHP mostly waits: for the database, for other sites, for a worker's disk.
const WORKERS_PER_PROCESSOR: usize = 4;

/// A page makes several requests at once; with fewer workers they queue even on a tiny task.
const FEWEST_WITH_MEMORY: usize = 5;

/// A site calls itself (`wp-cron.php`, the REST API, Site Health): a lone worker would wait for itself.
const FEWEST: usize = 2;

/// What opcache may fill (`php.d/90-wpimg.ini`), and nginx, the masters and `wpimg-init`.
const RESERVED: u64 = 256 * MEBIBYTE;

/// A request of a shop with thirty plugins. One that takes more, up to PHP's `memory_limit`, is rare
/// enough that others have room to spare.
const PER_WORKER: u64 = 64 * MEBIBYTE;

/// Processors and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    pub(super) processors: NonZero<usize>,
    /// In bytes; `None` when nothing says how much there is.
    pub(super) memory: Option<u64>,
}

impl Capacity {
    pub(crate) fn of_this_container() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let limits = MEMORY_LIMITS.map(|path| limit(&read(path)));
        let machine = total(&read("/proc/meminfo"));
        Self {
            // Heeds the CPU set and the CPU quota of the cgroup.
            processors: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            memory: limits.into_iter().chain([machine]).flatten().min(),
        }
    }

    /// One processor, 2 GiB.
    #[cfg(test)]
    pub(crate) fn of_a_small_task() -> Self {
        Self {
            processors: NonZero::<usize>::MIN,
            memory: Some(2048 * MEBIBYTE),
        }
    }

    /// As many as the processors can use, unless they would not fit into the memory.
    pub(super) fn php_workers(self) -> NonZero<usize> {
        let wanted = self.processors.get().saturating_mul(WORKERS_PER_PROCESSOR);
        let room = self.memory.map_or(usize::MAX, |memory| {
            usize::try_from(memory.saturating_sub(RESERVED) / PER_WORKER).unwrap_or(usize::MAX)
        });
        let count = wanted.max(FEWEST_WITH_MEMORY).min(room).max(FEWEST);
        NonZero::new(count).unwrap_or(NonZero::<usize>::MIN)
    }
}

/// The content of a cgroup's limit file; `max`, and what is no number, is no limit.
fn limit(content: &str) -> Option<u64> {
    content.trim().parse().ok()
}

/// `MemTotal` of `/proc/meminfo`, which counts in KiB.
fn total(meminfo: &str) -> Option<u64> {
    let value = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = value.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers(processors: usize, mebibytes: Option<u64>) -> usize {
        let capacity = Capacity {
            processors: NonZero::new(processors).unwrap(),
            memory: mebibytes.map(|size| size * MEBIBYTE),
        };
        capacity.php_workers().get()
    }

    #[test]
    fn processors_decide_where_memory_is_plenty() {
        assert_eq!(workers(1, Some(2048)), 5);
        assert_eq!(workers(2, Some(4096)), 8);
        assert_eq!(workers(16, None), 64);
    }

    #[test]
    fn memory_decides_where_it_is_short_but_a_site_can_always_call_itself() {
        assert_eq!(workers(1, Some(512)), 4);
        assert_eq!(workers(16, Some(1024)), 12);
        assert_eq!(workers(4, Some(256)), 2);
        assert_eq!(workers(4, Some(64)), 2);
    }

    #[test]
    fn limits_are_read_as_the_kernel_writes_them() {
        assert_eq!(limit("536870912\n"), Some(512 * MEBIBYTE));
        assert_eq!(limit("max\n"), None);
        assert_eq!(limit(""), None);
        let meminfo = "MemFree:  1 kB\nMemTotal:        4028688 kB\n";
        assert_eq!(total(meminfo), Some(4_028_688 * 1024));
        assert_eq!(total(""), None);
    }

    #[test]
    fn what_is_reserved_holds_a_full_opcache() {
        let ini = include_str!("../../../docker/rootfs/etc/wpimg/php.d/90-wpimg.ini");
        let number = |name: &str| -> u64 {
            let line = ini
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            line.trim_start_matches([' ', '=']).parse().unwrap()
        };
        // The buffer for interned strings is a part of opcache's memory.
        let opcache = number("opcache.memory_consumption") * MEBIBYTE;
        assert!(number("opcache.interned_strings_buffer") * MEBIBYTE < opcache);
        assert!(opcache < RESERVED);
    }

    #[test]
    fn help_says_what_the_numbers_are() {
        let help = crate::arguments::help();
        let memory = format!(
            "{} MiB each beside {} MiB",
            PER_WORKER / MEBIBYTE,
            RESERVED / MEBIBYTE
        );
        assert!(help.contains(&memory));
        assert!(help.contains(&format!("at least {FEWEST_WITH_MEMORY}")));
    }
}
