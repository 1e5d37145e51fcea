//! How PHP uses the memory: workers, what one of them may take, and opcache, which they share.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;

use super::server::parsed;
use super::size::Mebibytes;
use super::{Capacity, Environment, SettingsError};

/// A worker that has leaked is replaced after this many requests.
const DEFAULT_MAX_REQUESTS: u32 = 1000;

/// Smaller ones cannot hold WordPress: its own files take 30 MB, with a shop and its plugins 120.
const SMALLEST_OPCACHE: Mebibytes = Mebibytes::new(64);
const LARGEST_DEFAULT_OPCACHE: Mebibytes = Mebibytes::new(192);

/// A task this many times larger gets the largest.
const SHARE_OF_OPCACHE: u64 = 8;

/// A request of a shop with thirty plugins. One that takes more, up to PHP's `memory_limit`, is rare
/// enough that others have room to spare.
pub(super) const PER_WORKER: Mebibytes = Mebibytes::new(64);

/// What nginx, the masters and `wpimg-init` need beside opcache.
pub(super) const OTHERS: Mebibytes = Mebibytes::new(64);

/// Settings of php-fpm and PHP.
#[derive(Debug)]
pub(crate) struct PhpSettings {
    pub(crate) workers: NonZero<usize>,
    pub(crate) process_manager: ProcessManager,
    /// 0: a worker is never replaced.
    pub(crate) max_requests: u32,
    /// `None` when not given: then the files in `php.d` decide, the image's or the site's.
    pub(crate) memory_limit: Option<Mebibytes>,
    pub(crate) opcache: Mebibytes,
    /// Whether somebody has chosen it for this container; a file of the site's counts more than our own idea.
    pub(crate) opcache_given: bool,
    /// Said at start: somebody has chosen these numbers, so they count.
    pub(crate) shortage: Option<Shortage>,
}

/// Sizes that do not fit into the memory together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shortage {
    workers: usize,
    opcache: Mebibytes,
    needed: u64,
    memory: u64,
}

impl fmt::Display for Shortage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            workers,
            opcache,
            needed,
            memory,
        } = self;
        write!(
            formatter,
            "{workers} PHP workers and an opcache of {opcache} need about {needed}M of memory, and there are {memory}M: \
             when all of them work at once the kernel may kill some (`WPIMG_PHP_WORKERS`, `WPIMG_OPCACHE_MEMORY`)"
        )
    }
}

impl PhpSettings {
    pub(super) fn resolve(
        environment: &Environment,
        capacity: Capacity,
    ) -> Result<Self, SettingsError> {
        let opcache_given = parsed(environment, "WPIMG_OPCACHE_MEMORY", OpcacheSize::EXPECTED)?;
        let (opcache, opcache_given) = match opcache_given {
            Some(OpcacheSize(size)) => (size, true),
            None => (default_opcache(capacity), false),
        };
        let memory_limit = parsed(environment, "WPIMG_PHP_MEMORY_LIMIT", Mebibytes::EXPECTED)?;
        let per_worker = memory_limit.map_or(PER_WORKER, |limit| PER_WORKER.min(limit));
        let reserved = opcache.plus(OTHERS);
        let workers = parsed(environment, "WPIMG_PHP_WORKERS", WorkerCount::EXPECTED)?.map_or_else(
            || capacity.php_workers(reserved.bytes(), per_worker.bytes()),
            |WorkerCount(count)| count,
        );
        let needed = reserved.bytes() + per_worker.bytes() * workers.get() as u64;
        let shortage = capacity.memory.filter(|memory| *memory < needed);
        Ok(Self {
            workers,
            process_manager: parsed(environment, "WPIMG_PHP_PM", ProcessManager::EXPECTED)?
                .unwrap_or(ProcessManager::Static),
            max_requests: parsed(environment, "WPIMG_PHP_MAX_REQUESTS", MaxRequests::EXPECTED)?
                .map_or(DEFAULT_MAX_REQUESTS, |MaxRequests(count)| count),
            memory_limit,
            opcache,
            opcache_given,
            shortage: shortage.map(|memory| Shortage {
                workers: workers.get(),
                opcache,
                needed: needed >> 20,
                memory: memory >> 20,
            }),
        })
    }
}

/// A small task has no room for a large opcache, and seldom a large site.
fn default_opcache(capacity: Capacity) -> Mebibytes {
    let share = capacity.memory.map_or(LARGEST_DEFAULT_OPCACHE, |memory| {
        Mebibytes::new((memory >> 20) / SHARE_OF_OPCACHE)
    });
    share.clamp(SMALLEST_OPCACHE, LARGEST_DEFAULT_OPCACHE)
}

