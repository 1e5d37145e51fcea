//! What the web server of the image answers.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::http::Client;
use wpimg_e2e::image::Image;
use wpimg_e2e::site::{Site, WEB_PORT, install, log_in};

const MEGABYTE: usize = 1024 * 1024;

/// Prints what PHP made of an upload: the error code of the file and its size.
const UPLOAD_PROBE: &str = "<?php $file = $_FILES['file'] ?? ['error' => 'none', 'size' => 0]; \
     echo $file['error'], ' ', $file['size'];";

#[test]
fn health_is_answered_without_a_database() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let front_page = client.get("/")?;
    ensure!(
        front_page.status >= 500,
        "a site without database answers its front page with {}",
        front_page.status
    );
    Ok(())
}

/// What a plugin that unpacks archives may leave: a folder with a line break in its name.
const UNZIP: &str = "<?php $uploads = __DIR__ . '/wp-content/uploads'; mkdir(\"$uploads/a\\nb\"); \
     echo copy(\"$uploads/shell.php\", \"$uploads/a\\nb/shell.php\") ? 'unzipped' : 'failed';";

#[test]
fn php_in_uploads_is_never_run() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file(
            "/var/www/html/wp-content/uploads/shell.php",
            "<?php echo 'it ' . 'ran';",
        )
        .file("/var/www/html/unzip.php", UNZIP)
        .file("/var/www/html/wp-content/uploads/notes.txt", "visible")
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    ensure!(
        client.get("/unzip.php")?.text() == "unzipped",
        "there is no folder with a line break"
    );
    for path in [
        "/wp-content/uploads/shell.php",
        "/wp-content/uploads/shell.php/picture.png",
        "/wp-content/uploads/./shell.php",
        "/wp-content/uploads/shell.php?a=b",
        "/wp-content/uploads/shell.PHP",
        "/wp-content/uploads/a%0Ab/shell.php",
        "/wp-content/uploads/a%0Ab/shell.php/x",
    ] {
        expect_refused(&client, path)?;
    }
    // The files are where they are asked for: what is no program comes out.
    expect_visible(&client, "/wp-content/uploads/notes.txt")
}

#[test]
fn dotfiles_and_configuration_are_denied() -> Result<()> {
    let secret = "it ran";
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file("/var/www/html/.env", secret)
        .file("/var/www/html/wp-content/.htpasswd", secret)
        .file("/var/www/html/backup.sql", secret)
        .file("/var/www/html/wp-content/notes.txt", "visible")
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    for path in [
        "/.env",
        "/wp-content/.htpasswd",
        "/backup.sql",
        "/wp-config.php",
        "/wp-config.php/x",
        "/readme.html",
    ] {
        expect_refused(&client, path)?;
    }
    expect_visible(&client, "/wp-content/notes.txt")
}

fn expect_visible(client: &Client, path: &str) -> Result<()> {
    let answer = client.get(path)?;
    ensure!(
        answer.status == 200 && answer.text() == "visible",
        "`{path}` answers {}: {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

fn expect_refused(client: &Client, path: &str) -> Result<()> {
    let answer = client.get(path)?;
    ensure!(
        matches!(answer.status, 403 | 404) && !answer.text().contains("it ran"),
        "`{path}` answers {}: {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

#[test]
fn static_files_come_with_caching_headers_and_the_right_type() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let style = client.get("/wp-includes/css/dashicons.min.css?ver=6.8")?;
    ensure!(
        style.status == 200,
        "the stylesheet answers {}",
        style.status
    );
    ensure!(
        style.header("content-type").starts_with("text/css"),
        "{:?}",
        style.headers
    );
    ensure!(
        style.header("cache-control").contains("max-age="),
        "{:?}",
        style.headers
    );
    Ok(())
}

#[test]
fn what_the_visitor_used_is_known_behind_a_load_balancer_and_behind_cloudfront() -> Result<()> {
    const SCHEME: &str = "<?php echo $_SERVER['REQUEST_SCHEME'], ' ', $_SERVER['HTTPS'] ?? '', ' ', $_SERVER['SERVER_PORT'];";
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .file("/var/www/html/scheme.php", SCHEME)
        .start()?;
    web.wait_for_http(WEB_PORT, "/healthz")?;
    // The load balancer writes down how CloudFront came, which is not how the visitor did.
    for (cloudfront, load_balancer, expected) in [
        (None, None, "http  8080"),
        (None, Some("http"), "http  8080"),
        (None, Some("https"), "https on 443"),
        (Some("https"), Some("http"), "https on 443"),
        (Some("http"), Some("https"), "http  8080"),
    ] {
        let headers = [
            ("CloudFront-Forwarded-Proto", cloudfront),
            ("X-Forwarded-Proto", load_balancer),
        ];
        let client = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .fold(web.client(WEB_PORT)?, |client, (name, value)| {
                client.header(name, value)
            });
        let scheme = client.get("/scheme.php")?.text();
        ensure!(
            scheme == expected,
            "with {headers:?} PHP sees `{scheme}`, not `{expected}`"
        );
    }
    Ok(())
}

#[test]
fn a_site_behind_tls_termination_does_not_redirect_in_a_loop() -> Result<()> {
    let site = Site::start()?;
    let client = site.client()?.header("X-Forwarded-Proto", "https");
    install(&client)?;
    let front_page = client.get("/")?;
    ensure!(
        front_page.status == 200,
        "the front page answers {}",
        front_page.status
    );
    ensure!(
        front_page.text().contains("https://127.0.0.1"),
        "WordPress does not know that visitors use https"
    );
    let login = log_in(&client)?;
    ensure!(
        login.headers.get_all("set-cookie").iter().any(|cookie| {
            cookie
                .to_str()
                .is_ok_and(|cookie| cookie.to_ascii_lowercase().contains("; secure"))
        }),
        "the login cookie is not restricted to https: {:?}",
        login.headers
    );
    let dashboard = client.get("/wp-admin/")?;
    ensure!(
        dashboard.status == 200,
        "the dashboard answers {} to {}",
        dashboard.status,
        dashboard.header("location")
    );
    Ok(())
}

#[test]
fn nginx_and_php_agree_on_the_size_of_an_upload() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .env("WPIMG_UPLOAD_LIMIT", "8M")
        .file("/var/www/html/upload-probe.php", UPLOAD_PROBE)
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;

    // A file of exactly the limit passes, although the form around it makes the request longer.
    let largest = client.upload("/upload-probe.php", "file", &vec![b'x'; 8 * MEGABYTE])?;
    ensure!(largest.status == 200, "8 MiB answers {}", largest.status);
    ensure!(
        largest.text() == format!("0 {}", 8 * MEGABYTE),
        "PHP says `{}`",
        largest.text()
    );

    let larger = client.upload("/upload-probe.php", "file", &vec![b'x'; 12 * MEGABYTE])?;
    ensure!(
        larger.status == 413,
        "12 MiB answers {}: {}",
        larger.status,
        larger.text()
    );
    Ok(())
}
