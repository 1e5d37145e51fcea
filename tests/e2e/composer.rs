//! A Composer project in the shape of Bedrock, and a WordPress that speaks another language.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use wpimg_e2e::docker::{self, Launch};
use wpimg_e2e::http::Client;
use wpimg_e2e::image::{Image, shared_cache};
use wpimg_e2e::site::{ADMIN, DATABASE_PASSWORD, Database, PASSWORD, WEB_PORT};
use wpimg_e2e::wpimg::{Wpimg, workspace};

/// The exit code for what the user has to mend in arguments, environment or recipe.
const USAGE: i32 = 2;

const UPLOADS: &str = "/var/www/html/app/uploads";

/// Everything of the project but WordPress.
const FILES: [(&str, &str); 10] = [
    (
        "composer.json",
        r#"{ "extra": { "wordpress-install-dir": "web/wp",
             "installer-paths": { "web/app/plugins/{$name}/": ["type:wordpress-plugin"] } } }"#,
    ),
    (".env", "DB_PASSWORD=from-a-file-that-no-image-gets\n"),
    ("wpimg.toml", "[composer]\npath = \".\"\n"),
    ("vendor/autoload.php", "<?php\n"),
    (
        "config/application.php",
        "<?php
        $web = dirname(__DIR__) . '/web';
        foreach (['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'WP_HOME', 'WP_SITEURL'] as $name) {
            define($name, $_ENV[$name]);
        }
        define('DB_CHARSET', 'utf8mb4');
        define('DB_COLLATE', '');
        $table_prefix = $_ENV['DB_PREFIX'] ?? 'wp_';
        define('WP_CONTENT_DIR', $web . '/app');
        define('WP_CONTENT_URL', WP_HOME . '/app');
        define('WP_DEFAULT_THEME', 'plain');
        ",
    ),
    (
        "web/wp-config.php",
        "<?php
        require_once dirname(__DIR__) . '/vendor/autoload.php';
        require_once dirname(__DIR__) . '/config/application.php';
        require_once ABSPATH . 'wp-settings.php';
        ",
    ),
    (
        "web/index.php",
        "<?php define('WP_USE_THEMES', true); require __DIR__ . '/wp/wp-blog-header.php';\n",
    ),
    ("web/app/themes/plain/style.css", "/*\nTheme Name: Plain\n*/\n"),
    (
        "web/app/themes/plain/index.php",
        "<?php echo get_bloginfo('name'), ' in ', plugin_basename(WP_PLUGIN_DIR . '/one/one.php'), ' ',
             json_encode([getenv('DB_PASSWORD'), getenv('PATH') !== false]);\n",
    ),
    ("web/app/plugins/one/one.php", "<?php\n/* Plugin Name: One */\n"),
];