/// When php-fpm starts workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessManager {
    /// All at start. They are forked from one warm master, cost little until they are used, and a burst after a quiet
    /// time does not wait for new ones.
    Static,
    /// Some, and more with the load.
    Dynamic,
    /// None before there is a request: for many small sites on one machine.
    OnDemand,
}

impl ProcessManager {
    const EXPECTED: &'static str = "`static`, `dynamic` or `ondemand`";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::OnDemand => "ondemand",
        }
    }
}

impl FromStr for ProcessManager {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Static, Self::Dynamic, Self::OnDemand];
        all.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

/// 1 to 1000 PHP workers: more than that is a typing mistake, not a container.
struct WorkerCount(NonZero<usize>);

impl WorkerCount {
    const EXPECTED: &'static str = "a number from 1 to 1000";
}

impl FromStr for WorkerCount {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.parse::<NonZero<usize>>() {
            Ok(count) if count.get() <= 1000 => Ok(Self(count)),
            _ => Err(()),
        }
    }
}

struct MaxRequests(u32);

impl MaxRequests {
    const EXPECTED: &'static str = "a number from 0 to 1000000, where 0 means never";
}

impl FromStr for MaxRequests {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.parse() {
            Ok(count @ 0..=1_000_000) => Ok(Self(count)),
            _ => Err(()),
        }
    }
}

/// PHP itself refuses less than 8 MiB.
struct OpcacheSize(Mebibytes);

impl OpcacheSize {
    const EXPECTED: &'static str = "a size such as `128M`, from `8M` to `4G`";
}

impl FromStr for OpcacheSize {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let size: Mebibytes = text.parse()?;
        let acceptable = (Mebibytes::new(8)..=Mebibytes::new(4096)).contains(&size);
        acceptable.then_some(Self(size)).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolve(
        environment: impl Into<Environment>,
        processors: usize,
        mebibytes: Option<u64>,
    ) -> PhpSettings {
        let capacity = Capacity {
            processors: NonZero::new(processors).unwrap(),
            memory: mebibytes.map(|size| size << 20),
        };
        PhpSettings::resolve(&environment.into(), capacity).unwrap()
    }

    #[test]
    fn what_every_size_of_task_gets() {
        for (processors, mebibytes, workers, opcache) in [
            (1, Some(64), 2, "64M"),
            (1, Some(256), 2, "64M"),
            (1, Some(512), 5, "64M"),
            (1, Some(1024), 5, "128M"),
            (1, Some(2048), 5, "192M"),
            (2, Some(4096), 8, "192M"),
            (16, Some(1024), 13, "128M"),
            (16, Some(32768), 64, "192M"),
            (16, None, 64, "192M"),
        ] {
            let php = resolve([], processors, mebibytes);
            let found = (php.workers.get(), php.opcache.to_string());
            assert_eq!(
                found,
                (workers, opcache.to_owned()),
                "{processors} {mebibytes:?}"
            );
        }
    }

    #[test]
    fn a_lower_memory_limit_makes_room_for_more_workers() {
        let small = resolve([("WPIMG_PHP_MEMORY_LIMIT", "32M")], 16, Some(1024));
        assert_eq!(small.workers.get(), 26);
        let large = resolve([("WPIMG_PHP_MEMORY_LIMIT", "1G")], 16, Some(1024));
        assert_eq!(large.workers.get(), 13);
    }

    #[test]
    fn what_somebody_chose_counts_and_is_warned_about_when_it_does_not_fit() {
        let php = resolve([("WPIMG_PHP_WORKERS", "50")], 1, Some(1024));
        let said = php.shortage.unwrap().to_string();
        assert!(
            said.contains("50 PHP workers") && said.contains("3392M") && said.contains("1024M"),
            "{said}"
        );
        let php = resolve([("WPIMG_OPCACHE_MEMORY", "512M")], 4, Some(1024));
        assert_eq!((php.workers.get(), php.shortage), (7, None));
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        for (name, value) in [
            ("WPIMG_OPCACHE_MEMORY", "4M"),
            ("WPIMG_OPCACHE_MEMORY", "5G"),
            ("WPIMG_PHP_MEMORY_LIMIT", "-1"),
            ("WPIMG_PHP_PM", "fixed"),
            ("WPIMG_PHP_MAX_REQUESTS", "many"),
            ("WPIMG_PHP_WORKERS", "0"),
            ("WPIMG_PHP_WORKERS", "1001"),
        ] {
            let environment = [(name, value)].into();
            let error = PhpSettings::resolve(&environment, Capacity::of_a_small_task())
                .unwrap_err()
                .to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_nobody_chose_fits_into_the_memory(processors in 1_usize..128, mebibytes in 256_u64..300_000) {
            let php = resolve([], processors, Some(mebibytes));
            prop_assert_eq!(php.shortage, None);
            prop_assert!(php.workers.get() >= 2);
        }
    }
}
