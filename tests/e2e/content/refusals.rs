//! What does not get into a site: archives that lie, things of one name, things that are something else.

use anyhow::{Context, Result, ensure};
use wpimg_e2e::content::{Tree, plugin, theme};

use super::{PLUGINS, SmallSite};

const USAGE: i32 = 2;

#[test]
fn archives_that_lie_are_refused_with_the_entry_that_does() -> Result<()> {
    let site = SmallSite::new()?;
    let shop = || plugin("shop", "1");
    let zeros = vec![0; 64 << 20];
    let hostile = [
        (
            "climbs.zip",
            shop().file("shop/../../etc/passwd", "root").zip()?,
            "climbs out with `..`",
        ),
        (
            "climbs.tar.gz",
            shop().file("../etc/passwd", "root").tar_gz()?,
            "climbs out with `..`",
        ),
        (
            "absolute.zip",
            shop().file("/etc/passwd", "root").zip()?,
            "absolute path",
        ),
        (
            "leaves.zip",
            shop().link("shop/out", "../../../../etc").zip()?,
            "outside of what is taken in",
        ),
        (
            "through.tar.gz",
            shop()
                .link("shop/out", "/etc")
                .file("shop/out/passwd", "root")
                .tar_gz()?,
            "shop/out",
        ),
        (
            "device.tar.gz",
            shop().device("shop/null").tar_gz()?,
            "shop/null",
        ),
        (
            "hard.tar.gz",
            shop().hard_link("shop/passwd", "/etc/passwd").tar_gz()?,
            "/etc/passwd",
        ),
        (
            "bomb.zip",
            shop().file("shop/zeros", zeros).zip()?,
            "as no honest archive does",
        ),
        ("locked.zip", shop().encrypted_zip()?, "encrypted"),
        (
            "twice.zip",
            shop().file("shop/shop.php", "other").zip()?,
            "there twice",
        ),
        (
            "backslash.zip",
            shop().file("shop\\..\\..\\x", "x").zip()?,
            "backslash",
        ),
        (
            "damaged.zip",
            shop().zip()?.split_off(9),
            "neither zip nor tar",
        ),
        (
            "page.zip",
            b"<html>not found</html>".to_vec(),
            "neither zip nor tar",
        ),
    ];
    for (file, packed, reason) in hostile {
        let run = site.build_with_plugin(file, &packed)?;
        ensure!(
            matches!(run.status.code(), Some(1 | 2)) && run.stdout.is_empty(),
            "`{file}` was not refused\n{run}"
        );
        run.expect_said(&[file, reason])
            .with_context(|| format!("`{file}`"))?;
        ensure!(
            !site.archive.path().join("wpimg.oci").exists(),
            "`{file}` left an image"
        );
    }
    // The same site without them is built, so it was the archive each time.
    site.build_with_plugin("sound.zip", &shop().zip()?)?
        .digest()?;
    Ok(())
}

#[test]
fn a_file_of_an_archive_gets_no_more_rights_than_others_have() -> Result<()> {
    let site = SmallSite::new()?;
    let tree = plugin("shop", "1").with_mode("shop/run", 0o6777);
    site.archive.write("shop.tar.gz", tree.tar_gz()?)?;
    let image = site.contents("[[plugin]]\npath = \"shop.tar.gz\"")?;
    let entry = image.file(&format!("{PLUGINS}/shop/run"))?;
    ensure!(
        (entry.mode & 0o7777, entry.owner) == (0o755, (0, 0)),
        "{:o} {:?}",
        entry.mode,
        entry.owner
    );
    Ok(())
}

#[test]
fn two_plugins_of_one_name_are_refused_with_both_places() -> Result<()> {
    let site = SmallSite::new()?;
    site.archive
        .write("one/shop.zip", plugin("shop", "1").zip()?)?;
    plugin("shop", "2").write_to(&site.archive.path().join("two"))?;
    site.recipe("[[plugin]]\npath = \"one/shop.zip\"\n[[plugin]]\npath = \"two/shop\"")?;
    let refused = ["`shop`", "twice", "one/shop.zip", "two/shop"];
    site.build()?.run()?.expect_refusal(USAGE, &refused)?;

    site.recipe("[[plugin]]\nslug = \"shop\"\nversion = \"1\"\n[[plugin]]\nslug = \"shop\"\nversion = \"2\"")?;
    site.build()?
        .run()?
        .expect_refusal(USAGE, &["`shop`", "two entries", "wpimg.toml"])
}

#[test]
fn an_archive_without_a_plugin_in_it_is_refused_as_such() -> Result<()> {
    let site = SmallSite::new()?;
    let headless = Tree::default().file("shop/shop.php", "<?php echo 1;\n");
    site.build_with_plugin("shop.zip", &headless.zip()?)?
        .expect_refusal(USAGE, &["shop.zip", "not a plugin", "Plugin Name"])?;
    // A theme in the wrong section is told so.
    site.build_with_plugin("plain.zip", &theme("plain", "1").zip()?)?
        .expect_refusal(USAGE, &["plain.zip", "not a plugin"])
}
