//! One readiness check in progress.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, SockaddrIn, UnixAddr, connect, getsockopt, recv,
    send, socket, sockopt,
};

use super::fastcgi;
use crate::process::CommandLine;

/// How long to wait before asking again a service that does not listen yet.
pub(crate) const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// The answers we wait for fit many times over.
const LARGEST_ANSWER: usize = 4096;

/// What to ask, and whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// php-fpm's ping page, which a worker answers.
    FastCgiPing { socket: PathBuf, path: String },
    /// A page that must answer 200, on the loopback interface.
    HttpOk { port: u16, path: String },
    /// A port of the loopback interface that must accept a connection.
    TcpConnect { port: u16 },
    /// A program that must exit with 0; whoever runs it has to wait for it, so it is none of a [`Probe`]'s.
    Exec(CommandLine),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    NotYet,
}

/// A check and the connection of its current attempt.
#[derive(Debug)]
pub(crate) struct Probe {
    check: Check,
    attempt: Option<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    connection: OwnedFd,
    sent: bool,
    answer: Vec<u8>,
}

impl Probe {
    pub(crate) fn new(check: Check) -> Self {
        Self {
            check,
            attempt: None,
        }
    }

    /// Readable when an answer may have come. Until there is a connection only time helps.
    pub(crate) fn connection(&self) -> Option<BorrowedFd<'_>> {
        self.attempt
            .as_ref()
            .filter(|attempt| attempt.sent)
            .map(|a| a.connection.as_fd())
    }

    /// Goes as far as is possible without waiting. A refused or broken attempt is simply over; the
    /// next call begins another.
    pub(crate) fn advance(&mut self) -> Readiness {
        if self.attempt.is_none() {
            self.attempt = self.check.begin().ok();
        }
        match self
            .attempt
            .as_mut()
            .map(|attempt| attempt.advance(&self.check))
        {
            Some(Ok(readiness)) => readiness,
            Some(Err(_)) | None => {
                self.attempt = None;
                Readiness::NotYet
            }
        }
    }
}

impl Attempt {
    fn advance(&mut self, check: &Check) -> Result<Readiness, Errno> {
        let connection = self.connection.as_raw_fd();
        if let Check::TcpConnect { .. } = check {
            return is_connected(&self.connection);
        }
        if !self.sent {
            match send(connection, &check.request(), MsgFlags::MSG_NOSIGNAL) {
                // The request is smaller than any socket buffer, so it goes whole or not at all.
                Ok(_) => self.sent = true,
                // Still connecting.
                Err(Errno::EAGAIN | Errno::ENOTCONN) => return Ok(Readiness::NotYet),
                Err(error) => return Err(error),
            }
        }
        let mut buffer = [0; 1024];
        loop {
            match recv(connection, &mut buffer, MsgFlags::empty()) {
                Ok(0) => return Err(Errno::ECONNRESET),
                Ok(count) => self.answer.extend_from_slice(&buffer[..count]),
                Err(Errno::EAGAIN) => return Ok(Readiness::NotYet),
                Err(error) => return Err(error),
            }
            if check.is_satisfied_by(&self.answer) {
                return Ok(Readiness::Ready);
            }
            if self.answer.len() > LARGEST_ANSWER {
                return Err(Errno::EMSGSIZE);
            }
        }
    }
}

impl Check {
    fn begin(&self) -> io::Result<Attempt> {
        let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
        let open = |family| socket(family, SockType::Stream, flags, None);
        let (connection, connected) = match self {
            Self::FastCgiPing { socket, .. } => {
                let connection = open(AddressFamily::Unix)?;
                let connected = connect(connection.as_raw_fd(), &UnixAddr::new(socket)?);
                (connection, connected)
            }
            Self::HttpOk { port, .. } | Self::TcpConnect { port } => {
                let connection = open(AddressFamily::Inet)?;
                let address = SockaddrIn::new(127, 0, 0, 1, *port);
                let connected = connect(connection.as_raw_fd(), &address);
                (connection, connected)
            }
            Self::Exec(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        match connected {
            Ok(()) | Err(Errno::EINPROGRESS) => Ok(Attempt {
                connection,
                sent: false,
                answer: Vec::new(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    fn request(&self) -> Vec<u8> {
        match self {
            Self::FastCgiPing { path, .. } => fastcgi::get(path),
            Self::HttpOk { path, .. } => {
                format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").into_bytes()
            }
            Self::TcpConnect { .. } | Self::Exec(_) => Vec::new(),
        }
    }

    fn is_satisfied_by(&self, answer: &[u8]) -> bool {
        match self {
            Self::FastCgiPing { .. } => fastcgi::output(answer).ends_with(b"\r\n\r\npong"),
            Self::HttpOk { .. } => {
                answer.starts_with(b"HTTP/1.1 200 ") || answer.starts_with(b"HTTP/1.0 200 ")
            }
            Self::TcpConnect { .. } | Self::Exec(_) => false,
        }
    }
}

/// Whether a connection that was begun without waiting stands.
fn is_connected(connection: &OwnedFd) -> Result<Readiness, Errno> {
    let mut writable = [PollFd::new(connection.as_fd(), PollFlags::POLLOUT)];
    if poll(&mut writable, PollTimeout::ZERO)? == 0 {
        return Ok(Readiness::NotYet);
    }
    match getsockopt(connection, sockopt::SocketError)? {
        0 => Ok(Readiness::Ready),
        error => Err(Errno::from_raw(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    fn wait(probe: &mut Probe) {
        while probe.advance() == Readiness::NotYet {
            thread::sleep(RETRY_INTERVAL);
        }
    }

    #[test]
    fn a_ping_is_ready_only_once_a_worker_says_pong() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("fpm.sock");
        let mut probe = Probe::new(Check::FastCgiPing {
            socket: socket.clone(),
            path: "/ping".into(),
        });
        assert_eq!(probe.advance(), Readiness::NotYet, "no socket yet");

        let listener = UnixListener::bind(&socket).unwrap();
        assert_eq!(
            probe.advance(),
            Readiness::NotYet,
            "nobody has answered yet"
        );
        let server = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 256];
            assert!(connection.read(&mut request).unwrap() > 0);
            let body = b"Content-type: text/plain\r\n\r\npong";
            let length = u8::try_from(body.len()).unwrap();
            connection
                .write_all(&[1, 6, 0, 1, 0, length, 0, 0])
                .unwrap();
            connection.write_all(body).unwrap();
        });
        wait(&mut probe);
        server.join().unwrap();
    }

    #[test]
    fn a_port_is_ready_once_somebody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        wait(&mut Probe::new(Check::TcpConnect { port }));
        drop(listener);
        let mut closed = Probe::new(Check::TcpConnect { port });
        assert_eq!(closed.advance(), Readiness::NotYet);
        assert_eq!(closed.advance(), Readiness::NotYet);
    }

    #[test]
    fn a_page_that_answers_503_is_asked_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut probe = Probe::new(Check::HttpOk {
            port,
            path: "/healthz".into(),
        });
        let server = thread::spawn(move || {
            for answer in ["HTTP/1.1 503 Not yet\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
                let (mut connection, _) = listener.accept().unwrap();
                let mut request = [0; 256];
                assert!(connection.read(&mut request).unwrap() > 0);
                connection.write_all(answer.as_bytes()).unwrap();
            }
        });
        wait(&mut probe);
        server.join().unwrap();
    }
}
