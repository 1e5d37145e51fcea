//! Secrets do not reach the log, wherever the site lets them slip.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::Launch;
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

const PASSWORD: &str = "correct-horse\"battery-staple";
const MASTER: &str = "0123456789abcdef0123456789abcdef0123456789";

/// Logs the password, and the key that was derived from the master, as a careless plugin would.
const SCRIPT: &str = "<?php \
    $secrets = getenv('WPIMG_RUN_DIR') . '/secrets/'; \
    $password = file_get_contents($secrets . 'WORDPRESS_DB_PASSWORD'); \
    error_log('connecting with ' . $password . ' now'); \
    error_log(str_repeat('-', 16380) . $password); \
    error_log('key=' . file_get_contents($secrets . 'WORDPRESS_AUTH_KEY')); \
    error_log('last words'); \
    echo file_get_contents($secrets . 'WORDPRESS_AUTH_KEY');";

#[test]
fn secrets_are_masked_in_both_formats() -> Result<()> {
    for format in ["plain", "json"] {
        let web = Launch::of(Image::Wordpress.tag()?)
            .publish(WEB_PORT)
            .env("WPIMG_LOG_FORMAT", format)
            .env("WORDPRESS_DB_PASSWORD", PASSWORD)
            .env("WPIMG_SALT_MASTER", MASTER)
            .file("/var/www/html/careless.php", SCRIPT)
            .start()?;
        let client = web.wait_for_http(WEB_PORT, "/healthz")?;
        let answer = client.header("User-Agent", PASSWORD).get("/careless.php")?;
        let key = answer.text();
        ensure!(key.len() > 20, "the site could not read its key: {key}");
        let logs = poll::until("all is logged", || {
            let logs = web.whole_logs()?.concat();
            ensure!(logs.contains("last words") && logs.contains("/careless.php"));
            Ok(logs)
        })?;
        let quoted = PASSWORD.replace('"', "\\\"");
        for secret in [PASSWORD, &quoted, &key, "battery-staple"] {
            ensure!(!logs.contains(secret), "`{secret}` is in the {format} log");
        }
        for masked in ["connecting with **** now", "key=****", "\"agent\":\"****\""] {
            ensure!(
                logs.contains(masked),
                "`{masked}` is not in the {format} log"
            );
        }
    }
    Ok(())
}
