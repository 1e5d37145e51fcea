//! The emulator on a network of Docker's, where tasks look for AWS: it listens on 127.0.0.1 only, so a container passes on
//! what it is sent to a socket in the file system, and a thread of the test from there to the emulator.

use std::{
    fs::{self, Permissions},
    io,
    net::{Shutdown, TcpStream},
    os::unix::{
        fs::PermissionsExt as _,
        net::{UnixListener, UnixStream},
    },
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::Result;
use tempfile::TempDir;

use crate::docker::{Container, Launch, Network};
use crate::image::Image;

/// Serves until dropped.
pub(super) struct Relay {
    container: Container,
    directory: TempDir,
    stopping: Arc<AtomicBool>,
}

impl Relay {
    /// On `port` of the network it is the emulator, which is on the same port of 127.0.0.1.
    pub(super) fn start(network: &Network, port: u16) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let socket = directory.path().join("aws");
        let listener = UnixListener::bind(&socket)?;
        for path in [directory.path(), &socket] {
            fs::set_permissions(path, Permissions::from_mode(0o777))?;
        }
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                thread::spawn(move || drop(pass(client, port)));
            }
        });
        let container = Launch::of(Image::LoadBalancer.tag()?)
            .network(network, "aws")
            .mount_writable(directory.path(), "/sockets")
            .file("/etc/nginx/load-balancer.conf", &configuration(port))
            .start()?;
        Ok(Self {
            container,
            directory,
            stopping,
        })
    }

    /// What Docker calls the container.
    pub(super) fn name(&self) -> &str {
        self.container.name()
    }

    fn socket(&self) -> impl AsRef<Path> {
        self.directory.path().join("aws")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the listener, which is waiting for a connection.
        drop(UnixStream::connect(self.socket()));
    }
}

/// Both directions, until both have ended.
fn pass(client: UnixStream, port: u16) -> io::Result<()> {
    let emulator = TcpStream::connect(("127.0.0.1", port))?;
    let (mut from_client, mut to_emulator) = (client.try_clone()?, emulator.try_clone()?);
    let upward = thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_emulator);
        let _ = to_emulator.shutdown(Shutdown::Write);
    });
    let (mut from_emulator, mut to_client) = (emulator, client);
    let _ = io::copy(&mut from_emulator, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Write);
    let _ = upward.join();
    Ok(())
}

fn configuration(port: u16) -> String {
    format!(
        "daemon off;\npid /run/nginx.pid;\nerror_log stderr notice;\nuser root;\n\
         events {{ worker_connections 512; }}\n\
         http {{ server {{ listen {port}; client_max_body_size 0; location / {{\n\
         proxy_http_version 1.1; proxy_set_header Host $http_host;\n\
         proxy_pass http://unix:/sockets/aws:; }} }} }}\n"
    )
}
