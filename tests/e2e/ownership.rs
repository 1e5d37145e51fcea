//! Volumes whose files belong to somebody else.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::access_point::AccessPoint;
use wpimg_e2e::docker::{Container, Launch, Volume};
use wpimg_e2e::image::Image;
use wpimg_e2e::poll;
use wpimg_e2e::site::WEB_PORT;

const UPLOADS: &str = "/var/www/html/wp-content/uploads";

/// Answers with the owner of `?of=PATH`, a link's own.
const OWNER: &str = "<?php clearstatcache(); echo lstat($_GET['of'])['uid'] ?? 'gone';";

/// A volume whose contents a script makes as root, in a shell without coreutils: redirections make files.
fn filled(script: &str) -> Result<Volume> {
    let volume = Volume::create()?;
    let ended = Launch::of(Image::Mariadb.tag()?)
        .user("0:0")
        .volume(&volume, "/uploads")
        .command(["--", "/bin/sh", "-euc", &format!("cd /uploads; {script}")])
        .start()?
        .wait()?;
    ensure!(ended.exit_code == 0, "the volume could not be filled");
    Ok(volume)
}

fn launch(volume: &Volume) -> Result<Launch> {
    Ok(Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .volume(volume, UPLOADS)
        .file("/var/www/html/owner.php", OWNER))
}

fn owner(web: &Container, of: &str) -> Result<String> {
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    Ok(client.get(&format!("/owner.php?of={of}"))?.text())
}

fn wait_for_owner(web: &Container, of: &str, expected: &str) -> Result<()> {
    poll::until(&format!("`{of}` belongs to {expected}"), || {
        let owner = owner(web, of)?;
        ensure!(owner == expected, "`{of}` belongs to {owner}");
        Ok(())
    })
}

#[test]
fn visitors_are_served_while_a_volume_is_put_right() -> Result<()> {
    let volume = filled("i=0; while [ $i -lt 60000 ]; do : >$i; i=$((i+1)); done")?;
    let web = launch(&volume)?.env("WPIMG_OWNERSHIP_WAIT", "0").start()?;
    web.wait_for_log("the rest is done while visitors are served")?;
    ensure!(
        owner(&web, UPLOADS)? == "33",
        "the workers cannot write at once"
    );
    web.wait_for_log("gave ")?;
    wait_for_owner(&web, &format!("{UPLOADS}/59999"), "33")
}

#[test]
fn a_later_start_looks_at_the_stamp_only() -> Result<()> {
    let volume = filled("i=0; while [ $i -lt 2000 ]; do : >$i; i=$((i+1)); done")?;
    let web = launch(&volume)?
        .file(
            "/var/www/html/prepare.php",
            "<?php mkdir(__DIR__ . '/wp-content/uploads/sub');",
        )
        .file(
            "/var/www/html/forget.php",
            "<?php unlink(__DIR__ . '/wp-content/uploads/.wpimg-owner');",
        )
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    wait_for_owner(&web, &format!("{UPLOADS}/.wpimg-owner"), "0")?;
    web.wait_for_log("gave 2001 of 2001 files")?;
    ensure!(
        client.get("/wp-content/uploads/.wpimg-owner")?.status == 404,
        "the stamp is served"
    );
    // Only a walk would see this one.
    client.get("/prepare.php")?;
    let planted = format!("{UPLOADS}/sub/planted");
    web.shell(&format!(": >{planted}"))?;

    web.stop(20)?;
    web.start()?;
    ensure!(owner(&web, &planted)? == "0", "the planted file is found");
    web.client(WEB_PORT)?.get("/forget.php")?;

    web.stop(20)?;
    web.start()?;
    wait_for_owner(&web, &planted, "33")?;
    web.wait_for_log("gave 1 of 2003 files")?;
    let logs = web.logs()?;
    ensure!(
        logs.matches("gave ").count() == 2,
        "the second start walked: {logs}"
    );
    Ok(())
}

#[test]
fn a_link_in_the_uploads_gives_nothing_outside_away() -> Result<()> {
    let uploads = Volume::create()?;
    let first = launch(&uploads)?
        .file(
            "/var/www/html/link.php",
            "<?php chdir(__DIR__ . '/wp-content/uploads'); \
             echo symlink('/etc', 'folder') && symlink('/etc/passwd', 'name') ? 'made' : 'refused';",
        )
        .start()?;
    let client = first.wait_for_http(WEB_PORT, "/healthz")?;
    let made = client.get("/link.php")?.text();
    ensure!(made == "made", "the links are {made}");
    first.stop(20)?;

    // The workers of the next image have another number, so everything is foreign to them.
    let web = launch(&uploads)?
        .file(
            "/etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\nwww-data:x:34:33:www-data:/var/www:/bin/sh\n",
        )
        .env("WPIMG_WRITABLE", "/var/www/data")
        .start()?;
    for (path, expected) in [
        (format!("{UPLOADS}/folder"), "34"),
        (format!("{UPLOADS}/name"), "34"),
        ("/var/www/data".to_owned(), "34"),
        ("/etc".to_owned(), "0"),
        ("/etc/passwd".to_owned(), "0"),
    ] {
        wait_for_owner(&web, &path, expected)?;
    }
    Ok(())
}

#[test]
fn a_read_only_volume_is_said_and_served() -> Result<()> {
    let volume = filled("echo 'from before' >old.txt")?;
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .volume(&volume, &format!("{UPLOADS}:ro"))
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    web.wait_for_log("is read-only: uploads will fail")?;
    let text = client.get("/wp-content/uploads/old.txt")?.text();
    ensure!(text == "from before\n", "the old file is: {text}");
    Ok(())
}

#[test]
fn an_access_point_that_maps_everybody_is_said_in_one_line_and_written_to() -> Result<()> {
    let volume = AccessPoint::of(1000)?;
    let web = Launch::of(Image::Wordpress.tag()?)
        .publish(WEB_PORT)
        .mount_writable(volume.path(), UPLOADS)
        .file(
            "/var/www/html/write.php",
            "<?php echo file_put_contents(__DIR__ . '/wp-content/uploads/new.txt', 'new');",
        )
        .start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let written = client.get("/write.php")?.text();
    let found = fs::read_to_string(volume.path().join("new.txt")).unwrap_or_default();
    ensure!(
        written == "3" && found == "new",
        "PHP wrote {written} bytes, `{found}` is there"
    );
    let logs = web.logs()?;
    let said = format!("the owner of {UPLOADS} cannot be changed, but the workers can write there");
    ensure!(
        logs.matches(UPLOADS).count() == 1 && logs.contains(&said),
        "not said in one line: {logs}"
    );
    Ok(())
}

#[test]
fn a_volume_that_cannot_be_written_ends_the_container_with_77() -> Result<()> {
    let volume = filled(": >file")?;
    let web = launch(&volume)?.user("33:33").start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 77 && logs.contains(UPLOADS) && logs.contains("belongs to 0:0"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}

#[test]
fn a_directory_of_the_system_is_never_given_away() -> Result<()> {
    let web = Launch::of(Image::Wordpress.tag()?)
        .env("WPIMG_WRITABLE", "/var/www/data:/etc")
        .start()?;
    let ended = web.wait()?;
    let logs = web.logs()?;
    ensure!(
        ended.exit_code == 78 && logs.contains("WPIMG_WRITABLE"),
        "the container ended with {}: {logs}",
        ended.exit_code
    );
    Ok(())
}