/// The project, with the WordPress of the image under test as Composer would have installed it.
fn project() -> Result<TempDir> {
    let directory = tempfile::tempdir()?;
    for (path, text) in FILES {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    let core = directory.path().join("web/wp");
    let source = docker::run(["create", "--label=wpimg-e2e", Image::Wordpress.tag()?])?;
    let copied = docker::run([
        "cp",
        &format!("{source}:/var/www/html"),
        &core.to_string_lossy(),
    ]);
    docker::run(["rm", &source])?;
    copied?;
    fs::remove_file(core.join("wp-config.php"))?;
    // A link of Debian's into another package.
    let certificates = core.join("wp-includes/certificates/ca-bundle.crt");
    fs::remove_file(&certificates)?;
    fs::write(&certificates, "")?;
    Ok(directory)
}

/// Builds what lies in `directory` and loads it into Docker.
fn build(directory: &Path, tag: &str) -> Result<()> {
    let run = Wpimg::build()?
        .current_dir(directory)
        .option("--cache-dir", shared_cache()?)
        .option("--output", directory.join("built.oci"))
        .arg("--load")
        .option("--tag", tag)
        .run()?;
    run.digest()?;
    Ok(())
}

fn expect_status(client: &Client, path: &str, status: u16) -> Result<()> {
    let answer = client.get(path)?;
    ensure!(
        answer.status == status,
        "`{path}` answers {}",
        answer.status
    );
    Ok(())
}

#[test]
fn a_bedrock_project_is_installed_and_serves_with_no_secret_in_an_environment() -> Result<()> {
    let project = project()?;
    let tag = "wpimg-e2e/bedrock:test";
    build(project.path(), tag)?;
    let pool = fs::read_to_string(workspace().join("docker/rootfs/etc/wpimg/php-fpm.conf"))?;
    let database = Database::start()?;
    let web = Launch::of(tag)
        .network(&database.network, "bedrock")
        .publish(WEB_PORT)
        .env("DB_HOST", "database")
        .env("DB_NAME", "wordpress")
        .env("WORDPRESS_DB_USER", "wordpress")
        .env("DB_PASSWORD", DATABASE_PASSWORD)
        // Its workers see all that php-fpm was started with.
        .file(
            "/etc/wpimg/php-fpm.conf",
            &pool.replace("clear_env = yes", "clear_env = no"),
        )
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;

    // The front page of an empty database leads to the installer, which is in a folder.
    let front = client.get("/")?;
    ensure!(
        front.status == 302
            && front
                .header("location")
                .ends_with("/wp/wp-admin/install.php"),
        "the front page answers {} {:?}",
        front.status,
        front.headers
    );
    let done = client.post(
        "/wp/wp-admin/install.php?step=2",
        &[
            ("weblog_title", "Rock"),
            ("user_name", ADMIN),
            ("admin_password", PASSWORD),
            ("admin_password2", PASSWORD),
            ("admin_email", "keeper@site.example"),
            ("blog_public", "0"),
        ],
    )?;
    ensure!(
        done.status == 200 && done.text().contains("wp-login.php"),
        "{}",
        done.text()
    );
    let front = client.get("/")?.text();
    ensure!(
        front.contains("Rock in one/one.php [false,true]"),
        "the front page is {front}"
    );

    expect_status(&client, "/wp/wp-login.php", 200)?;
    expect_status(&client, "/wp-cron.php", 200)?;
    expect_status(&client, "/wp-login.php", 302)?;
    for hidden in [
        "/wp-config.php",
        "/.env",
        "/config/application.php",
        "/wp/license.txt",
    ] {
        expect_status(&client, hidden, 404)?;
    }

    // Uploads are written by the workers, and are data.
    web.shell(&format!(
        "echo '<?php echo 1;' > {UPLOADS}/evil.php; echo x > {UPLOADS}/x.txt"
    ))?;
    expect_status(&client, "/app/uploads/evil.php", 404)?;
    expect_status(&client, "/app/uploads/x.txt", 200)?;
    let volumes = docker::run([
        "image",
        "inspect",
        "--format",
        "{{json .Config.Volumes}}",
        tag,
    ])?;
    ensure!(
        volumes == r#"{"/var/www/web/app/uploads":{}}"#,
        "the volumes are {volumes}"
    );
    Ok(())
}

#[test]
fn a_project_without_its_dependencies_is_refused_before_anything_is_fetched() -> Result<()> {
    let directory = tempfile::tempdir()?;
    for (path, text) in FILES.iter().filter(|(path, _)| !path.starts_with("vendor")) {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    let run = Wpimg::build()?
        .current_dir(directory.path())
        .option("--mirror", "http://127.0.0.1:9/debian")
        .run()?;
    run.expect_refusal(
        USAGE,
        &["`vendor/autoload.php`", "`composer install --no-dev`"],
    )
}

#[test]
fn a_site_whose_recipe_asks_for_german_is_installed_in_german() -> Result<()> {
    let directory = tempfile::tempdir()?;
    fs::write(
        directory.path().join("wpimg.toml"),
        "[wordpress]\nlocale = \"de_DE\"\n",
    )?;
    let tag = "wpimg-e2e/german:test";
    build(directory.path(), tag)?;
    let database = Database::start()?;
    let web = database.launch(tag, "german").start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let form = client.get("/wp-admin/install.php")?.text();
    ensure!(
        form.contains("lang=\"de") && form.contains("Willkommen"),
        "the installer says {form}"
    );
    wpimg_e2e::site::install(&client)?;
    let login = client.get("/wp-login.php")?.text();
    ensure!(
        login.contains("lang=\"de") && login.contains("Anmelden"),
        "the login says {login}"
    );
    let languages = web.shell("cd /var/www/html/wp-content/languages && echo *.mo")?;
    ensure!(
        languages.split(' ').all(|name| name.contains("de_DE")) && languages.contains("de_DE.mo"),
        "the image has {languages}"
    );
    Ok(())
}
