//! Where plugins, themes and files come from, and where they get to.

use std::fs;

use anyhow::{Result, ensure};
use wpimg_e2e::content::{Tree, plugin, theme};
use wpimg_e2e::contents::Contents;

use super::{PLUGINS, SmallSite};

const SITE: &str = "var/www/html";

#[test]
fn plugins_and_themes_come_from_wordpress_org_an_address_an_archive_and_a_directory() -> Result<()>
{
    let site = SmallSite::new()?;
    let serve = |path: &str, contents: Vec<u8>| site.server.replace(path, contents);
    serve(
        "plugins/info/1.2/?action=plugin_information&slug=newest",
        br#"{"name": "The newest", "version": "3.1"}"#.to_vec(),
    );
    serve("plugin/newest.3.1.zip", plugin("newest", "3.1").zip()?);
    serve("plugin/exact.1.0.zip", plugin("exact", "1.0").zip()?);
    serve("theme/plain.2.0.zip", theme("plain", "2.0").zip()?);
    serve("far.tar.gz", plugin("far", "5").tar_gz()?);
    site.archive.write("near.zip", plugin("near", "1").zip()?)?;
    let directory = site.archive.path();
    plugin("edited", "1").write_to(&directory.join("plugins"))?;
    theme("child", "1").write_to(&directory.join("themes"))?;
    plugin("always", "1").write_to(&directory.join("mu"))?;
    site.archive
        .write("mu/single.php", "<?php // always on\n")?;
    let image = site.contents(&format!(
        r#"
[[plugin]]
slug = "newest"
[[plugin]]
slug = "exact"
version = "1.0"
[[plugin]]
url = "{}"
[[plugin]]
path = "near.zip"
name = "renamed"
[[plugin]]
path = "plugins/edited"
[[theme]]
slug = "plain"
version = "2.0"
[[theme]]
path = "themes/child"
[[mu-plugin]]
path = "mu/single.php"
[[mu-plugin]]
path = "mu/always"
"#,
        site.server.url_of("far.tar.gz")
    ))?;
    let content = image.below("var/www/html/wp-content");
    for path in [
        "plugins/newest/newest.php",
        "plugins/exact/exact.php",
        "plugins/far/far.php",
        "plugins/renamed/near.php",
        "plugins/edited/edited.php",
        "themes/plain/style.css",
        "themes/child/index.php",
        "mu-plugins/single.php",
        "mu-plugins/always/always.php",
    ] {
        ensure!(
            content.contains(&path.to_owned()),
            "no {path} in {content:?}"
        );
        let entry = image.file(&format!("{SITE}/wp-content/{path}"))?;
        ensure!(
            (entry.mode, entry.owner) == (0o644, (0, 0)),
            "{path} is {entry:?}"
        );
    }
    // What is pinned changes at another rate than what people edit.
    let pinned: Vec<_> = image.layer("plugins")?.entries.keys().collect();
    let edited: Vec<_> = image.layer("site")?.entries.keys().collect();
    let in_layer = |layer: &[&String], path: &str| layer.iter().any(|entry| entry.ends_with(path));
    ensure!(in_layer(&pinned, "renamed/near.php") && in_layer(&pinned, "plain/style.css"));
    ensure!(in_layer(&edited, "edited/edited.php") && in_layer(&edited, "mu-plugins/single.php"));
    ensure!(!in_layer(&edited, "renamed/near.php") && !in_layer(&pinned, "edited.php"));
    Ok(())
}

#[test]
fn a_plugin_without_a_version_is_locked_to_the_newest_and_stays_there() -> Result<()> {
    let site = SmallSite::new()?;
    let publish = |version: &str| {
        site.server.replace(
            "plugins/info/1.2/?action=plugin_information&slug=shop",
            format!("{{\"version\": \"{version}\"}}"),
        );
        let path = format!("plugin/shop.{version}.zip");
        site.server.replace(&path, plugin("shop", version).zip()?);
        Ok::<_, anyhow::Error>(())
    };
    let run = |command: &str| site.archive.command_with(command, &site.server)?.run();
    let built = || Contents::of(site.build()?)?.file(&format!("{PLUGINS}/shop/shop.php"));
    let says = |version: &str| {
        let body = String::from_utf8(built()?.body)?;
        ensure!(body.contains(&format!("Version: {version}")), "{body}");
        Ok(())
    };
    site.recipe("[[plugin]]\nslug = \"shop\"")?;
    publish("1.9")?;
    run("lock")?.expect_success()?;
    publish("1.10")?;
    says("1.9")?;
    let outdated = run("outdated")?;
    ensure!(
        outdated.expect_exit(3)?.stdout == "shop (plugin)  1.9 -> 1.10\n",
        "{outdated}"
    );
    run("update")?.expect_success()?;
    says("1.10")
}

#[test]
fn files_get_their_owner_and_mode_and_empty_directories_stay() -> Result<()> {
    let site = SmallSite::new()?;
    let directory = site.archive.path();
    Tree::default()
        .file("secret.conf", "key")
        .file("tree/deep/down.txt", "text")
        .directory("tree/empty")
        .write_to(directory)?;
    fs::write(directory.join("tree/run"), "#!/bin/sh\n")?;
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(directory.join("tree/run"), executable)?;
    let image = site.contents(
        r#"
[[files]]
source = "secret.conf"
target = "/etc/shop/secret.conf"
mode = "0640"
owner = "0:33"
[[files]]
source = "tree"
target = "/srv/tree"
owner = "33:33"
"#,
    )?;
    for (path, mode, owner) in [
        ("etc/shop/secret.conf", 0o640, (0, 33)),
        ("srv/tree/deep/down.txt", 0o644, (33, 33)),
        ("srv/tree/run", 0o755, (33, 33)),
        ("srv/tree/empty", 0o755, (33, 33)),
    ] {
        let entry = image.file(path)?;
        ensure!(
            (entry.mode & 0o7777, entry.owner) == (mode, owner),
            "`{path}` is {:o} {:?}",
            entry.mode,
            entry.owner
        );
    }
    Ok(())
}

#[test]
fn what_a_site_must_not_ship_is_left_out_and_listed_unless_it_is_wanted() -> Result<()> {
    let site = SmallSite::new()?;
    let tree = plugin("shop", "1")
        .file("shop/.git/config", "[core]")
        .file("shop/.env", "DB_PASSWORD=x")
        .file("shop/node_modules/left-pad/index.js", "")
        .file("shop/dump.sql", "CREATE TABLE")
        .file("shop/install.sql", "CREATE TABLE")
        .file("shop/id_rsa", "-----BEGIN")
        .file("shop/src/shop.js", "");
    tree.write_to(site.archive.path())?;
    site.archive.write(
        "packed.zip",
        plugin("packed", "1").file("packed/.env", "x").zip()?,
    )?;
    let image = site.contents(
        r#"
[[plugin]]
path = "shop"
keep = ["install.sql"]
[[plugin]]
path = "packed.zip"
"#,
    )?;
    let files: Vec<_> = image.below(&format!("{PLUGINS}/shop"));
    ensure!(
        files == ["install.sql", "shop.php", "src", "src/shop.js"],
        "{files:?}"
    );
    ensure!(image.below(&format!("{PLUGINS}/packed")) == ["packed.php"]);
    let listed = [".git", ".env", "node_modules", "dump.sql", "id_rsa"];
    image.run.expect_said(&listed)?;
    ensure!(!image.run.stderr.contains("install.sql"), "{}", image.run);
    Ok(())
}
