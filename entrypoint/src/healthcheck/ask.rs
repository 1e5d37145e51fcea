//! One question, one answer, one deadline: a blocking client for a process that has nothing else to do.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZero;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use thiserror::Error;

/// The answers we wait for fit many times over.
const LARGEST_ANSWER: usize = 64 * 1024;

pub(super) enum Socket<'a> {
    Loopback(NonZero<u16>),
    Unix(&'a Path),
}

#[derive(Debug, Error)]
pub(super) enum AskError {
    #[error("cannot connect: {0}")]
    Connect(io::Error),
    #[error("no answer in time")]
    TooLate,
    #[error("the answer breaks off: {0}")]
    Broken(io::Error),
    #[error("the answer does not end")]
    Endless,
}

/// Sends `request`, and reads until the other side closes or the answer `is_complete`.
pub(super) fn ask(
    socket: &Socket<'_>,
    request: &[u8],
    deadline: Instant,
    is_complete: impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, AskError> {
    match socket {
        Socket::Loopback(port) => {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.get()));
            let stream = TcpStream::connect_timeout(&address, left(deadline)?);
            let stream = stream.map_err(AskError::Connect)?;
            let patience = |left| {
                stream.set_write_timeout(Some(left))?;
                stream.set_read_timeout(Some(left))
            };
            exchange(&stream, patience, request, deadline, is_complete)
        }
        // Connecting to a unix socket fails at once when nobody listens or the queue is full.
        Socket::Unix(path) => {
            let stream = UnixStream::connect(path).map_err(AskError::Connect)?;
            let patience = |left| {
                stream.set_write_timeout(Some(left))?;
                stream.set_read_timeout(Some(left))
            };
            exchange(&stream, patience, request, deadline, is_complete)
        }
    }
}

fn exchange(
    mut stream: impl Read + Write,
    patience: impl Fn(Duration) -> io::Result<()>,
    request: &[u8],
    deadline: Instant,
    is_complete: impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, AskError> {
    patience(left(deadline)?).map_err(AskError::Broken)?;
    stream.write_all(request).map_err(broken)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        patience(left(deadline)?).map_err(AskError::Broken)?;
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(answer),
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(broken(error)),
        }
        if is_complete(&answer) {
            return Ok(answer);
        }
        if answer.len() > LARGEST_ANSWER {
            return Err(AskError::Endless);
        }
    }
}

fn left(deadline: Instant) -> Result<Duration, AskError> {
    let left = deadline.saturating_duration_since(Instant::now());
    // Zero would mean to wait for ever.
    if left.is_zero() {
        Err(AskError::TooLate)
    } else {
        Ok(left)
    }
}

fn broken(error: io::Error) -> AskError {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => AskError::TooLate,
        _ => AskError::Broken(error),
    }
}
