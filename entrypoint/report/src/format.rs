//! How an entry is written: for people, or as one JSON object per line.
//!
//! Whatever comes in, each line that goes out is at most [`LONGEST_LINE`] long: log drivers cut there (awslogs
//! in non-blocking mode, containerd), and without a mark the second half looks like a message of its own.

use std::str::FromStr;

use serde::de::IgnoredAny;

use super::dialect::{Dialect, Spoken};
use super::json;
use super::level::Level;
use super::origin::Origin;
use super::time::Stamp;
use super::{Channel, lines};

/// The longest line that is written, line end included.
pub(crate) const LONGEST_LINE: usize = 16 * 1024;

/// Ends a plain line whose rest is on the next one.
const CONTINUED: &[u8] = b" [continued]";

/// Who speaks when we speak ourselves.
const OURSELVES: &str = "wpimg-init";

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `php-fpm: PHP Warning:  …`
    Plain,
    /// `{"time":"…","level":"warning","source":"php-fpm","message":"PHP Warning:  …"}`
    Json,
    /// `<4>…`: a job of ours, whose lines PID 1 reads and writes on in one of the other two. Nobody else asks for it.
    ForPid1,
}

impl LogFormat {
    pub const EXPECTED: &'static str = "`plain` or `json`";
    /// What PID 1 asks its jobs for, in the same variable.
    pub const FOR_PID_1: &'static str = "for-pid-1";
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "plain" => Ok(Self::Plain),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// One line of a service or job, or what there was of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Without its line end.
    pub(super) line: &'a [u8],
    /// Whether more of the same line follows in another entry.
    pub(super) continued: bool,
}

/// A message of our own.
pub(super) fn write_own(
    out: &mut Vec<u8>,
    format: LogFormat,
    now: &Stamp,
    level: Level,
    message: &[u8],
) {
    // A message is one line, whatever the cause of an error has in its text.
    for line in message.split(|byte| *byte == b'\n') {
        let entry = Entry {
            line,
            continued: false,
        };
        match format {
            LogFormat::Plain => write_pieces(out, &[OURSELVES.as_bytes(), b": "], entry),
            LogFormat::ForPid1 => write_pieces(out, &[b"<", &[level.priority()], b">"], entry),
            LogFormat::Json => {
                let fields = Fields {
                    now,
                    level: Some(level),
                    stream: None,
                    source: OURSELVES,
                };
                write_object(out, &fields, entry);
            }
        }
    }
}

/// A line of somebody else.
pub(super) fn write_entry(
    out: &mut Vec<u8>,
    format: LogFormat,
    now: &Stamp,
    origin: &Origin,
    entry: Entry<'_>,
) {
    if origin.dialect == Dialect::Objects && is_own_object(entry) {
        out.extend_from_slice(entry.line);
        out.push(b'\n');
        return;
    }
    let Spoken {
        level,
        message,
        plain,
    } = origin.dialect.read(entry.line);
    match format {
        LogFormat::Plain | LogFormat::ForPid1 => {
            let plain = Entry {
                line: plain,
                ..entry
            };
            write_pieces(out, &[origin.name.as_bytes(), b": "], plain);
        }
        LogFormat::Json => {
            let fields = Fields {
                now,
                level,
                // A level says more.
                stream: (level.is_none() && origin.channel == Channel::Stderr).then_some("stderr"),
                source: &origin.name,
            };
            let entry = Entry {
                line: message,
                ..entry
            };
            if !write_event(out, &fields, entry) {
                write_object(out, &fields, entry);
            }
        }
    }
}

/// Whether nginx or a job of ours wrote a whole object. What stands in it was escaped there, except that nginx lets
/// bytes pass that are no UTF-8.
fn is_own_object(entry: Entry<'_>) -> bool {
    entry.line.starts_with(b"{")
        && entry.line.ends_with(b"}")
        && !entry.continued
        && entry.line.len() < LONGEST_LINE
        && str::from_utf8(entry.line).is_ok()
}

/// Text behind a prefix, in as many lines as it needs.
fn write_pieces(out: &mut Vec<u8>, prefix: &[&[u8]], entry: Entry<'_>) {
    let length: usize = prefix.iter().map(|part| part.len()).sum();
    let room = LONGEST_LINE.saturating_sub(length + 1);
    let mut rest = entry.line;
    loop {
        for part in prefix {
            out.extend_from_slice(part);
        }
        let marked = entry.continued || rest.len() > room;
        let here = if marked && rest.len() > room - CONTINUED.len() {
            lines::cut(rest, room - CONTINUED.len())
        } else {
            rest.len()
        };
        out.extend_from_slice(&rest[..here]);
        rest = &rest[here..];
        if marked {
            out.extend_from_slice(CONTINUED);
        }
        out.push(b'\n');
        if rest.is_empty() {
            return;
        }
    }
}

/// What is told of an entry beside its text.
struct Fields<'a> {
    now: &'a Stamp,
    level: Option<Level>,
    stream: Option<&'static str>,
    source: &'a str,
}

impl Fields<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"time\":\"");
        out.extend_from_slice(self.now);
        if let Some(level) = self.level {
            out.extend_from_slice(b"\",\"level\":\"");
            out.extend_from_slice(level.name().as_bytes());
        }
        if let Some(stream) = self.stream {
            out.extend_from_slice(b"\",\"stream\":\"");
            out.extend_from_slice(stream.as_bytes());
        }
        out.extend_from_slice(b"\",\"source\":\"");
        // Names are short; an odd one must still not break the line.
        json::escape(out, self.source.as_bytes(), 256);
        out.push(b'"');
    }
}

fn write_object(out: &mut Vec<u8>, fields: &Fields<'_>, entry: Entry<'_>) {
    const END: &[u8] = b"\"}\n";
    const CONTINUED_END: &[u8] = b"\",\"continued\":true}\n";
    let mut rest = entry.line;
    loop {
        let begin = out.len();
        fields.write(out);
        out.extend_from_slice(b",\"message\":\"");
        let room = LONGEST_LINE - (out.len() - begin) - CONTINUED_END.len();
        let taken = json::escape(out, rest, room);
        rest = &rest[taken..];
        if rest.is_empty() && !entry.continued {
            out.extend_from_slice(END);
        } else {
            out.extend_from_slice(CONTINUED_END);
        }
        if rest.is_empty() {
            return;
        }
    }
}

/// An object that a service or the site wrote, inside one of ours: what it says of itself, a source or a time, must
/// not pass for what we say of it. False, and nothing written, when it is none.
fn write_event(out: &mut Vec<u8>, fields: &Fields<'_>, entry: Entry<'_>) -> bool {
    let line = entry.line;
    if entry.continued || !line.starts_with(b"{") || !line.ends_with(b"}") {
        return false;
    }
    let begin = out.len();
    fields.write(out);
    out.extend_from_slice(b",\"event\":");
    let fits = out.len() - begin + line.len() + b"}\n".len() <= LONGEST_LINE;
    if !fits || serde_json::from_slice::<IgnoredAny>(line).is_err() {
        out.truncate(begin);
        return false;
    }
    out.extend_from_slice(line);
    out.extend_from_slice(b"}\n");
    true
}
