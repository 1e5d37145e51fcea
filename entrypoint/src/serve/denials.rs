//! The site's word that the database refuses its password.
//!
//! PHP touches a file; inotify(7) tells us, so that nothing is done while nothing happens. The settings are then
//! fetched at once, but less and less often while that does not help, down to once in ten seconds: where the
//! password is really wrong, every request says so.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::supervisor::Moment;

/// From one fetch to the next: at first, and where denials do not end.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// After so long without a denial the next one is news.
const CALM: Duration = Duration::from_mins(1);

/// Hears of denials, and says when to do something about them.
pub(super) struct Denials {
    /// `None` where a fetch would change nothing, or the kernel has no watch left.
    watch: Option<Inotify>,
    file: String,
    throttle: Throttle,
}

impl Denials {
    pub(super) fn unheard() -> Self {
        Self {
            watch: None,
            file: String::new(),
            throttle: Throttle::default(),
        }
    }

    /// Watches the directory, since the file need not be there yet.
    pub(super) fn of(file: &Path) -> io::Result<Self> {
        let watch = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        // However it is touched: times, content, a rename. Not at every use of the directory, which is PHP's own.
        let touched =
            AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_MOVED_TO;
        watch.add_watch(file.parent().unwrap_or(file), touched)?;
        let name = file.file_name().unwrap_or_default();
        Ok(Self {
            watch: Some(watch),
            file: name.to_string_lossy().into_owned(),
            throttle: Throttle::default(),
        })
    }

    /// Readable when something has happened.
    pub(super) fn source(&self) -> Option<BorrowedFd<'_>> {
        self.watch.as_ref().map(AsFd::as_fd)
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.throttle.due
    }

    /// Whether to fetch now.
    pub(super) fn call(&mut self, now: Moment) -> bool {
        let events = self
            .watch
            .as_ref()
            .and_then(|watch| watch.read_events().ok());
        let is_denial =
            |name: Option<&std::ffi::OsStr>| name.is_some_and(|name| name == self.file.as_str());
        if events.is_some_and(|events| events.iter().any(|event| is_denial(event.name.as_deref())))
        {
            self.throttle.heard(now);
        }
        self.throttle.take(now)
    }
}

/// At most one call in a pause; what is heard meanwhile counts at its end.
///
/// The first pauses are short: a rotation gives the database its new password a moment before the secret, and the
/// sooner it is fetched after that, the fewer visitors are turned away.
#[derive(Debug)]
struct Throttle {
    due: Option<Moment>,
    last: Option<Moment>,
    pause: Duration,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            due: None,
            last: None,
            pause: SHORTEST_PAUSE,
        }
    }
}

impl Throttle {
    fn heard(&mut self, now: Moment) {
        if self.last.is_some_and(|last| now.since(last) >= CALM) {
            *self = Self::default();
        }
        let free = self.last.map_or(now, |last| last + self.pause);
        self.due = Some(free.max(now));
    }

    fn take(&mut self, now: Moment) -> bool {
        if self.due.is_none_or(|due| due > now) {
            return false;
        }
        if self.last.is_some() {
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        self.due = None;
        self.last = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, FileTimes};

    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::since_start(Duration::from_secs(seconds))
    }

    #[test]
    fn every_way_to_touch_the_file_is_heard_and_other_files_are_not() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("database-denied");
        let other = home.path().join("other");
        let mut denials = Denials::of(&file).unwrap();
        fs::write(&other, b"").unwrap();
        assert!(!denials.call(at(0)), "another file");
        let touches: [(&str, &dyn Fn()); 3] = [
            ("made", &|| fs::write(&file, b"").unwrap()),
            ("touched", &|| {
                let now = std::time::SystemTime::now();
                let times = FileTimes::new().set_accessed(now).set_modified(now);
                File::open(&file).unwrap().set_times(times).unwrap();
            }),
            ("renamed to", &|| fs::rename(&other, &file).unwrap()),
        ];
        for (number, (how, touch)) in touches.into_iter().enumerate() {
            touch();
            assert!(denials.call(at(100 * number as u64)), "{how}");
        }
    }

    /// The seconds at which there are calls, when there are denials in each of these.
    fn calls(denials: std::ops::Range<u64>, throttle: &mut Throttle) -> Vec<u64> {
        let mut calls = Vec::new();
        for second in denials.start..denials.end + 20 {
            if denials.contains(&second) {
                throttle.heard(at(second));
            }
            if throttle.take(at(second)) {
                calls.push(second);
            }
        }
        calls
    }

    #[test]
    fn a_storm_of_denials_is_answered_less_and_less_often_and_the_last_is_not_lost() {
        let mut throttle = Throttle::default();
        assert_eq!(
            calls(0..47, &mut throttle),
            [0, 1, 3, 7, 15, 25, 35, 45, 55]
        );
        assert_eq!(calls(90..92, &mut throttle), [90, 100]);
    }

    #[test]
    fn a_denial_after_a_calm_minute_is_answered_like_the_first() {
        let mut throttle = Throttle::default();
        assert_eq!(calls(0..20, &mut throttle), [0, 1, 3, 7, 15, 25]);
        assert_eq!(calls(85..88, &mut throttle), [85, 86, 88]);
    }
}
