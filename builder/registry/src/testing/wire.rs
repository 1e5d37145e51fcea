//! HTTP/1.1 on a socket: one request in, one answer out.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::sleep,
};

use super::Fault;

/// A request, with its body.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// A HEAD has no body but the length of one.
    pub(super) length: Option<usize>,
}

/// What happens to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    Kept,
    Closed,
    Reset,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        query
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Reads the head; the body is left on the connection.
    pub(super) async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let url = reqwest::Url::parse("http://fake/").and_then(|base| base.join(target));
        let url = url.map_err(io::Error::other)?;
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned()))
        });
        Ok(Some(Self {
            method,
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: headers.collect(),
            body: Vec::new(),
        }))
    }

    pub(super) fn length(&self) -> usize {
        let length = self.header("content-length");
        length.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    pub(super) async fn read_body(&mut self, stream: &mut BufReader<TcpStream>) -> io::Result<()> {
        self.body = vec![0; self.length()];
        stream.read_exact(&mut self.body).await.map(|_| ())
    }

    /// Reads half of the body, if there is one.
    pub(super) async fn read_half(&self, stream: &mut BufReader<TcpStream>) -> io::Result<()> {
        let mut half = vec![0; self.length() / 2];
        stream.read_exact(&mut half).await.map(|_| ())
    }
}

impl Answer {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            length: None,
        }
    }

    pub(super) fn error(status: u16, code: &str) -> Self {
        let mut answer = Self::new(status).header("content-type", "application/json");
        answer.body = format!(r#"{{"errors":[{{"code":"{code}","message":"scripted"}}]}}"#).into();
        answer
    }

    pub(super) fn header(mut self, name: &str, value: &(impl ToString + ?Sized)) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Leaves out the body of an answer to HEAD, but not its length.
    pub(super) fn without_body(mut self) -> Self {
        self.length.get_or_insert(self.body.len());
        self.body.clear();
        self
    }

    pub(super) fn spoil_digest(&mut self) {
        for (name, value) in &mut self.headers {
            if name == "docker-content-digest" {
                *value = wpimg_oci::digest::Digest::of(b"something else").to_string();
            }
        }
    }

    pub(super) fn spoil_body(&mut self) {
        let middle = self.body.len() / 2;
        if let Some(byte) = self.body.get_mut(middle) {
            *byte ^= 1;
        }
    }

    /// Writes the answer, or as much of it as the fault lets through.
    pub(super) async fn write(
        &self,
        stream: &mut BufReader<TcpStream>,
        fault: Option<Fault>,
    ) -> io::Result<Connection> {
        let length = self.length.unwrap_or(self.body.len());
        let mut bytes = format!("HTTP/1.1 {} Scripted\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        // Neither has a length: RFC 9110, 8.6.
        if self.status != 204 {
            bytes.extend(format!("content-length: {length}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        let head = bytes.len();
        bytes.extend(&self.body);
        // Without a body it is the head that breaks off.
        let half = if self.body.is_empty() {
            head / 2
        } else {
            head + self.body.len() / 2
        };
        let (sent, connection) = match fault {
            Some(Fault::ResetInAnswer) => (half, Connection::Reset),
            Some(Fault::Truncated | Fault::Stalled) => (half, Connection::Closed),
            _ => (bytes.len(), Connection::Kept),
        };
        stream.get_mut().write_all(&bytes[..sent]).await?;
        stream.get_mut().flush().await?;
        if fault == Some(Fault::Stalled) {
            // Long past any time-out of a test; the task ends with the server or the client.
            tokio::select! {
                () = sleep(Duration::from_mins(1)) => {}
                _ = stream.read_u8() => {}
            }
        }
        if connection == Connection::Reset {
            // What is on its way is to arrive before the reset.
            sleep(Duration::from_millis(2)).await;
        }
        Ok(connection)
    }
}
