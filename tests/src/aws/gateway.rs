//! What stands between wpimg and the emulator: one request per connection, each looked at on its way.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use super::{form, stripped::stripped};

const PATIENCE: Duration = Duration::from_mins(1);

/// An answer that AWS gives in the place of the right one.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Such as `DescribeServices`.
    pub action: &'static str,
    pub status: u16,
    pub code: &'static str,
    /// How many calls of it are answered rightly before.
    pub after: usize,
    /// How many are answered like this.
    pub times: usize,
}

/// Serves until dropped.
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    stopping: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    emulator: String,
    /// What the registry is called by AWS, and by Docker here.
    registry: (String, String),
    faults: Mutex<Vec<Fault>>,
    calls: Mutex<Vec<(Instant, String)>>,
}

/// A request or an answer: its first line, its headers in lower case, its body.
struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Gateway {
    /// Stands before `emulator`, a host and a port; tasks get images from the second registry in place of the first.
    pub fn before(emulator: &str, registry: (&str, &str)) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            emulator: emulator.to_owned(),
            registry: (registry.0.to_owned(), registry.1.to_owned()),
            faults: Mutex::default(),
            calls: Mutex::default(),
        });
        let stopping = Arc::new(AtomicBool::new(false));
        let (serving, stop) = (Arc::clone(&shared), Arc::clone(&stopping));
        let listener = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let serving = Arc::clone(&serving);
                // Whoever goes away early does not want the answer.
                thread::spawn(move || drop(serving.serve(&stream)));
            }
        });
        Ok(Self {
            address,
            shared,
            stopping,
            listener: Some(listener),
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets calls fail from now on.
    pub fn fail(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// Lets every call succeed again.
    pub fn mend(&self) {
        lock(&self.shared.faults).clear();
    }

    /// The actions that were asked for so far, in order.
    pub fn calls(&self) -> Vec<String> {
        let calls = lock(&self.shared.calls);
        calls.iter().map(|(_, action)| action.clone()).collect()
    }

    /// When an action was asked for the last time.
    pub fn last_call(&self, action: &str) -> Option<Instant> {
        let calls = lock(&self.shared.calls);
        let mut calls = calls.iter().rev();
        calls
            .find(|(_, other)| other == action)
            .map(|(time, _)| *time)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the listener, which is waiting for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) -> Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut request = Message::read(stream)?;
        let action = request.action();
        lock(&self.calls).push((Instant::now(), action.clone()));
        if let Some(fault) = self.fault(&action) {
            stream.write_all(&fault.answer(&request))?;
            return Ok(());
        }
        self.adjust(&action, &mut request);
        let upstream = TcpStream::connect(&self.emulator)?;
        upstream.set_read_timeout(Some(PATIENCE))?;
        (&upstream).write_all(&request.bytes())?;
        let mut answer = Message::read(&upstream)?;
        let (theirs, ours) = &self.registry;
        answer.replace(ours, theirs);
        stream.write_all(&answer.bytes())?;
        Ok(())
    }

    /// The first fault that fits, if it is its turn.
    fn fault(&self, action: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let fault = faults
            .iter_mut()
            .find(|fault| fault.action == action && fault.times > 0)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        fault.times -= 1;
        Some(fault.clone())
    }

    fn adjust(&self, action: &str, request: &mut Message) {
        match action {
            "CreateChangeSet" => {
                let mut pairs = form::decoded(&request.body);
                let count = parameter(&pairs, "DesiredCount");
                for (name, value) in &mut pairs {
                    if name == "TemplateBody"
                        && let Some(template) = stripped(value, count.as_deref())
                    {
                        *value = template;
                    }
                }
                request.body = form::encoded(&pairs);
            }
            // The emulator itself reads the image from the parameter when it changes the stack.
            "RegisterTaskDefinition" | "RunTask" | "PutParameter" => {
                let (theirs, ours) = &self.registry;
                request.replace(theirs, ours);
            }
            _ => {}
        }
    }
}

/// The value of a parameter of a stack.
fn parameter(pairs: &[(String, String)], name: &str) -> Option<String> {
    let (key, _) = pairs.iter().find(|(_, value)| value == name)?;
    let key = key.replace("ParameterKey", "ParameterValue");
    let found = pairs.iter().find(|(other, _)| *other == key);
    found.map(|(_, value)| value.clone())
}

impl Fault {
    /// In the words of the protocol that was asked in.
    fn answer(&self, request: &Message) -> Vec<u8> {
        let Self { status, code, .. } = self;
        let body = if request.header("x-amz-target").is_some() {
            format!(r#"{{"__type":"{code}","message":"said by the test"}}"#)
        } else {
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>said by the test</Message></Error></ErrorResponse>"
            )
        };
        Message {
            first: format!("HTTP/1.1 {status} Fault"),
            headers: Vec::new(),
            body: body.into_bytes(),
        }
        .bytes()
    }
}

impl Message {
    fn read(stream: &TcpStream) -> Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let first = line.trim_end().to_owned();
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut message = Self {
            first,
            headers,
            body: Vec::new(),
        };
        match message.header("content-length") {
            Some(length) => {
                let mut body = vec![0; length.parse()?];
                reader.read_exact(&mut body)?;
                message.body = body;
            }
            None if message.first.starts_with("HTTP/") => {
                reader.read_to_end(&mut message.body)?;
            }
            None => {}
        }
        Ok(message)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The name of the call: JSON protocols say it in a header, the query protocol in the body.
    fn action(&self) -> String {
        if let Some(target) = self.header("x-amz-target") {
            return target.rsplit('.').next().unwrap_or_default().to_owned();
        }
        let pairs = form::decoded(&self.body);
        let action = pairs.into_iter().find(|(name, _)| name == "Action");
        action.map_or_else(|| self.first.clone(), |(_, action)| action)
    }

    fn replace(&mut self, from: &str, to: &str) {
        if let Ok(text) = std::str::from_utf8(&self.body) {
            self.body = text.replace(from, to).into_bytes();
        }
    }

    /// As it is sent: the length as it is now, and no other message on this connection.
    fn bytes(&self) -> Vec<u8> {
        let ours = ["content-length", "connection", "transfer-encoding"];
        let kept = self
            .headers
            .iter()
            .filter(|(name, _)| !ours.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let head = format!(
            "{}\r\n{}content-length: {}\r\nconnection: close\r\n\r\n",
            self.first,
            kept.collect::<String>(),
            self.body.len()
        );
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
