//! A TCP proxy on 127.0.0.1 that counts the bytes which clients send.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use anyhow::{Context, Result};

const BUFFER: usize = 128 * 1024;

/// Passes on until dropped.
pub(crate) struct CountingProxy {
    address: SocketAddr,
    sent: Arc<AtomicU64>,
    stopping: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl CountingProxy {
    pub(crate) fn before(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let sent = Arc::new(AtomicU64::new(0));
        let stopping = Arc::new(AtomicBool::new(false));
        let (counter, stop) = (Arc::clone(&sent), Arc::clone(&stopping));
        let listener = thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let counter = Arc::clone(&counter);
                // A broken connection is for the client to report.
                thread::spawn(move || drop(pass_on(client, server, &counter)));
            }
        });
        Ok(Self {
            address,
            sent,
            stopping,
            listener: Some(listener),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes from clients since the last call: bodies, headers and all.
    pub(crate) fn take_sent(&self) -> u64 {
        self.sent.swap(0, Ordering::SeqCst)
    }
}

fn pass_on(client: TcpStream, server: SocketAddr, sent: &AtomicU64) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    // The pieces of a request must not wait for one another longer than without the proxy.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (answers, to_client) = (server.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || copy(answers, to_client, &AtomicU64::new(0)));
    let there = copy(client, server, sent);
    let _ = back.join();
    there
}

fn copy(mut from: TcpStream, mut to: TcpStream, counter: &AtomicU64) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    let result = loop {
        match from.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(length) => {
                counter.fetch_add(length as u64, Ordering::SeqCst);
                if let Err(error) = to.write_all(&buffer[..length]) {
                    break Err(error);
                }
            }
            Err(error) => break Err(error),
        }
    };
    // The other end may be gone already.
    let _ = to.shutdown(Shutdown::Write);
    result
}

impl Drop for CountingProxy {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the listener, which is waiting for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}
