//! A server on 127.0.0.1 that serves files from memory and misbehaves on request: as a Debian mirror, as an archive of
//! old versions, as WordPress.org.
//!
//! It speaks as much HTTP/1.1 as a mirror must for whole files: GET, Content-Length, one request per connection.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, Result, ensure};

const PATIENCE: Duration = Duration::from_secs(10);

/// The files of an archive by their path below the archive's root, for example `dists/trixie/InRelease`; a question
/// mark and what follows is part of the path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What the server does to some of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Announces the whole length and closes the connection half way.
    Truncate,
    /// Does so for the first request only.
    TruncateOnce,
    /// Sends the right number of bytes, one of them wrong.
    Tamper,
}

/// Serves until dropped.
pub struct ArchiveServer {
    address: SocketAddr,
    behaviour: Arc<Behaviour>,
    stopping: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

struct Behaviour {
    files: RwLock<Files>,
    fault: Option<(&'static str, Fault)>,
    faults_made: AtomicU32,
    requests: Mutex<Vec<String>>,
}

impl ArchiveServer {
    pub fn serve(files: Files) -> Result<Self> {
        Self::start(files, None)
    }

    /// Serves with a fault in every file whose path contains `part`, of which there must be one.
    pub fn serve_with(files: Files, part: &'static str, fault: Fault) -> Result<Self> {
        ensure!(
            files.keys().any(|path| path.contains(part)),
            "no path of the archive contains `{part}`, so the fault would do nothing"
        );
        Self::start(files, Some((part, fault)))
    }

    /// The archive's root, as `--mirror` takes it.
    pub fn url(&self) -> String {
        format!("http://{}/debian", self.address)
    }

    /// The same files as an archive of old versions has them, at every time there is: `--snapshot` adds the time.
    pub fn snapshot_url(&self) -> String {
        format!("http://{}/snapshot/", self.address)
    }

    /// The address of one file.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}/{path}", self.url())
    }

    /// Serves other bytes at this path from now on.
    pub fn replace(&self, path: &str, contents: impl Into<Vec<u8>>) {
        let mut files = self.behaviour.files.write();
        let files = files.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut());
        files.insert(path.to_owned(), contents.into());
    }

    /// The paths that were asked for so far, in order.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.behaviour.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many answers were faulty so far.
    pub fn faults_made(&self) -> u32 {
        self.behaviour.faults_made.load(Ordering::Relaxed)
    }

    fn start(files: Files, fault: Option<(&'static str, Fault)>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let behaviour = Arc::new(Behaviour {
            files: RwLock::new(files),
            fault,
            faults_made: AtomicU32::new(0),
            requests: Mutex::default(),
        });
        let (stop, serving) = (Arc::clone(&stopping), Arc::clone(&behaviour));
        let listener = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let behaviour = Arc::clone(&serving);
                // A client that goes away early is the client's business.
                thread::spawn(move || drop(behaviour.answer(&stream)));
            }
        });
        Ok(Self {
            address,
            behaviour,
            stopping,
            listener: Some(listener),
        })
    }
}

impl Drop for ArchiveServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the listener, which is waiting for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Behaviour {
    fn answer(&self, mut stream: &TcpStream) -> Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(stream).lines();
        let request = lines.next().context("no request")??;
        while !lines.next().context("the request has no end")??.is_empty() {}

        let path = request.split(' ').nth(1).unwrap_or_default();
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(path.to_owned());
        let path = below_the_root(path).unwrap_or_default();
        let contents = {
            let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
            files.get(path).cloned()
        };
        let Some(contents) = contents else {
            stream.write_all(
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            )?;
            return Ok(());
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            contents.len()
        )?;
        stream.write_all(&self.damaged(path, contents))?;
        Ok(())
    }

    fn damaged(&self, path: &str, contents: Vec<u8>) -> Vec<u8> {
        let mut sent = contents;
        let Some((_, fault)) = self.fault.filter(|(part, _)| path.contains(part)) else {
            return sent;
        };
        let made_before = self.faults_made.fetch_add(1, Ordering::Relaxed);
        let middle = sent.len() / 2;
        match fault {
            Fault::TruncateOnce if made_before > 0 => {}
            Fault::Truncate | Fault::TruncateOnce => sent.truncate(middle),
            Fault::Tamper => sent[middle] ^= 1,
        }
        sent
    }
}

/// The path below the archive's root. The security suite of a mirror lies in a sibling directory; here it is the same
/// archive. A snapshot lies below its time.
fn below_the_root(path: &str) -> Option<&str> {
    let (snapshot, path) = match path.strip_prefix("/snapshot") {
        Some(rest) => (true, rest),
        None => (false, path),
    };
    let roots = ["/debian/", "/debian-security/"];
    let path = roots.iter().find_map(|root| path.strip_prefix(root))?;
    if snapshot {
        return path.split_once('/').map(|(_time, rest)| rest);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Client;

    fn files() -> Files {
        Files::from([("dists/x/Release".to_owned(), b"sixteen bytes ok".to_vec())])
    }

    #[test]
    fn a_whole_file_arrives_as_it_is_and_an_unknown_one_is_not_found() -> Result<()> {
        let server = ArchiveServer::serve(files())?;
        let client = Client::new(&server.url());
        assert_eq!(client.get("/dists/x/Release")?.body, b"sixteen bytes ok");
        assert_eq!(client.get("/dists/x/InRelease")?.status, 404);
        Ok(())
    }

    #[test]
    fn a_file_is_also_below_every_time_of_the_snapshots_and_may_be_replaced() -> Result<()> {
        let server = ArchiveServer::serve(files())?;
        server.replace("dists/x/Release", "other");
        let client = Client::new(&server.snapshot_url());
        let path = "/debian/20261121T122400Z/dists/x/Release";
        assert_eq!(client.get(path)?.text(), "other");
        assert_eq!(client.get("/debian/dists/x/Release")?.status, 404);
        assert_eq!(server.requests()[0], format!("/snapshot{path}"));
        Ok(())
    }

    #[test]
    fn a_tampered_file_differs_in_one_byte() -> Result<()> {
        let server = ArchiveServer::serve_with(files(), "Release", Fault::Tamper)?;
        let body = Client::new(&server.url()).get("/dists/x/Release")?.body;
        let sent = b"sixteen bytes ok";
        assert_eq!(
            body.iter()
                .zip(sent)
                .filter(|(left, right)| left != right)
                .count(),
            1
        );
        assert_eq!(body.len(), sent.len());
        Ok(())
    }

    #[test]
    fn a_truncated_file_breaks_off() -> Result<()> {
        let server = ArchiveServer::serve_with(files(), "Release", Fault::Truncate)?;
        assert!(Client::new(&server.url()).get("/dists/x/Release").is_err());
        Ok(())
    }
}
