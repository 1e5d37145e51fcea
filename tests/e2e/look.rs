//! Looking at images that are somewhere: what differs between two, whether one is what its recipe gives, its bill of
//! materials.

use anyhow::{Result, ensure};
use serde_json::Value;
use wpimg_e2e::registry::Registry;
use wpimg_e2e::shop::Shop;
use wpimg_e2e::wpimg::Wpimg;

/// The exit code of a question whose answer is "it is not the same".
const DIFFERENT: i32 = 3;

#[test]
fn a_pushed_image_is_verified_against_its_recipe_and_lock() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("shop:1");
    shop.command("lock")?.run()?.expect_success()?;
    shop.push(&reference)?.run()?.digest()?;
    let verify = || shop.command("verify")?.arg(&reference).run();
    verify()?.expect_success()?;
    shop.edit_the_theme()?;
    let run = verify()?;
    run.expect_exit(DIFFERENT)?;
    let said = format!("{}{}", run.stdout, run.stderr);
    ensure!(said.contains("plain/index.php"), "{run}");
    Ok(())
}

#[test]
fn two_images_differ_in_what_was_changed() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let references = [registry.reference("shop:1"), registry.reference("shop:2")];
    let [before, after] = &references;
    shop.push(before)?.run()?.digest()?;
    shop.edit_the_theme()?;
    shop.push(after)?.run()?.digest()?;
    let diff = |left: &str, right: &str| Wpimg::command_called("diff")?.arg(left).arg(right).run();
    diff(before, before)?.expect_success()?;
    let run = diff(before, after)?;
    run.expect_exit(DIFFERENT)?;
    ensure!(run.stdout.contains("plain/index.php"), "{run}");
    ensure!(!run.stdout.contains("shop.php"), "{run}");
    // The same image as a layout on the disk.
    let layout = shop.path().join("wpimg.oci");
    diff(after, &layout.to_string_lossy())?.expect_success()?;
    Ok(())
}

#[test]
fn the_bill_of_materials_names_packages_and_plugins_and_lies_beside_the_image() -> Result<()> {
    let (shop, registry) = (Shop::new()?, Registry::start()?);
    let reference = registry.reference("shop:1");
    shop.push(&reference)?.run()?.digest()?;
    for run in [
        shop.command("sbom")?.run()?,
        Wpimg::command_called("sbom")?.arg(&reference).run()?,
    ] {
        let bill: Value = serde_json::from_str(&run.expect_success()?.stdout)?;
        for name in ["greeting", "shop", "plain"] {
            let quoted = format!("\"{name}\"");
            ensure!(bill.to_string().contains(&quoted), "no {name} in {bill}");
        }
    }
    Ok(())
}
