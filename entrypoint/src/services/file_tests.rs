//! What services.toml may say, and what it is told when it says something else.

use std::time::Duration;

use nix::sys::signal::Signal;
use proptest::prelude::*;

use super::file::{Own, Readiness, ServicesFile, parse};
use super::section::Source;
use super::{FileError, built_in, change, own};
use crate::settings::{Capacity, Environment, ServerSettings};
use crate::setup::{Identity, Layout};
use crate::supervisor::{Importance, RestartPolicy, ServiceId};

fn source(text: &str) -> Source<'_> {
    Source {
        name: "services.toml",
        text,
    }
}

fn parsed(text: &str) -> ServicesFile {
    parse(source(text)).unwrap()
}

/// What is said about this text, and the hint.
fn complaint(text: &str) -> (String, Option<String>) {
    let error = parse(source(text))
        .map(|_| ())
        .and_then(|()| added(text).map(|_| ()))
        .unwrap_err();
    (error.to_string(), error.hint())
}

/// The names in the order in which they stand, with the places of those each comes after.
fn added(text: &str) -> Result<Vec<(&'static str, Vec<ServiceId>)>, FileError> {
    let layout = Layout::new("/".into(), "/run/wpimg".into());
    let environment = Environment::default();
    let file = parse(source(text))?;
    let settings = ServerSettings::resolve(&environment, Capacity::of_a_small_task()).unwrap();
    let mut definitions = vec![
        built_in::php_fpm("/usr/sbin/php-fpm".into(), &layout, &environment),
        built_in::nginx(
            "/usr/sbin/nginx".into(),
            &settings,
            &layout,
            &environment,
            Vec::new(),
        ),
    ];
    change(&mut definitions, &file);
    own::add(
        &mut definitions,
        file,
        source(text),
        &layout,
        &Identity::WWW_DATA,
        &environment,
    )?;
    Ok(definitions
        .into_iter()
        .map(|d| (d.policy.name, d.policy.after))
        .collect())
}

#[test]
fn the_file_of_the_image_adds_nothing() {
    let shipped = include_str!("../../../docker/rootfs/etc/wpimg/services.toml");
    assert_eq!(parsed(shipped), ServicesFile::default());
}

#[test]
fn the_example_in_the_file_of_the_image_is_right() {
    let shipped = include_str!("../../../docker/rootfs/etc/wpimg/services.toml");
    let example: String = shipped
        .lines()
        .filter_map(|line| line.strip_prefix("#   "))
        // What is indented further shows single lines.
        .filter(|line| !line.starts_with(' '))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(example.contains("[[service]]"), "{example}");
    assert!(added(&example).unwrap().len() > 2);
}

#[test]
fn little_has_to_be_said_about_a_worker() {
    let file = parsed("[[service]]\nname = \"queue\"\ncommand = [\"/bin/worker\", \"--all\"]\n");
    let entry = &file.services[0];
    assert_eq!(entry.restart, RestartPolicy::default());
    let expected = Own {
        command: vec!["/bin/worker".to_owned(), "--all".to_owned()],
        user: None,
        importance: Importance::Optional,
        after: Vec::new(),
        readiness: None,
        stop_signal: Signal::SIGTERM,
        reload_signal: None,
        reopen_signal: None,
    };
    assert_eq!(entry.own, Some(expected));
}

