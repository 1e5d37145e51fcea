//! From a fresh container to a published picture, by browser.

use std::fs;

use anyhow::{Context, Result, ensure};
use wpimg_e2e::browser::Browser;
use wpimg_e2e::picture;
use wpimg_e2e::site::{ADMIN, PASSWORD, Site};

#[test]
fn a_person_installs_logs_in_uploads_a_picture_and_publishes_it() -> Result<()> {
    let site = Site::start()?;
    let client = site.client()?;
    let browser = Browser::start("install")?;

    // The front page of an empty database leads to the installer.
    browser.open(&client.url("/"))?;
    ensure!(
        browser.url()?.contains("/wp-admin/install.php"),
        "the browser is at {}",
        browser.url()?
    );
    browser.fill("#weblog_title", "Pictures")?;
    browser.fill("#user_login", ADMIN)?;
    // The form suggests a password and rates it; only then does its script listen to what is typed.
    browser.see("#pass-strength-result.strong")?;
    browser.fill("#pass1", PASSWORD)?;
    browser.fill("#admin_email", "keeper@site.example")?;
    browser.click("#submit")?;
    browser.click("a[href*='wp-login.php']")?;

    browser.fill("#user_login", ADMIN)?;
    browser.fill("#user_pass", PASSWORD)?;
    browser.click("#wp-submit")?;
    browser.see("#wpadminbar")?;

    let directory = tempfile::tempdir()?;
    let file = directory.path().join("gradient.png");
    let gradient = picture::gradient(1600, 1200)?;
    fs::write(&file, &gradient)?;
    browser.open(&client.url("/wp-admin/media-new.php"))?;
    browser.choose_file(".moxie-shim input[type=file]", &file)?;
    let thumbnail = browser.attribute(".media-item .pinkynail", "src")?;
    browser.see(".media-item .edit-attachment")?;

    // WordPress made a thumbnail with PHP's own tools, and nginx serves it to people who are not logged in.
    let name = thumbnail.rsplit('/').next().unwrap_or_default();
    ensure!(
        name == "gradient-150x150.png",
        "the thumbnail is `{thumbnail}`"
    );
    let path = thumbnail
        .strip_prefix(&client.url(""))
        .with_context(|| format!("`{thumbnail}` is not on this site"))?;
    let served = client.get(path)?;
    ensure!(
        served.status == 200,
        "the thumbnail answers {}",
        served.status
    );
    ensure!(
        served.header("content-type") == "image/png",
        "{:?}",
        served.headers
    );
    ensure!(
        served.body.starts_with(b"\x89PNG"),
        "the thumbnail is not a PNG"
    );

    let original = thumbnail.replace("-150x150", "");
    let path = path.replace("-150x150", "");
    ensure!(
        client.get(&path)?.body == gradient,
        "`{path}` is not the picture that was uploaded"
    );

    // Publish through the same interface as the editor, in the logged-in browser.
    browser.open(&client.url("/wp-admin/post-new.php"))?;
    let status = browser.script(&format!(
        "return wp.apiFetch({{ path: '/wp/v2/posts', method: 'POST', data: {{ \
           title: 'A picture is published', status: 'publish', \
           content: '<!-- wp:image --><figure class=\"wp-block-image\"><img class=\"published\" src=\"{original}\"></figure><!-- /wp:image -->' \
         }} }}).then(post => post.status)"
    ))?;
    ensure!(status == "publish", "the post is `{status}`");

    let visitor = client.get("/")?;
    ensure!(
        visitor.status == 200 && visitor.text().contains(&original),
        "a visitor does not see the picture: {} {}",
        visitor.status,
        visitor.text()
    );
    browser.open(&client.url("/"))?;
    ensure!(
        browser.title()?.contains("Pictures"),
        "the title is `{}`",
        browser.title()?
    );
    let page = browser.text("body")?;
    ensure!(
        page.contains("A picture is published"),
        "the front page says: {page}"
    );
    browser.see("img.published")?;
    let width = browser.script("return document.querySelector('img.published').naturalWidth")?;
    ensure!(
        width == "1600",
        "the browser sees a picture {width} pixels wide"
    );
    Ok(())
}
