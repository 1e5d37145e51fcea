//! Headless Chromium as a person uses it: open, type, click, read; a picture of every step is kept.
//!
//! Screenshots go to `target/e2e/screenshots/NAME/` in the order of the steps, for people to look at.

mod driver;

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tempfile::TempDir;

use self::driver::{Driver, Element};
use crate::image::artifacts;
use crate::poll;

/// One browser with a fresh profile.
pub struct Browser {
    driver: Driver,
    screenshots: PathBuf,
    step: Cell<u32>,
    // Dropped after the driver, which ends the browser that writes here.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser whose screenshots are kept under `name`.
    pub fn start(name: &str) -> Result<Self> {
        let screenshots = artifacts(&format!("screenshots/{name}"))?;
        // Pictures of an earlier run would be taken for this one's.
        fs::remove_dir_all(&screenshots)?;
        fs::create_dir(&screenshots)?;
        let profile = tempfile::tempdir()?;
        let driver = Driver::start(&[
            "--headless=new".to_owned(),
            // Tests may run as root, where Chromium refuses to start with its sandbox.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-first-run".to_owned(),
            "--window-size=1280,1024".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ])?;
        Ok(Self {
            driver,
            screenshots,
            step: Cell::new(0),
            _profile: profile,
        })
    }

    pub fn open(&self, url: &str) -> Result<()> {
        self.driver
            .post("/url", &json!({ "url": url }))
            .with_context(|| format!("opening {url}"))?;
        self.screenshot("open")
    }

    pub fn url(&self) -> Result<String> {
        Ok(self
            .driver
            .get("/url")?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    pub fn title(&self) -> Result<String> {
        Ok(self
            .driver
            .get("/title")?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// The visible text of the first element, once there is one.
    pub fn text(&self, css: &str) -> Result<String> {
        let element = self.wait_for(css)?;
        Ok(self
            .driver
            .element(&element, "text")?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// An attribute of the first element, once there is one.
    pub fn attribute(&self, css: &str, name: &str) -> Result<String> {
        let element = self.wait_for(css)?;
        let value = self
            .driver
            .element(&element, &format!("attribute/{name}"))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Empties a field and types into it.
    pub fn fill(&self, css: &str, text: &str) -> Result<()> {
        poll::until(&format!("`{css}` can be filled"), || {
            let element = self.driver.find(css)?;
            self.driver.act(&element, "clear", &json!({}))?;
            self.driver.act(&element, "value", &json!({ "text": text }))
        })
        .with_context(|| self.whereabouts())?;
        Ok(())
    }

    /// Chooses a file in a file input.
    pub fn choose_file(&self, css: &str, path: &Path) -> Result<()> {
        let element = self.wait_for(css)?;
        self.driver
            .act(
                &element,
                "value",
                &json!({ "text": path.to_string_lossy() }),
            )
            .with_context(|| format!("choosing a file in `{css}`"))?;
        self.screenshot("choose-file")
    }

    pub fn click(&self, css: &str) -> Result<()> {
        poll::until(&format!("`{css}` can be clicked"), || {
            let element = self.driver.find(css)?;
            self.driver.act(&element, "click", &json!({}))
        })
        .with_context(|| self.whereabouts())?;
        self.screenshot("click")
    }

    /// Waits for an element to exist, and keeps a picture of the page it is on.
    pub fn see(&self, css: &str) -> Result<()> {
        self.wait_for(css)?;
        self.screenshot("see")
    }

    /// Runs a script in the page and gives its result as text.
    pub fn script(&self, script: &str) -> Result<String> {
        let value = self
            .driver
            .post("/execute/sync", &json!({ "script": script, "args": [] }))?;
        Ok(value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned))
    }

    fn wait_for(&self, css: &str) -> Result<Element> {
        poll::until(&format!("`{css}` is on the page"), || self.driver.find(css))
            .with_context(|| self.whereabouts())
    }

    fn whereabouts(&self) -> String {
        let url = self.url().unwrap_or_default();
        let _ = self.screenshot("lost");
        format!(
            "the browser is at {url}; pictures are in {}",
            self.screenshots.display()
        )
    }

    fn screenshot(&self, what: &str) -> Result<()> {
        let step = self.step.get();
        self.step.set(step + 1);
        let encoded = self.driver.get("/screenshot")?;
        let picture = STANDARD.decode(encoded.as_str().unwrap_or_default())?;
        let path = self.screenshots.join(format!("{step:02}-{what}.png"));
        fs::write(&path, picture).with_context(|| format!("cannot write `{}`", path.display()))
    }
}
