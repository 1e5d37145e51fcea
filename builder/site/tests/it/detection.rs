//! What `wpimg init` finds in a directory.

use std::{fs, os::unix::fs::symlink, path::Path};

use tempfile::TempDir;
use wpimg_site::detect::{Detected, Layout, Provenance, detect};

const PLUGIN: &str = "<?php /*\nPlugin Name: Shop\nVersion: 1.2\n*/";
const THEME: &str = "/*\nTheme Name: Leaf\nTemplate: root\nVersion: 3\n*/";

fn project(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn look(root: &Path) -> Detected {
    detect(root).unwrap()
}

#[test]
fn a_wordpress_site_is_taken_stock_of() {
    let root = project(&[
        ("wp-includes/version.php", "<?php\n$wp_version = '6.8.1';"),
        ("wp-content/plugins/shop/shop.php", PLUGIN),
        (
            "wp-content/plugins/shop/readme.txt",
            "=== Shop ===\nStable tag: 1.2\n",
        ),
        ("wp-content/plugins/own/aaa.php", "<?php"),
        ("wp-content/plugins/own/main.php", PLUGIN),
        ("wp-content/plugins/hello.php", PLUGIN),
        (
            "wp-content/plugins/index.php",
            "<?php // Silence is golden.",
        ),
        ("wp-content/themes/leaf/style.css", THEME),
        ("wp-content/mu-plugins/limits.php", "<?php"),
        ("wp-content/object-cache.php", "<?php"),
    ]);
    symlink("/etc", root.path().join("wp-content/plugins/linked")).unwrap();
    let found = look(root.path());
    assert_eq!(found.layout, Layout::WordPress);
    assert_eq!(found.core.unwrap().version, "6.8.1");
    let plugins: Vec<_> = found
        .plugins
        .iter()
        .map(|plugin| {
            (
                plugin.slug.as_str(),
                plugin.main.as_str(),
                &plugin.provenance,
            )
        })
        .collect();
    let directory = Provenance::Directory {
        version: "1.2".to_owned(),
    };
    assert_eq!(
        plugins,
        [
            ("hello", "wp-content/plugins/hello.php", &Provenance::Own),
            ("own", "wp-content/plugins/own/main.php", &Provenance::Own),
            ("shop", "wp-content/plugins/shop/shop.php", &directory),
        ]
    );
    assert_eq!(found.themes[0].parent.as_deref(), Some("root"));
    assert_eq!(found.mu_plugins[0].path, "wp-content/mu-plugins/limits.php");
    assert_eq!(found.drop_ins, ["wp-content/object-cache.php"]);
    assert_eq!(
        found.passed_over,
        [root.path().join("wp-content/plugins/linked")]
    );
}

#[test]
fn a_readme_that_disagrees_or_another_source_of_updates_makes_a_plugin_the_sites_own() {
    let own = "<?php /*\nPlugin Name: Pro\nVersion: 1.2\nUpdate URI: https://example.com/pro\n*/";
    let root = project(&[
        ("plugins/pro/pro.php", own),
        ("plugins/pro/readme.txt", "Stable tag: 1.2"),
        ("plugins/fork/fork.php", PLUGIN),
        ("plugins/fork/readme.txt", "Stable tag: 9.9"),
    ]);
    let found = look(root.path());
    assert_eq!(found.layout, Layout::Content);
    assert_eq!(found.plugins.len(), 2);
    assert!(
        found
            .plugins
            .iter()
            .all(|plugin| plugin.provenance == Provenance::Own)
    );
}

const COMPOSER: &str = r#"{
  "require": {"php": ">=8.1", "roots/wordpress": "6.8.1", "wpackagist-plugin/shop": "1.2"},
  "extra": {
    "installer-paths": {
      "web/app/mu-plugins/{$name}/": ["type:wordpress-muplugin"],
      "web/app/plugins/{$name}/": ["type:wordpress-plugin"],
      "web/app/themes/{$name}/": ["type:wordpress-theme"]
    },
    "wordpress-install-dir": "web/wp"
  }
}"#;

#[test]
fn a_bedrock_project_is_read_from_its_composer_file() {
    let root = project(&[
        ("composer.json", COMPOSER),
        ("config/application.php", "<?php"),
        ("vendor/autoload.php", "<?php"),
        ("web/wp/wp-includes/version.php", "$wp_version = '6.8.1';"),
        ("web/app/plugins/shop/shop.php", PLUGIN),
        ("web/app/plugins/mine/mine.php", PLUGIN),
        ("web/app/themes/leaf/style.css", THEME),
    ]);
    let found = look(root.path());
    let Layout::Bedrock(bedrock) = &found.layout else {
        panic!("{:?}", found.layout);
    };
    assert_eq!(
        (bedrock.web.as_str(), bedrock.core.as_str()),
        ("web", "web/wp")
    );
    assert_eq!(bedrock.plugins, "web/app/plugins");
    assert_eq!(bedrock.core_requirement.as_deref(), Some("6.8.1"));
    assert_eq!(found.core.as_ref().unwrap().version, "6.8.1");
    assert_eq!(found.plugins[0].provenance, Provenance::Own);
    let package = "wpackagist-plugin/shop".to_owned();
    assert_eq!(
        found.plugins[1].provenance,
        Provenance::Composer { package }
    );
    assert_eq!(found.themes[0].slug.as_str(), "leaf");
}

#[test]
fn paths_of_a_composer_file_that_leave_the_project_are_not_believed() {
    for bad in ["../../etc", "/etc"] {
        let text = format!(
            r#"{{"extra": {{"wordpress-install-dir": "wp", "installer-paths": {{"{bad}/{{$name}}/": ["type:wordpress-plugin"]}}}}}}"#
        );
        let root = project(&[("composer.json", &text)]);
        let Layout::Bedrock(bedrock) = look(root.path()).layout else {
            panic!("not found");
        };
        assert_eq!(bedrock.plugins, "app/plugins");
    }
}

#[test]
fn a_composer_file_of_something_else_is_not_bedrock() {
    for text in [
        "{}",
        "",
        "[1]",
        "{\"extra\": 7}",
        r#"{"require": {"php": "8"}}"#,
    ] {
        let root = project(&[("composer.json", text), ("shop.php", PLUGIN)]);
        assert_eq!(look(root.path()).layout, Layout::Plugin, "{text}");
    }
}

#[test]
fn a_plugin_a_theme_and_nothing_are_told_apart() {
    assert_eq!(
        look(project(&[("a.php", PLUGIN)]).path()).layout,
        Layout::Plugin
    );
    let theme = project(&[("style.css", THEME), ("functions.php", "<?php")]);
    assert_eq!(look(theme.path()).layout, Layout::Theme);
    assert_eq!(
        look(project(&[("a.txt", "")]).path()).layout,
        Layout::Unknown
    );
    assert!(detect(Path::new("/nonexistent")).is_err());
}

#[test]
fn nothing_is_read_through_a_link() {
    let outside = project(&[("shop/shop.php", PLUGIN)]);
    let root = project(&[("wp-content/themes/leaf/style.css", THEME)]);
    symlink(outside.path(), root.path().join("wp-content/plugins")).unwrap();
    let found = look(root.path());
    assert!(found.plugins.is_empty());
    assert_eq!(found.passed_over, [root.path().join("wp-content/plugins")]);
}
