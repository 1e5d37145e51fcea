//! `wpimg-init exec`: a command beside the services, with what they were given.

use anyhow::{Result, ensure};
use wpimg_e2e::docker::{self, Container, Launch};
use wpimg_e2e::image::Image;
use wpimg_e2e::site::WEB_PORT;

const PASSWORD: &str = "hunter2";

fn serving(launch: Launch) -> Result<Container> {
    let web = launch
        .publish(WEB_PORT)
        .env("WORDPRESS_DB_PASSWORD", PASSWORD)
        .start()?;
    web.wait_for_http(WEB_PORT, "/healthz")?;
    Ok(web)
}

/// Says who it is, where it is, and what it knows.
const LOOKS_ROUND: &str = "while read -r line; do case $line in Uid*|Groups*) echo $line;; esac; done </proc/self/status; \
     pwd; read -r password <$WPIMG_RUN_DIR/secrets/WORDPRESS_DB_PASSWORD; echo $password; \
     echo [$WORDPRESS_DB_PASSWORD] $HOME $TMPDIR; echo $PHP_INI_SCAN_DIR";

#[test]
fn a_command_runs_as_the_workers_do_and_finds_the_settings() -> Result<()> {
    let web = serving(Launch::of(Image::Wordpress.tag()?))?;
    let said = web.exec(["wpimg-init", "exec", "--", "sh", "-c", LOOKS_ROUND])?;
    let expected = [
        "Uid: 33 33 33 33",
        "Groups: 33",
        "/var/www/html",
        PASSWORD,
        "[] /run/wpimg/tmp /run/wpimg/tmp",
        ":/run/wpimg/php/defaults.d:/etc/wpimg/php.d:/run/wpimg/php/conf.d",
    ];
    ensure!(said.lines().eq(expected), "{said}");
    let said = web.exec([
        "wpimg-init",
        "exec",
        "--user=root",
        "--",
        "sh",
        "-c",
        LOOKS_ROUND,
    ])?;
    ensure!(said.starts_with("Uid: 0 0 0 0\nGroups: 0\n"), "{said}");
    Ok(())
}

#[test]
fn the_directory_is_found_where_pid_1_had_to_put_it() -> Result<()> {
    // A read-only root without a volume: then it is in memory below /dev/shm.
    let web = serving(
        Launch::of(Image::Wordpress.tag()?)
            .read_only()
            .user("33:33"),
    )?;
    let said = web.exec([
        "wpimg-init",
        "exec",
        "--",
        "sh",
        "-c",
        "echo $WPIMG_RUN_DIR",
    ])?;
    ensure!(said == "/dev/shm/wpimg", "{said}");
    Ok(())
}

#[test]
fn what_cannot_be_executed_says_why_and_ends_as_in_a_shell() -> Result<()> {
    let web = serving(Launch::of(Image::Wordpress.tag()?))?;
    let failure = web
        .exec(["wpimg-init", "exec", "--", "no-such-command"])
        .unwrap_err();
    ensure!(
        format!("{failure:#}").contains("cannot execute `no-such-command`"),
        "{failure:#}"
    );
    Ok(())
}

#[test]
fn where_nobody_serves_it_says_so() -> Result<()> {
    let output = docker::output(["run", "--rm", Image::Wordpress.tag()?, "exec", "--", "sh"])?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.code() == Some(72),
        "{:?}: {said}",
        output.status
    );
    ensure!(
        said.contains("no wpimg-init serves WordPress here"),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_second_one_that_would_serve_is_refused() -> Result<()> {
    let web = serving(Launch::of(Image::Wordpress.tag()?))?;
    let failure = format!("{:#}", web.exec(["wpimg-init"]).unwrap_err());
    ensure!(
        failure.contains("another wpimg-init serves") && failure.contains("wpimg-init exec"),
        "{failure}"
    );
    web.wait_for_http(WEB_PORT, "/healthz")?;
    Ok(())
}
