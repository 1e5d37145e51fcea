//! The WebDriver process and the few calls of its protocol that the tests need.
//!
//! Protocol: W3C WebDriver. `chromedriver` is started on a free port and stopped with its browser when dropped.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use ureq::Agent;

use crate::requirement::Requirement;

/// The key under which WebDriver hands out element references.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const STARTED: &str = "started successfully on port ";
/// WordPress's installer hashes passwords and creates tables; on a busy machine a page load takes its time.
const PATIENCE: Duration = Duration::from_mins(2);

/// One browser session in one driver process.
pub(super) struct Driver {
    process: Child,
    agent: Agent,
    session: String,
}

/// A reference to an element of the page that was current when it was found.
pub(super) struct Element(String);

impl Driver {
    pub(super) fn start(browser_arguments: &[String]) -> Result<Self> {
        Requirement::Chromium.check()?;
        Requirement::ChromeDriver.check()?;
        let mut process = Requirement::ChromeDriver
            .command()
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start `chromedriver`")?;
        let port = announced_port(&mut process)?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let mut driver = Self {
            process,
            agent,
            session: format!("http://127.0.0.1:{port}/session"),
        };
        let created = driver.post(
            "",
            &json!({ "capabilities": { "alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": { "args": browser_arguments },
            }}}),
        )?;
        let id = created["sessionId"]
            .as_str()
            .context("the browser session has no id")?;
        driver.session = format!("{}/{id}", driver.session);
        Ok(driver)
    }

    pub(super) fn get(&self, path: &str) -> Result<Value> {
        let mut answer = self.agent.get(format!("{}{path}", self.session)).call()?;
        result(&answer.body_mut().read_to_string()?)
    }

    pub(super) fn post(&self, path: &str, arguments: &Value) -> Result<Value> {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.session))
            .header("Content-Type", "application/json")
            .send(arguments.to_string())?;
        result(&answer.body_mut().read_to_string()?)
    }

    pub(super) fn find(&self, css: &str) -> Result<Element> {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": css }),
        )?;
        let id = found[ELEMENT]
            .as_str()
            .context("the driver named no element")?;
        Ok(Element(id.to_owned()))
    }

    pub(super) fn element(&self, element: &Element, action: &str) -> Result<Value> {
        self.get(&format!("/element/{}/{action}", element.0))
    }

    pub(super) fn act(&self, element: &Element, action: &str, arguments: &Value) -> Result<Value> {
        self.post(&format!("/element/{}/{action}", element.0), arguments)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Ending the session ends the browser; then the driver can be killed without leaving anything behind.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn announced_port(process: &mut Child) -> Result<u16> {
    let output = process
        .stdout
        .take()
        .context("chromedriver has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, port)) = line.split_once(STARTED) {
            return port
                .trim_end_matches('.')
                .parse()
                .with_context(|| format!("no port in `{line}`"));
        }
    }
    bail!("chromedriver ended without naming its port")
}

fn result(body: &str) -> Result<Value> {
    let mut answer: Value = serde_json::from_str(body)
        .with_context(|| format!("the driver's answer is not JSON: `{body}`"))?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        None => Ok(value),
        Some(error) => Err(anyhow!(
            "{error}: {}",
            value["message"].as_str().unwrap_or_default()
        )),
    }
}