const EVERYTHING: &str = "[[service]]
name = \"queue\"
command = [\"/bin/worker\"]
user = \"1000\"
environment = { QUEUE = \"mail\" }
essential = true
after = [\"php-fpm\"]
stop-signal = \"SIGINT\"
reload-signal = \"HUP\"
start-timeout = \"5m\"
readiness = { http = { port = 9000, path = \"/ok\" } }
restart = { first-delay = \"1s\", longest-delay = \"2m\", limit = 3, window = \"10m\", stable-after = \"30s\" }
";

#[test]
fn everything_can_be_said_about_a_worker() {
    let file = parsed(EVERYTHING);
    let entry = &file.services[0];
    assert_eq!(entry.environment, [("QUEUE".to_owned(), "mail".to_owned())]);
    assert_eq!(entry.start_timeout, Some(Duration::from_mins(5)));
    assert_eq!(entry.restart.limit, 3);
    assert_eq!(entry.restart.longest_delay, Duration::from_mins(2));
    let own = entry.own.as_ref().unwrap();
    assert_eq!(own.stop_signal, Signal::SIGINT);
    assert_eq!(own.reload_signal, Some(Signal::SIGHUP));
    assert_eq!(own.importance, Importance::Essential);
    let readiness = Readiness::Http {
        port: 9000,
        path: "/ok".to_owned(),
    };
    assert_eq!(own.readiness, Some(readiness));
}

const WORKER: &str = "[[service]]\nname = \"a\"\ncommand = [\"/b\"]\n";

#[track_caller]
fn check_complaint(text: &str, line: usize, says: &str, hint: Option<&str>) {
    let (message, actual_hint) = complaint(text);
    assert!(
        message.starts_with(&format!("`services.toml`, line {line}: ")),
        "{message}"
    );
    assert!(message.contains(says), "{message}");
    match hint {
        Some(hint) => assert!(
            actual_hint.as_deref().unwrap_or_default().contains(hint),
            "{actual_hint:?}"
        ),
        None => assert_eq!(actual_hint, None),
    }
}

#[test]
fn an_unknown_key_is_told_with_its_line_and_the_nearest_one() {
    let misspelt = "[[service]]\nname = \"a\"\ncomand = [\"/b\"]\n";
    check_complaint(misspelt, 3, "unknown key `comand`", Some("`command`"));
    check_complaint(
        &format!("{WORKER}stop_signal = \"INT\"\n"),
        4,
        "unknown key `stop_signal`",
        Some("`stop-signal`"),
    );
    check_complaint(
        &format!("{WORKER}colour = \"red\"\n"),
        4,
        "unknown key `colour`",
        None,
    );
    check_complaint(
        "[[services]]\n",
        1,
        "unknown key `services`",
        Some("`service`"),
    );
    let nested = format!("{WORKER}restart = {{ longest_delay = \"1s\" }}\n");
    check_complaint(
        &nested,
        4,
        "unknown key `longest_delay`",
        Some("`longest-delay`"),
    );
}

#[test]
fn wrong_values_are_told_by_key_and_line() {
    for (line, says) in [
        ("user = 33", "`user`"),
        ("essential = \"yes\"", "`true` or `false`"),
        ("stop-signal = \"KILL\"", "can be caught"),
        ("stop-signal = \"TERMINATE\"", "name of a signal"),
        ("start-timeout = 30", "\"30s\""),
        ("readiness = {}", "one of `fastcgi`"),
        ("readiness = { tcp = 0 }", "a port from 1 to 65535"),
        (
            "readiness = { tcp = 1, exec = [\"/a\"] }",
            "one of `fastcgi`",
        ),
        ("readiness = { exec = [\"a\"] }", "absolute path"),
        (
            "readiness = { fastcgi = { socket = \"a\", path = \"/\" } }",
            "absolute path of a socket",
        ),
        (
            "readiness = { http = { port = 1, path = \"/a b\" } }",
            "begins with `/`",
        ),
        ("restart = { limit = 0 }", "from 1 to"),
        ("restart = { first-delay = \"0s\" }", "at least"),
        ("restart = { first-delay = \"2h\" }", "not shorter"),
        ("environment = { \"A=B\" = \"c\" }", "names without `=`"),
        ("environment = { A = 1 }", "a text in quotes"),
        ("after = \"php-fpm\"", "a list of texts"),
        ("after = [\"redis\"]", "no such service"),
        ("after = [\"a\"]", "after itself"),
        ("user = \"no-such-user\"", "/etc/passwd"),
    ] {
        let (message, _) = complaint(&format!("{WORKER}{line}\n"));
        assert!(message.contains(says), "{line}: {message}");
    }
    check_complaint(
        "[[service]]\nname = \"a\"\n",
        1,
        "`command` is missing",
        None,
    );
    check_complaint("[[service]]\nname = \"a b\"\n", 2, "`name` is wrong", None);
    check_complaint(
        "[[service]]\nname = \"a\"\ncommand = [\"b\"]\n",
        3,
        "absolute path",
        None,
    );
    check_complaint(
        "[[service]]\nname = \"a\"\ncommand = []\n",
        3,
        "absolute path",
        None,
    );
    check_complaint("service = 1\n", 1, "[[service]]", None);
    check_complaint("[[service]\n", 1, "", None);
    check_complaint(
        &format!("{WORKER}{WORKER}"),
        4,
        "two services `a`",
        Some("another name"),
    );
}

#[test]
fn of_nginx_and_php_fpm_only_what_is_safe_can_be_changed() {
    let allowed =
        "[[service]]\nname = \"php-fpm\"\nrestart = { limit = 50 }\nenvironment = { A = \"b\" }\n";
    assert_eq!(parsed(allowed).services[0].own, None);
    check_complaint(
        "[[service]]\nname = \"nginx\"\ncommand = [\"/bin/true\"]\n",
        1,
        "`command` of `nginx` cannot be changed",
        Some("start-timeout"),
    );
    check_complaint(
        "[[service]]\nname = \"nginx\"\nrestrat = {}\n",
        3,
        "unknown key",
        Some("`restart`"),
    );
}

#[test]
fn services_stand_behind_those_they_come_after_in_whatever_order_they_are_described() {
    let text = "[[service]]\nname = \"a\"\ncommand = [\"/a\"]\nafter = [\"b\", \"php-fpm\"]\n\
                [[service]]\nname = \"b\"\ncommand = [\"/b\"]\n";
    assert_eq!(
        added(text).unwrap()[2..],
        [("b", vec![]), ("a", vec![ServiceId(2), ServiceId(0)])]
    );
}

#[test]
fn nothing_essential_comes_after_what_may_never_be_ready() {
    let text = "[[service]]\nname = \"a\"\ncommand = [\"/a\"]\nafter = [\"b\"]\nessential = true\n\
                [[service]]\nname = \"b\"\ncommand = [\"/b\"]\n";
    check_complaint(
        text,
        1,
        "`a` is essential",
        Some("`essential = true` for `b`"),
    );
}

#[test]
fn circles_are_refused() {
    let text = "[[service]]\nname = \"a\"\ncommand = [\"/a\"]\nafter = [\"b\"]\n\
                [[service]]\nname = \"b\"\ncommand = [\"/b\"]\nafter = [\"a\"]\n";
    check_complaint(text, 1, "`a` comes after itself", None);
}

proptest! {
    #[test]
    fn a_file_that_is_damaged_anywhere_is_read_or_complained_about(
        place in any::<prop::sample::Index>(),
        damage in "[\\[\\]{}=\"'0-9a-z\\n#,. -]{0,8}",
    ) {
        let text = EVERYTHING.to_owned();
        let place = place.index(text.len());
        let damaged = format!("{}{damage}{}", &text[..place], &text[place..]);
        if let Err(FileError::Wrong { place, .. }) = parse(source(&damaged)) {
            prop_assert!(place.line <= damaged.matches('\n').count() + 1);
        }
    }
}
