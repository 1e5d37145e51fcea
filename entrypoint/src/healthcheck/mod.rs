//! `wpimg-init healthcheck`: asks nginx and php-fpm themselves, so that the image needs no curl for it.
//!
//! ECS heeds the health check of the task definition only, not the image's: `["CMD", "/usr/bin/wpimg-init",
//! "healthcheck"]`. Silent when all is well; one line of reason otherwise.

mod ask;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::readiness::fastcgi;
use crate::settings::{self, Environment, SettingsError};
use crate::setup::{DATABASE_PAGE, FPM_SOCKET, PING_PATH, runtime_directories};
use ask::{AskError, Socket};
use wpimg_report::Report;

/// For everything together. ECS kills a check after five seconds unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(4);

/// What to ask beyond whether nginx and php-fpm live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Questions {
    /// Whether visitors may come: also false while the container starts or drains.
    pub(crate) ready: bool,
    /// Whether WordPress can use its database.
    pub(crate) database: bool,
}

#[derive(Debug, Error)]
enum Unhealthy {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("nginx at port {port}: {reason}")]
    Nginx {
        port: NonZero<u16>,
        reason: AskError,
    },
    #[error("`{path}` answers {answer}")]
    Page { path: &'static str, answer: String },
    #[error("php-fpm at `{socket}`: {reason}")]
    Fpm { socket: PathBuf, reason: AskError },
    #[error("php-fpm at `{socket}` does not answer its ping with pong")]
    NoPong { socket: PathBuf },
    #[error("the database cannot be used: {answer}")]
    Database { answer: String },
}

pub(crate) fn check(
    questions: Questions,
    environment: &Environment,
    report: &mut Report,
) -> ExitCode {
    match ask_all(questions, environment, Instant::now() + PATIENCE) {
        Ok(()) => ExitCode::Success,
        Err(error) => {
            report.message(&error);
            match error {
                Unhealthy::Settings(_) => ExitCode::Configuration,
                Unhealthy::Nginx { .. }
                | Unhealthy::Page { .. }
                | Unhealthy::Fpm { .. }
                | Unhealthy::NoPong { .. }
                | Unhealthy::Database { .. } => ExitCode::NotHealthy,
            }
        }
    }
}

fn ask_all(
    questions: Questions,
    environment: &Environment,
    deadline: Instant,
) -> Result<(), Unhealthy> {
    let port = settings::http_port(environment)?;
    let path = if questions.ready {
        "/readyz"
    } else {
        "/healthz"
    };
    page(port, path, deadline)?;
    let directories = runtime_directories(settings::run_directory(environment)?);
    let sockets = directories
        .iter()
        .map(|directory| directory.join(FPM_SOCKET));
    let socket = sockets
        .clone()
        .find(|socket| socket.exists())
        .or_else(|| sockets.clone().next());
    let socket = socket.unwrap_or_default();
    ping(&socket, deadline)?;
    if questions.database {
        database(&socket, deadline)?;
    }
    Ok(())
}

fn page(port: NonZero<u16>, path: &'static str, deadline: Instant) -> Result<(), Unhealthy> {
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    let answer = ask::ask(
        &Socket::Loopback(port),
        request.as_bytes(),
        deadline,
        |_| false,
    );
    let answer = answer.map_err(|reason| Unhealthy::Nginx { port, reason })?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    let status = status
        .split_once(' ')
        .map_or("nothing", |(_, status)| status);
    if status.starts_with("200") {
        return Ok(());
    }
    let answer = match body.lines().next() {
        // A page of nginx's own says no more than its status.
        Some(reason) if !reason.starts_with('<') => format!("{status}: {reason}"),
        Some(_) | None => status.to_owned(),
    };
    Err(Unhealthy::Page { path, answer })
}

fn ping(socket: &Path, deadline: Instant) -> Result<(), Unhealthy> {
    let output = fastcgi_page(socket, PING_PATH, deadline)?;
    if output.ends_with(b"\r\n\r\npong") {
        return Ok(());
    }
    let socket = socket.to_owned();
    Err(Unhealthy::NoPong { socket })
}

/// The image's own script answers 200, or another status with the reason in its first line.
fn database(socket: &Path, deadline: Instant) -> Result<(), Unhealthy> {
    let output = fastcgi_page(socket, DATABASE_PAGE, deadline)?;
    let output = String::from_utf8_lossy(&output);
    let (head, body) = output.split_once("\r\n\r\n").unwrap_or((&output, ""));
    // CGI: without a status it is 200 (RFC 3875, 6.3.3).
    let status = head.lines().find_map(|line| line.strip_prefix("Status: "));
    match status {
        None if !head.is_empty() => Ok(()),
        Some(status) if status.starts_with("200") => Ok(()),
        Some(_) | None => {
            let answer = body.lines().next().unwrap_or("no answer").to_owned();
            Err(Unhealthy::Database { answer })
        }
    }
}

