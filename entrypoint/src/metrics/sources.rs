//! What php-fpm, nginx, opcache and PID 1 say, as metrics.

use serde_json::Value;

use super::{Counters, Kept, Metric, Totals};

/// The metrics of this minute, as they come in.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    pub(crate) metrics: Vec<Metric>,
}

impl Readings {
    fn now(&mut self, name: &'static str, kept: Kept, value: Option<u64>) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "CloudWatch keeps doubles itself, and nothing here reaches 2^53"
        )]
        self.metrics.extend(value.map(|value| Metric {
            name,
            kept,
            value: value as f64,
        }));
    }

    fn new_since(
        &mut self,
        totals: &mut Totals,
        name: &'static str,
        kept: Kept,
        total: Option<u64>,
    ) {
        let new = total.map(|total| totals.advance(name, total));
        self.now(name, kept, new);
    }

    /// What PID 1 has counted.
    pub(crate) fn add_counters(&mut self, counters: &Counters, totals: &mut Totals) {
        for (name, kept, total) in counters.by_name() {
            self.new_since(totals, name, kept, Some(total));
        }
    }
}

/// php-fpm's status page as JSON; false when it is something else.
pub(crate) fn from_fpm(readings: &mut Readings, totals: &mut Totals, page: &[u8]) -> bool {
    let Ok(page) = serde_json::from_slice::<Value>(page) else {
        return false;
    };
    let number = |name: &str| page[name].as_u64();
    let (active, idle) = (number("active processes"), number("idle processes"));
    readings.now("PhpWorkersActive", Kept::AsCount, active);
    readings.now("PhpWorkersIdle", Kept::AsCount, idle);
    // php-fpm counts how often it wanted more workers than it may have; where it has all from the beginning it never
    // wants one, and what counts is that nobody is idle.
    if page["process manager"] == "static" {
        let reached = idle.map(|idle| u64::from(idle == 0));
        readings.now("PhpMaxWorkersReached", Kept::AsCount, reached);
    } else {
        let reached = number("max children reached");
        readings.new_since(totals, "PhpMaxWorkersReached", Kept::AsCount, reached);
    }
    readings.new_since(totals, "PhpRequests", Kept::InLog, number("accepted conn"));
    page["active processes"].is_u64()
}

/// Requests that wait for a worker of php-fpm, from `/proc/net/unix`. php-fpm itself knows the length of its queue on TCP
/// only. A connection that nobody has accepted yet has the listener's path and state 2, `SS_CONNECTING` (Linux,
/// `unix_seq_show`).
pub(crate) fn waiting_on_socket(readings: &mut Readings, sockets: &str, path: &str) {
    const CONNECTING: &str = "02";
    let waits = |line: &&str| {
        let mut fields = line.split_ascii_whitespace();
        fields.nth(5) == Some(CONNECTING) && fields.nth(1) == Some(path)
    };
    let count = sockets.lines().filter(waits).count();
    readings.now("PhpQueue", Kept::AsCount, u64::try_from(count).ok());
}

/// nginx's `stub_status`; false when it is something else.
pub(crate) fn from_nginx(readings: &mut Readings, totals: &mut Totals, page: &str) -> bool {
    let active = page
        .lines()
        .find_map(|line| line.strip_prefix("Active connections:"))
        .and_then(|count| count.trim().parse::<u64>().ok());
    // `accepts handled requests`, and the numbers on the line after that.
    let mut numbers = page.lines().nth(2).unwrap_or_default().split_whitespace();
    let accepted = numbers.next().and_then(|count| count.parse().ok());
    // The connection of who asks is one of them.
    let active = active.map(|count| count.saturating_sub(1));
    readings.now("NginxConnections", Kept::AsCount, active);
    readings.new_since(totals, "NginxConnectionsAccepted", Kept::InLog, accepted);
    active.is_some()
}

