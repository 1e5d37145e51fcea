//! Visitors who never stop asking: each request on a connection of its own, each connection accounted for.
//!
//! A connection that is refused was never promised anything; one that was accepted and not answered is lost.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Result, anyhow};

/// Whom visitors ask for where nothing else is said.
const HOST: &str = "site.example";
const VISITORS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(30);
/// A stopped container leaves nobody who would refuse.
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);
/// Refusals come at once; asking again without a pause would only heat the machine.
const PAUSE: Duration = Duration::from_millis(2);

/// Requests that go on until `finish`.
pub struct Load {
    stopping: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    visitors: Vec<JoinHandle<Report>>,
}

/// What became of the requests.
#[derive(Debug, Default)]
pub struct Report {
    pub answered: usize,
    pub refused: usize,
    /// One line for each accepted connection that did not get the expected answer.
    pub lost: Vec<String>,
}

impl Load {
    /// Asks for `path` until told to stop; an answer counts when its status is 200 and its body contains `expected`.
    pub fn start(address: SocketAddr, path: &str, expected: &str) -> Self {
        Self::start_at(address, HOST, path, expected)
    }

    /// The same at a server that knows several hosts.
    pub fn start_at(address: SocketAddr, host: &str, path: &str, expected: &str) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicUsize::new(0));
        let visitors = (0..VISITORS).map(|_| {
            let (stopping, answered) = (Arc::clone(&stopping), Arc::clone(&answered));
            let (host, path) = (host.to_owned(), path.to_owned());
            let expected = expected.to_owned();
            thread::spawn(move || {
                let mut report = Report::default();
                while !stopping.load(Ordering::Relaxed) {
                    if report.visit(address, (&host, &path), &expected) == Visit::Answered {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
                report
            })
        });
        let visitors = visitors.collect();
        Self {
            stopping,
            answered,
            visitors,
        }
    }

    /// How many requests have been answered so far.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Lets every visitor end the visit it is on.
    pub fn finish(mut self) -> Result<Report> {
        self.stopping.store(true, Ordering::Relaxed);
        let mut total = Report::default();
        for visitor in self.visitors.drain(..) {
            let report = visitor.join().map_err(|_| anyhow!("a visitor panicked"))?;
            total.answered += report.answered;
            total.refused += report.refused;
            total.lost.extend(report.lost);
        }
        Ok(total)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// How one visit ended.
#[derive(PartialEq, Eq)]
enum Visit {
    Answered,
    Refused,
    Lost,
}

impl Report {
    fn visit(&mut self, address: SocketAddr, wanted: (&str, &str), expected: &str) -> Visit {
        let Ok(stream) = TcpStream::connect_timeout(&address, CONNECT_PATIENCE) else {
            self.refused += 1;
            thread::sleep(PAUSE);
            return Visit::Refused;
        };
        self.lost.push(match ask(stream, wanted) {
            Ok(answer) if answer.starts_with("HTTP/1.1 200") && answer.contains(expected) => {
                self.answered += 1;
                return Visit::Answered;
            }
            Ok(answer) => format!("answered `{}`", answer.lines().next().unwrap_or_default()),
            Err(error) => error.to_string(),
        });
        Visit::Lost
    }
}

fn ask(stream: TcpStream, (host, path): (&str, &str)) -> io::Result<String> {
    Question::put(stream, host, path)?.answer()
}

/// A request that has been sent and waits for its answer.
pub struct Question(TcpStream);

impl Question {
    /// Connects and sends the request; returns before it is answered.
    pub fn ask(address: SocketAddr, path: &str) -> io::Result<Self> {
        Self::ask_for(address, HOST, path)
    }

    /// The same of a server that knows several hosts.
    pub fn ask_for(address: SocketAddr, host: &str, path: &str) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, CONNECT_PATIENCE)?;
        Self::put(stream, host, path)
    }

    fn put(mut stream: TcpStream, host: &str, path: &str) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )?;
        Ok(Self(stream))
    }

    /// Waits for the whole answer, head included.
    pub fn answer(mut self) -> io::Result<String> {
        let mut answer = Vec::new();
        self.0.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