fn fastcgi_page(socket: &Path, path: &str, deadline: Instant) -> Result<Vec<u8>, Unhealthy> {
    let answer = ask::ask(
        &Socket::Unix(socket),
        &fastcgi::get(path),
        deadline,
        fastcgi::is_complete,
    );
    match answer {
        Ok(answer) => Ok(fastcgi::output(&answer)),
        Err(reason) => {
            let socket = socket.to_owned();
            Err(Unhealthy::Fpm { socket, reason })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// Says this to the first who asks.
    fn answer(mut connection: impl Read + Write, answer: &[u8]) {
        let mut request = [0; 512];
        assert!(connection.read(&mut request).unwrap() > 0);
        connection.write_all(answer).unwrap();
    }

    fn fastcgi_answer(body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).unwrap();
        let head = [1, 6, 0, 1, 0, length, 0, 0];
        let end = [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        [&head[..], body, &end].concat()
    }

    /// What the check says about an nginx and a php-fpm with these answers.
    fn checked(
        questions: Questions,
        http: &'static [u8],
        fpm: &[&'static [u8]],
    ) -> Result<(), String> {
        let directory = tempfile::tempdir().unwrap();
        let nginx = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = nginx.local_addr().unwrap().port().to_string();
        let php = UnixListener::bind(directory.path().join(FPM_SOCKET)).unwrap();
        let environment = [
            ("WPIMG_HTTP_PORT", port.as_str()),
            ("WPIMG_RUN_DIR", directory.path().to_str().unwrap()),
        ]
        .into();
        let pages: Vec<_> = fpm.iter().map(|body| fastcgi_answer(body)).collect();
        thread::spawn(move || answer(nginx.accept().unwrap().0, http));
        thread::spawn(move || {
            for page in pages {
                answer(php.accept().unwrap().0, &page);
            }
        });
        ask_all(questions, &environment, Instant::now() + PATIENCE)
            .map_err(|error| error.to_string())
    }

    const PONG: &[u8] = b"Content-type: text/plain\r\n\r\npong";
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nok\n";

    #[test]
    fn an_nginx_and_a_php_fpm_that_answer_are_healthy() {
        assert_eq!(checked(Questions::default(), OK, &[PONG]), Ok(()));
    }

    #[test]
    fn a_page_that_fails_is_told_with_its_reason() {
        let draining = b"HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\ndraining\n";
        let ready = Questions {
            ready: true,
            ..Questions::default()
        };
        assert_eq!(
            checked(ready, draining, &[PONG]),
            Err("`/readyz` answers 503 Service Unavailable: draining".to_owned())
        );
        assert_eq!(
            checked(
                Questions::default(),
                b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>",
                &[]
            ),
            Err("`/healthz` answers 502 Bad Gateway".to_owned())
        );
    }

    #[test]
    fn a_php_fpm_that_says_something_else_is_not_healthy() {
        let message = checked(Questions::default(), OK, &[b"Status: 404\r\n\r\n"]).unwrap_err();
        assert!(
            message.ends_with("does not answer its ping with pong"),
            "{message}"
        );
    }

    #[test]
    fn the_database_is_asked_on_request_and_its_reason_told() {
        let questions = Questions {
            database: true,
            ..Questions::default()
        };
        let good: &[u8] = b"Content-type: text/plain\r\n\r\nok\n";
        assert_eq!(checked(questions, OK, &[PONG, good]), Ok(()));
        let bad: &[u8] = b"Status: 503 Service Unavailable\r\n\r\naccess denied\n";
        assert_eq!(
            checked(questions, OK, &[PONG, bad]),
            Err("the database cannot be used: access denied".to_owned())
        );
    }

    #[test]
    fn nobody_there_is_told_by_port_and_by_socket() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FPM_SOCKET), "").unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port().to_string();
        drop(free);
        let environment = [
            ("WPIMG_HTTP_PORT", port.as_str()),
            ("WPIMG_RUN_DIR", directory.path().to_str().unwrap()),
        ]
        .into();
        let deadline = Instant::now() + PATIENCE;
        let nginx = ask_all(Questions::default(), &environment, deadline)
            .unwrap_err()
            .to_string();
        assert!(
            nginx.starts_with(&format!("nginx at port {port}: ")),
            "{nginx}"
        );
        let fpm = ping(&directory.path().join(FPM_SOCKET), deadline)
            .unwrap_err()
            .to_string();
        assert!(fpm.starts_with("php-fpm at `"), "{fpm}");
    }

    #[test]
    fn a_service_that_accepts_and_says_nothing_is_not_waited_for_beyond_the_deadline() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = NonZero::new(silent.local_addr().unwrap().port()).unwrap();
        let deadline = Instant::now() + Duration::from_millis(20);
        let message = page(port, "/healthz", deadline).unwrap_err().to_string();
        assert!(message.ends_with("no answer in time"), "{message}");
    }
}
