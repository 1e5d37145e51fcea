//! `deb [OPTION=VALUE …] URI SUITE COMPONENT…`, one source a line.

use super::{Source, SourcesError, source};
use crate::excerpt::excerpt;

pub(super) fn parse(text: &str) -> Result<Vec<Source>, SourcesError> {
    let mut sources = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or("").trim();
        if content.is_empty() {
            continue;
        }
        let malformed = || SourcesError::NotASource {
            line: index + 1,
            excerpt: excerpt(content),
        };
        let (kind, rest) = content
            .split_once(char::is_whitespace)
            .ok_or_else(malformed)?;
        match kind {
            "deb" => {}
            "deb-src" => continue,
            _ => return Err(malformed()),
        }
        let mut words = without_options(rest)
            .ok_or_else(malformed)?
            .split_ascii_whitespace();
        let uri = words.next().ok_or_else(malformed)?;
        let suite = words.next().ok_or_else(malformed)?;
        let components = words.map(str::to_owned).collect();
        sources.extend(source(uri, vec![suite.to_owned()], components));
    }
    Ok(sources)
}

/// What follows the bracketed options, if there are any; `None` when the bracket stays open.
fn without_options(text: &str) -> Option<&str> {
    let text = text.trim_start();
    match text.strip_prefix('[') {
        Some(options) => options.split_once(']').map(|(_, rest)| rest),
        None => Some(text),
    }
}
