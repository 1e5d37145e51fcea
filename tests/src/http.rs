//! A small HTTP client that behaves as the first half of a browser: it keeps cookies and follows no redirect by
//! itself, so that a test sees every answer.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use ureq::Agent;
use ureq::http::{HeaderMap, Request, Response as HttpResponse};

/// No answer of the tests is larger; a picture is a few hundred kilobytes.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_mins(1);

/// Requests relative to one base address, with one cookie jar.
pub struct Client {
    base: String,
    agent: Agent,
    cookies: RefCell<BTreeMap<String, String>>,
    headers: Vec<(String, String)>,
}

/// A complete answer.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            // A stopped or restarted server must not be judged by a connection that it closed rightly.
            .max_idle_connections(0)
            .build()
            .new_agent();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            agent,
            cookies: RefCell::default(),
            headers: Vec::new(),
        }
    }

    /// Sends this header with every request.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The absolute address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn get(&self, path: &str) -> Result<Response> {
        self.send("GET", path, None)
    }

    /// Posts an HTML form.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        let fields = form
            .iter()
            .map(|(name, value)| format!("{name}={}", escape(value)));
        let body = fields.collect::<Vec<_>>().join("&");
        self.send(
            "POST",
            path,
            Some(("application/x-www-form-urlencoded", body.into_bytes())),
        )
    }

    /// Posts one file as a form with `enctype="multipart/form-data"`.
    pub fn upload(&self, path: &str, field: &str, contents: &[u8]) -> Result<Response> {
        const BOUNDARY: &str = "wpimg-e2e-boundary";
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"upload.bin\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(contents);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", path, Some((&content_type, body)))
    }

    fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Result<Response> {
        let url = self.url(path);
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header("Cookie", cookies);
        }
        let answer = match body {
            None => self.agent.run(request.body(())?),
            Some((content_type, body)) => self
                .agent
                .run(request.header("Content-Type", content_type).body(body)?),
        };
        self.receive(answer.with_context(|| format!("no answer from `{url}`"))?)
            .with_context(|| format!("broken answer from `{url}`"))
    }

    fn receive(&self, mut answer: HttpResponse<ureq::Body>) -> Result<Response> {
        let body = answer
            .body_mut()
            .with_config()
            .limit(BODY_LIMIT)
            .read_to_vec()?;
        let response = Response {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body,
        };
        self.remember(&response);
        Ok(response)
    }

    fn cookie_header(&self) -> String {
        let jar = self.cookies.borrow();
        let pairs = jar.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    // Paths, domains and expiry play no part in what the tests check; an empty jar per client is enough.
    fn remember(&self, response: &Response) {
        for cookie in response.headers.get_all("set-cookie") {
            let pair = cookie
                .to_str()
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies
                    .borrow_mut()
                    .insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

impl Response {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, empty when the header is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// Percent-encodes a form value; encoding more than needed is harmless.
fn escape(value: &str) -> String {
    value
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_value_is_escaped_byte_by_byte() {
        assert_eq!(escape("a b&ü"), "a%20b%26%C3%BC");
    }
}
