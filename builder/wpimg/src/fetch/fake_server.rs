//! A small HTTP/1.1 server on 127.0.0.1 that misbehaves on request.
//!
//! Each path has a list of replies; every request takes the next one and the last one repeats. It
//! stops when it is dropped.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::Url;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// 200 with all of the body.
    Whole(Vec<u8>),
    /// 200, but only so many bytes of the body before the connection is closed.
    Truncated(Vec<u8>, usize),
    /// 200 without a length: the end of the connection is the end of the body.
    UntilClose(Vec<u8>),
    /// This status line and these header lines, without a body.
    Status(&'static str, &'static str),
    /// The connection is torn down without an answer.
    Reset,
    /// 200 with all of the body, after a pause in which other requests may arrive.
    Slow(Vec<u8>),
}

#[derive(Default)]
struct Observed {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// A running server.
pub(super) struct FakeServer {
    address: std::net::SocketAddr,
    observed: Arc<Observed>,
    task: JoinHandle<()>,
}

type Script = Arc<Mutex<HashMap<String, Vec<Reply>>>>;

impl FakeServer {
    pub(super) async fn start(replies: &[(&str, &[Reply])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = replies
            .iter()
            .map(|(path, list)| ((*path).to_owned(), list.to_vec()));
        let script: Script = Arc::new(Mutex::new(script.collect()));
        let observed = Arc::new(Observed::default());
        let task = tokio::spawn(accept(listener, script, Arc::clone(&observed)));
        Self {
            address,
            observed,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// Every request so far: its first line and its headers.
    pub(super) fn requests(&self) -> Vec<String> {
        self.observed.requests.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.observed.connections.load(Ordering::SeqCst)
    }

    pub(super) fn most_requests_at_once(&self) -> usize {
        self.observed.most_at_once.load(Ordering::SeqCst)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, script: Script, observed: Arc<Observed>) {
    while let Ok((stream, _)) = listener.accept().await {
        observed.connections.fetch_add(1, Ordering::SeqCst);
        let (script, observed) = (Arc::clone(&script), Arc::clone(&observed));
        // A client that goes away in the middle is part of the tests.
        tokio::spawn(async move { serve(stream, &script, &observed).await.ok() });
    }
}

async fn serve(mut stream: TcpStream, script: &Script, observed: &Observed) -> io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        observed.requests.lock().unwrap().push(request);
        let at_once = observed.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        observed.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        let outcome = answer(&mut stream, next_reply(script, &path)).await;
        observed.at_once.fetch_sub(1, Ordering::SeqCst);
        if !outcome? {
            break;
        }
    }
    Ok(())
}

fn next_reply(script: &Script, path: &str) -> Reply {
    let mut script = script.lock().unwrap();
    match script.get_mut(path) {
        Some(replies) if replies.len() > 1 => replies.remove(0),
        Some(replies) => replies[0].clone(),
        None => Reply::Status("404 Not Found", ""),
    }
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Says whether the connection stays open.
async fn answer(stream: &mut TcpStream, reply: Reply) -> io::Result<bool> {
    match reply {
        Reply::Whole(body) => whole(stream, "", &body).await,
        Reply::Slow(body) => {
            tokio::time::sleep(Duration::from_millis(30)).await;
            whole(stream, "", &body).await
        }
        Reply::Truncated(body, sent) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body[..sent]).await?;
            Ok(false)
        }
        Reply::UntilClose(body) => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                .await?;
            stream.write_all(&body).await?;
            Ok(false)
        }
        Reply::Status(status, headers) => {
            let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n");
            // A 304 has no body whatever its length says.
            stream.write_all(head.as_bytes()).await?;
            Ok(true)
        }
        Reply::Reset => {
            stream.set_zero_linger()?;
            Ok(false)
        }
    }
}

async fn whole(stream: &mut TcpStream, headers: &str, body: &[u8]) -> io::Result<bool> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    Ok(true)
}
