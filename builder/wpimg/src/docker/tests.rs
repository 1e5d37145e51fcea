//! The daemon's part is played by a socket with prepared answers.

use std::{
    io::{ErrorKind, Write as _},
    path::Path,
    sync::{Arc, Mutex},
};

use futures_util::TryStreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};

use super::{Daemon, DockerError, loaded_image, pipe, split_tag};
use crate::{
    error_report::{Failure, Hint as _},
    settings::DockerHost,
};

type Seen = Arc<Mutex<Vec<String>>>;

/// Answers the three requests of a load, one connection each, and records them.
fn start_daemon(socket: &Path, load_answer: &'static str) -> Seen {
    let listener = UnixListener::bind(socket).unwrap();
    let seen = Seen::default();
    let record = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let record = Arc::clone(&record);
            tokio::spawn(async move { answer(stream, load_answer, &record).await.ok() });
        }
    });
    seen
}

async fn answer(mut stream: UnixStream, load: &str, seen: &Seen) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    let line = request.lines().next().unwrap_or_default().to_owned();
    let body = if line.contains("/version") {
        r#"{"ApiVersion":"1.41"}"#
    } else if line.contains("/images/load") {
        load
    } else {
        ""
    };
    seen.lock().unwrap().push(request);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

/// Reads the head and, when chunked, the whole body.
async fn read_request(stream: &mut UnixStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        let chunked = text.contains("transfer-encoding: chunked");
        if text.contains("\r\n\r\n") && (!chunked || text.ends_with("0\r\n\r\n")) {
            return Ok(text.into_owned());
        }
        let mut more = [0; 4096];
        let length = stream.read(&mut more).await?;
        if length == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&more[..length]);
    }
}

fn host(socket: &Path) -> DockerHost {
    DockerHost(Some(format!("unix://{}", socket.display())))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_streamed_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("docker.sock");
    let seen = start_daemon(
        &socket,
        "{\"stream\":\"Loaded image ID: sha256:9f2c\\n\"}\r\n",
    );
    let daemon = Daemon::connect(&host(&socket)).await.unwrap();
    let (mut writer, chunks) = pipe();
    let producer = tokio::task::spawn_blocking(move || {
        writer.write_all(b"the archive").unwrap();
        writer.finish().unwrap();
    });
    let tags = ["registry.example:5000/shop:6.8".to_owned()];
    assert_eq!(daemon.load(chunks, &tags).await.unwrap(), "sha256:9f2c");
    producer.await.unwrap();
    let seen = seen.lock().unwrap();
    let load = seen
        .iter()
        .find(|request| request.contains("/images/load"))
        .unwrap();
    assert!(load.contains("the archive"), "{load}");
    let tag = seen
        .iter()
        .find(|request| request.contains("/tag"))
        .unwrap();
    assert!(
        tag.contains("repo=registry.example%3A5000%2Fshop") && tag.contains("tag=6.8"),
        "{tag}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_by_the_daemon_is_passed_on() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("docker.sock");
    let refusal = r#"{"errorDetail":{"message":"no space left"},"error":"no space left"}"#;
    start_daemon(&socket, refusal);
    let daemon = Daemon::connect(&host(&socket)).await.unwrap();
    let (writer, chunks) = pipe();
    tokio::task::spawn_blocking(move || writer.finish().unwrap());
    let error = daemon.load(chunks, &[]).await.unwrap_err();
    assert!(Failure::from(error).render().contains("no space left"));
}

#[tokio::test]
async fn without_a_daemon_the_socket_and_the_reason_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("docker.sock");
    let error = Daemon::connect(&host(&socket)).await.unwrap_err();
    assert!(error.hint().unwrap().contains("systemctl start docker"));
    let text = Failure::from(error).render();
    assert!(text.contains(&socket.display().to_string()), "{text}");
    assert!(
        text.contains("No such file or directory (os error 2)"),
        "{text}"
    );
}

#[tokio::test]
async fn an_ssh_host_is_refused_with_an_alternative() {
    let host = DockerHost(Some("ssh://build.example".to_owned()));
    let error = Daemon::connect(&host).await.unwrap_err();
    assert!(matches!(error, DockerError::UnsupportedHost { .. }));
    assert!(error.hint().unwrap().contains("ssh -L"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_passes_everything_on_in_order() {
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let (mut writer, chunks) = pipe();
    let sent = bytes.clone();
    let producer = tokio::task::spawn_blocking(move || {
        writer.write_all(&sent).unwrap();
        writer.finish().unwrap();
    });
    let received: Vec<_> = chunks.try_collect().await.unwrap();
    producer.await.unwrap();
    assert!(received.concat() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_pipe_fails_at_the_other_end() {
    let (mut writer, chunks) = pipe();
    tokio::task::spawn_blocking(move || writer.write_all(b"half").unwrap())
        .await
        .unwrap();
    let error = chunks.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn both_wordings_of_the_daemon_are_understood() {
    assert_eq!(
        loaded_image("Loaded image: shop:6.8\n").as_deref(),
        Some("shop:6.8")
    );
    let layered = "Loading layer\nLoaded image ID: sha256:9f2c\n";
    assert_eq!(loaded_image(layered).as_deref(), Some("sha256:9f2c"));
    assert_eq!(loaded_image("error"), None);
}

#[test]
fn a_registrys_port_is_not_a_tag() {
    assert_eq!(split_tag("shop:6.8"), ("shop", "6.8"));
    assert_eq!(split_tag("shop"), ("shop", "latest"));
    assert_eq!(
        split_tag("registry.example:5000/shop"),
        ("registry.example:5000/shop", "latest")
    );
}
