//! Connections, the log of requests, and the script of faults.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::BufReader,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use wpimg_oci::digest::Digest;

use super::{
    Behaviour, Fault, routes,
    store::{Manifest, Store},
    wire::{Answer, Connection, Request},
};
use crate::reference::Repository;

/// A request as the registry saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub authorization: Option<String>,
    pub body_length: usize,
}

/// A running registry; it stops when it is dropped.
pub struct FakeRegistry {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    behaviour: Behaviour,
    base: String,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    store: Store,
    log: Vec<LoggedRequest>,
    faults: BTreeMap<usize, Fault>,
    every: Option<Fault>,
}

impl FakeRegistry {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has free ports");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            behaviour,
            base: format!("http://{address}"),
            inner: Mutex::default(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            task,
        }
    }

    /// Returns the host as references spell it.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn base(&self) -> &str {
        &self.shared.base
    }

    pub fn repository(&self, name: &str) -> Repository {
        let text = format!("{}/{name}", self.address);
        text.parse().expect("tests name repositories rightly")
    }

    /// Makes the request with this index, counted from now, go wrong.
    pub fn fail(&self, index: usize, fault: Fault) {
        let mut inner = self.inner();
        let index = inner.log.len() + index;
        inner.faults.insert(index, fault);
    }

    /// Makes every request from now on go wrong, or none.
    pub fn fail_always(&self, fault: Option<Fault>) {
        let mut inner = self.inner();
        inner.every = fault;
        inner.faults.clear();
    }

    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.inner().log.clone()
    }

    /// Forgets the requests so far, and faults to come.
    pub fn clear_log(&self) {
        let mut inner = self.inner();
        inner.log.clear();
        inner.faults.clear();
    }

    pub fn tag(&self, repository: &str, tag: &str) -> Option<Digest> {
        let inner = self.inner();
        inner
            .store
            .repositories
            .get(repository)?
            .tags
            .get(tag)
            .copied()
    }

    /// Says whether a tag or digest names an image of which nothing is missing or damaged.
    pub fn is_complete(&self, repository: &str, identifier: &str) -> bool {
        let inner = self.inner();
        let repository = inner.store.repositories.get(repository);
        repository.is_some_and(|repository| repository.is_complete(identifier))
    }

    pub fn blobs(&self, repository: &str) -> BTreeSet<Digest> {
        let inner = self.inner();
        let repository = inner.store.repositories.get(repository);
        repository
            .map(|known| known.blobs.keys().copied().collect())
            .unwrap_or_default()
    }

    pub fn put_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let mut inner = self.inner();
        let repository = inner
            .store
            .repositories
            .entry(repository.to_owned())
            .or_default();
        repository.blobs.insert(digest, bytes.to_vec());
        digest
    }

    /// Stores bytes under a digest that need not be theirs.
    pub fn put_lie(&self, repository: &str, digest: Digest, bytes: &[u8]) {
        let mut inner = self.inner();
        let repository = inner
            .store
            .repositories
            .entry(repository.to_owned())
            .or_default();
        repository.blobs.insert(digest, bytes.to_vec());
    }

    pub fn remove_blob(&self, repository: &str, digest: &Digest) {
        let mut inner = self.inner();
        if let Some(repository) = inner.store.repositories.get_mut(repository) {
            repository.blobs.remove(digest);
        }
    }

    /// Stores a document under a tag without looking at it.
    pub fn put_manifest(
        &self,
        repository: &str,
        tag: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Digest {
        let digest = Digest::of(bytes);
        let mut inner = self.inner();
        let repository = inner
            .store
            .repositories
            .entry(repository.to_owned())
            .or_default();
        let manifest = Manifest {
            media_type: media_type.to_owned(),
            bytes: bytes.to_vec(),
        };
        repository.manifests.insert(digest, manifest);
        repository.tags.insert(tag.to_owned(), digest);
        digest
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner()
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs a request and says what goes wrong with it.
    fn log(&self, request: &Request) -> Option<Fault> {
        let mut inner = self.inner();
        let index = inner.log.len();
        inner.log.push(LoggedRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            authorization: request.header("authorization").map(str::to_owned),
            body_length: request.length(),
        });
        inner.faults.remove(&index).or(inner.every)
    }
}

impl Drop for FakeRegistry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Ends with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        // A client that goes away in the middle is part of the tests.
        connections.spawn(async move { serve(stream, &shared).await.ok() });
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(mut request) = Request::read(&mut stream).await? {
        let fault = shared.log(&request);
        match exchange(shared, &mut stream, &mut request, fault).await? {
            Connection::Kept => {}
            Connection::Closed => return Ok(()),
            Connection::Reset => return stream.get_ref().set_zero_linger(),
        }
    }
    Ok(())
}

async fn exchange(
    shared: &Shared,
    stream: &mut BufReader<TcpStream>,
    request: &mut Request,
    fault: Option<Fault>,
) -> io::Result<Connection> {
    match fault {
        Some(Fault::Reset) => return Ok(Connection::Reset),
        Some(Fault::ResetInRequest) => {
            request.read_half(stream).await?;
            return Ok(Connection::Reset);
        }
        Some(Fault::StalledInRequest) => {
            request.read_half(stream).await?;
            // Long past any time-out of a test; the task ends with the server.
            tokio::time::sleep(Duration::from_mins(1)).await;
            return Ok(Connection::Closed);
        }
        _ => request.read_body(stream).await?,
    }
    let mut answer = match fault {
        Some(Fault::Status(status)) => Answer::error(status, code(status)),
        Some(Fault::RetryAfter) => Answer::error(429, code(429)).header("retry-after", &0),
        _ => {
            let mut inner = shared.inner();
            routes::answer(
                &shared.behaviour,
                &mut inner.store,
                request,
                &shared.base,
                fault,
            )
        }
    };
    if let Some(Fault::Status(401)) = fault {
        answer = answer.header("www-authenticate", r#"Basic realm="fake""#);
    }
    if request.method == "HEAD" {
        answer = answer.without_body();
    }
    match fault {
        Some(Fault::ResetAfterEffect) => return Ok(Connection::Reset),
        Some(Fault::WrongDigest) => answer.spoil_digest(),
        Some(Fault::WrongBody) => answer.spoil_body(),
        _ => {}
    }
    answer.write(stream, fault).await
}

fn code(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHORIZED",
        403 => "DENIED",
        404 => "UNSUPPORTED",
        429 => "TOOMANYREQUESTS",
        _ => "UNKNOWN",
    }
}
