//! One HTTP GET over a plain connection, bounded in time and size: ECS's metadata endpoint and nginx's own
//! status page. Both answer HTTP/1.0 by closing the connection, which is all the framing there is.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Many times what either of them answers.
const LARGEST_ANSWER: usize = 256 * 1024;

/// The body of `http://host[:port]/path`, if it is there within this time.
pub(crate) fn get_url(url: &str, patience: Duration) -> io::Result<Vec<u8>> {
    let end = Instant::now() + patience;
    let address = url
        .strip_prefix("http://")
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no http:// address"))?;
    let (host, path) = match address.find('/') {
        Some(slash) => address.split_at(slash),
        None => (address, "/"),
    };
    let with_port = match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => host.to_owned(),
        _ => format!("{host}:80"),
    };
    let nobody = || io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    let address = with_port.to_socket_addrs()?.next().ok_or_else(nobody)?;
    let stream = TcpStream::connect_timeout(&address, left(end)?)?;
    converse(stream, host, path, end)
}

/// The body of a page that somebody serves on a unix socket.
pub(crate) fn get_on_socket(socket: &Path, path: &str, patience: Duration) -> io::Result<Vec<u8>> {
    let end = Instant::now() + patience;
    converse(UnixStream::connect(socket)?, "localhost", path, end)
}

/// Everything that comes until the other side closes the connection or time is up.
pub(crate) fn read_all(mut stream: impl Timed, end: Instant) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        stream.limit(left(end)?)?;
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(answer),
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(error) => return Err(error),
        }
        if answer.len() > LARGEST_ANSWER {
            return Err(io::Error::other("the answer is too long"));
        }
    }
}

fn converse(mut stream: impl Timed, host: &str, path: &str, end: Instant) -> io::Result<Vec<u8>> {
    stream.limit(left(end)?)?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let answer = read_all(stream, end)?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let status = answer.split(|byte| *byte == b' ').nth(1);
    match (status, head) {
        (Some(b"200"), Some(head)) => Ok(answer[head + 4..].to_vec()),
        (Some(status), _) => Err(io::Error::other(format!(
            "it answered with status {}",
            String::from_utf8_lossy(status)
        ))),
        (None, _) => Err(io::Error::other("it answered nothing")),
    }
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// A connection whose reads and writes can be bounded.
pub(crate) trait Timed: Read + Write {
    fn limit(&self, patience: Duration) -> io::Result<()>;
}

impl Timed for TcpStream {
    fn limit(&self, patience: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(patience))?;
        self.set_write_timeout(Some(patience))
    }
}

impl Timed for UnixStream {
    fn limit(&self, patience: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(patience))?;
        self.set_write_timeout(Some(patience))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Asks a server that says this, whatever it is asked.
    fn asked(answer: &'static [u8], patience: Duration) -> io::Result<Vec<u8>> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v4/x?y", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let count = connection.read(&mut request).unwrap();
            assert!(request[..count].starts_with(b"GET /v4/x?y HTTP/1.0\r\nHost: 127.0.0.1:"));
            connection.write_all(answer).unwrap();
            // Holds the connection open until the other side has given up on an answer that never ends.
            if answer.is_empty() {
                let _ = connection.read(&mut request);
            }
        });
        let body = get_url(&url, patience);
        server.join().unwrap();
        body
    }

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn the_body_is_what_follows_the_headers() {
        let body = asked(b"HTTP/1.0 200 OK\r\nContent-Type: x\r\n\r\n{\"a\":1}", LONG).unwrap();
        assert_eq!(body, b"{\"a\":1}");
    }

    #[test]
    fn another_status_is_an_error_that_says_which() {
        let error = asked(b"HTTP/1.1 404 Not Found\r\n\r\n", LONG).unwrap_err();
        assert!(error.to_string().contains("404"), "{error}");
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let error = asked(b"", Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn an_address_of_another_kind_is_refused() {
        for url in ["https://127.0.0.1/", "", "http://"] {
            assert!(get_url(url, LONG).is_err(), "{url}");
        }
    }
}
