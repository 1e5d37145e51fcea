//! What the container may use of the machine, and how many PHP workers that feeds.
//!
//! Reading is in [`Capacity::of_this_container`]; what the numbers mean is pure.

use std::fs;
use std::num::NonZero;
use std::thread;

use crate::ecs::TaskMetadata;

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

    /// Not more than ECS gives the task, whose limits the kernel does not always show inside of it.
    pub(crate) fn within(self, task: &TaskMetadata) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest integer there is, and no task has that many processors"
        )]
        let processors = task.processors.map(|count| count.ceil() as usize);
        let processors = processors.and_then(NonZero::new);
        let memory = task
            .memory
            .map(|mebibytes| mebibytes.saturating_mul(MEBIBYTE));
        Self {
            processors: processors.map_or(self.processors, |count| count.min(self.processors)),
            memory: [self.memory, memory].into_iter().flatten().min(),
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
    pub(super) fn php_workers(self, reserved: u64, per_worker: u64) -> NonZero<usize> {
        let wanted = self.processors.get().saturating_mul(WORKERS_PER_PROCESSOR);
        let room = self.memory.map_or(usize::MAX, |memory| {
            usize::try_from(memory.saturating_sub(reserved) / per_worker).unwrap_or(usize::MAX)
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
    use super::super::php::{OTHERS, PER_WORKER};
    use super::*;

    fn workers(processors: usize, mebibytes: Option<u64>) -> usize {
        let capacity = Capacity {
            processors: NonZero::new(processors).unwrap(),
            memory: mebibytes.map(|size| size * MEBIBYTE),
        };
        capacity.php_workers(256 * MEBIBYTE, 64 * MEBIBYTE).get()
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
    fn a_task_is_not_larger_than_ecs_says() {
        let machine = Capacity {
            processors: NonZero::new(4).unwrap(),
            memory: Some(8192 * MEBIBYTE),
        };
        for (processors, memory, expected) in [
            (Some(0.25), Some(512), (1, 512)),
            (Some(2.0), Some(4096), (2, 4096)),
            (Some(16.0), Some(32_768), (4, 8192)),
            (Some(f64::INFINITY), None, (4, 8192)),
            (None, None, (4, 8192)),
        ] {
            let task = TaskMetadata {
                processors,
                memory,
                ..TaskMetadata::default()
            };
            let found = machine.within(&task);
            let found = (found.processors.get(), found.memory.unwrap() / MEBIBYTE);
            assert_eq!(found, expected, "{processors:?} {memory:?}");
        }
        let unknown = Capacity {
            memory: None,
            ..machine
        };
        let task = TaskMetadata {
            memory: Some(512),
            ..TaskMetadata::default()
        };
        assert_eq!(unknown.within(&task).memory, Some(512 * MEBIBYTE));
    }

    #[test]
    fn help_says_what_the_numbers_are() {
        let help = crate::arguments::help();
        let memory = format!("{PER_WORKER} each beside opcache and {OTHERS}");
        assert!(help.contains(&memory), "{memory}");
        assert!(help.contains(&format!("at least {FEWEST_WITH_MEMORY}")));
    }
}