/// What `/usr/share/wpimg/opcache.php` prints; false when it is something else.
pub(crate) fn from_opcache(readings: &mut Readings, totals: &mut Totals, page: &[u8]) -> bool {
    let Ok(page) = serde_json::from_slice::<Value>(page) else {
        return false;
    };
    let number = |name: &str| page[name].as_u64();
    readings.now("OpcacheUsed", Kept::AsBytes, number("used"));
    readings.now("OpcacheFree", Kept::AsBytes, number("free"));
    readings.now("OpcacheWasted", Kept::AsBytes, number("wasted"));
    readings.now("OpcacheScripts", Kept::InLog, number("scripts"));
    readings.new_since(totals, "OpcacheRestarts", Kept::InLog, number("restarts"));
    // `null` where opcache is switched off.
    page.is_null() || page["used"].is_u64()
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    fn values(readings: &Readings) -> Vec<(&'static str, f64)> {
        let value = |metric: &Metric| (metric.name, metric.value);
        readings.metrics.iter().map(value).collect()
    }

    #[test]
    fn the_status_of_php_fpm_is_read() {
        let page = br#"{"pool":"www","process manager":"static","start time":1795278259,"start since":37,
            "accepted conn":12,"listen queue":2,"max listen queue":9,"listen queue len":511,"idle processes":1,
            "active processes":4,"total processes":5,"max active processes":5,"max children reached":0,"slow requests":0}"#;
        let (mut readings, mut totals) = (Readings::default(), Totals::default());
        assert!(from_fpm(&mut readings, &mut totals, page));
        assert_eq!(
            values(&readings),
            [
                ("PhpWorkersActive", 4.0),
                ("PhpWorkersIdle", 1.0),
                ("PhpMaxWorkersReached", 0.0),
                ("PhpRequests", 12.0),
            ]
        );
    }

    #[test]
    fn all_workers_busy_counts_as_reached_whatever_starts_them() {
        let reached = |page: &[u8], totals: &mut Totals| {
            let mut readings = Readings::default();
            from_fpm(&mut readings, totals, page);
            values(&readings)[2]
        };
        let mut totals = Totals::default();
        let fixed = br#"{"process manager":"static","active processes":5,"idle processes":0,"max children reached":0}"#;
        assert_eq!(reached(fixed, &mut totals), ("PhpMaxWorkersReached", 1.0));
        let dynamic = br#"{"process manager":"dynamic","active processes":5,"idle processes":0,"max children reached":3}"#;
        assert_eq!(reached(dynamic, &mut totals), ("PhpMaxWorkersReached", 3.0));
        assert_eq!(reached(dynamic, &mut totals), ("PhpMaxWorkersReached", 0.0));
    }

    #[test]
    fn who_waits_for_a_worker_is_counted() {
        let sockets = "\
Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 101 /run/wpimg/php-fpm.sock
0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/wpimg/php-fpm.sock
0000000000000000: 00000003 00000000 00000000 0001 02 0 /run/wpimg/php-fpm.sock
0000000000000000: 00000003 00000000 00000000 0001 02 0 /run/wpimg/php-fpm.sock
0000000000000000: 00000003 00000000 00000000 0001 02 0 /run/wpimg/php-fpm-status.sock
0000000000000000: 00000003 00000000 00000000 0001 03 103
";
        let mut readings = Readings::default();
        waiting_on_socket(&mut readings, sockets, "/run/wpimg/php-fpm.sock");
        assert_eq!(values(&readings), [("PhpQueue", 2.0)]);
    }

    #[test]
    fn the_kernel_tells_who_waits_and_who_was_accepted() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("fpm.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let _clients = [(); 3].map(|()| UnixStream::connect(&path).unwrap());
        let _accepted = listener.accept().unwrap();
        let mut readings = Readings::default();
        let sockets = std::fs::read_to_string("/proc/net/unix").unwrap();
        waiting_on_socket(&mut readings, &sockets, path.to_str().unwrap());
        assert_eq!(values(&readings), [("PhpQueue", 2.0)]);
    }

    #[test]
    fn the_status_of_nginx_is_read_without_ourselves() {
        let page = "Active connections: 3 \nserver accepts handled requests\n 16 16 31 \nReading: 0 Writing: 1 Waiting: 2 \n";
        let (mut readings, mut totals) = (Readings::default(), Totals::default());
        assert!(from_nginx(&mut readings, &mut totals, page));
        assert_eq!(
            values(&readings),
            [
                ("NginxConnections", 2.0),
                ("NginxConnectionsAccepted", 16.0)
            ]
        );
    }

    #[test]
    fn the_state_of_opcache_is_read_and_may_be_switched_off() {
        let page = br#"{"used":41943040,"free":157286400,"wasted":0,"scripts":812,"restarts":1}"#;
        let (mut readings, mut totals) = (Readings::default(), Totals::default());
        assert!(from_opcache(&mut readings, &mut totals, page));
        assert_eq!(readings.metrics.len(), 5);
        assert!(from_opcache(&mut Readings::default(), &mut totals, b"null"));
    }

    #[test]
    fn another_page_gives_no_metric() {
        let (mut readings, mut totals) = (Readings::default(), Totals::default());
        for page in ["File not found.", "", "[]"] {
            assert!(!from_fpm(&mut readings, &mut totals, page.as_bytes()));
            assert!(!from_nginx(&mut readings, &mut totals, page));
            assert!(!from_opcache(&mut readings, &mut totals, page.as_bytes()));
        }
        assert_eq!(values(&readings), []);
    }

    #[test]
    fn all_metrics_have_names_of_their_own() {
        let (mut readings, mut totals) = (Readings::default(), Totals::default());
        readings.add_counters(&Counters::default(), &mut totals);
        from_fpm(
            &mut readings,
            &mut totals,
            br#"{"active processes":1,"idle processes":1,"max children reached":0,"accepted conn":0}"#,
        );
        waiting_on_socket(&mut readings, "", "");
        from_nginx(
            &mut readings,
            &mut totals,
            "Active connections: 1\n\n1 1 1\n",
        );
        from_opcache(
            &mut readings,
            &mut totals,
            br#"{"used":1,"free":1,"wasted":0,"scripts":1,"restarts":0}"#,
        );
        let mut names: Vec<&str> = readings.metrics.iter().map(|metric| metric.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), count), (20, 20));
        let readme = include_str!("../../README.md");
        for name in names {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }
}
