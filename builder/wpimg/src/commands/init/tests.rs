//! What `wpimg init` writes and what it leaves alone.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::{Existing, InitError, RECIPE, SCHEMA, image_name, start};
use crate::{
    commands::init::found::Found,
    recipe::{Recipe, RecipeLocation, json_schema},
};

#[test]
fn a_new_directory_gets_a_recipe_that_builds_under_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let shop = directory.path().join("sites/My Shop");
    let path = start(&shop, &Found::default(), Existing::Kept).unwrap();
    let recipe = Recipe::read(&RecipeLocation::File(path.clone())).unwrap();
    assert_eq!(recipe.image.name.to_string(), "my-shop");
    assert_eq!(
        fs::read_to_string(shop.join(SCHEMA)).unwrap(),
        json_schema()
    );
    let mode = path.metadata().unwrap().permissions().mode();
    assert_ne!(mode & 0o044, 0, "others may read it: {mode:o}");
    assert_eq!(
        fs::read_dir(&shop).unwrap().count(),
        2,
        "no other file is left"
    );
}

#[test]
fn a_recipe_that_is_there_is_kept_unless_it_may_be_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(RECIPE);
    fs::write(&path, "mine").unwrap();
    let error = start(directory.path(), &Found::default(), Existing::Kept).unwrap_err();
    assert!(matches!(error, InitError::Exists { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert!(!directory.path().join(SCHEMA).exists());
    start(directory.path(), &Found::default(), Existing::Replaced).unwrap();
    assert_ne!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_link_to_nowhere_counts_as_a_recipe() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("elsewhere", directory.path().join(RECIPE)).unwrap();
    let error = start(directory.path(), &Found::default(), Existing::Kept).unwrap_err();
    assert!(matches!(error, InitError::Exists { .. }), "{error}");
}

#[test]
fn any_directory_gives_an_image_name() {
    for (directory, expected) in [
        ("/srv/shop", "shop"),
        ("/srv/Shop.Example_2", "shop-example-2"),
        ("/srv/-x-", "x"),
        ("/srv/日本", "site"),
        ("/", "site"),
    ] {
        let name = image_name(Path::new(directory));
        assert_eq!(name, expected);
        assert!(name.parse::<crate::recipe::ImageName>().is_ok());
    }
}
