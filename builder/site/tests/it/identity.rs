//! What content is, or what it is instead.

use wpimg_site::{Intake, identify::IdentifyError, mu_plugin, plugin, theme, wordpress};

use crate::pack::{files, named, zip};

const PLUGIN: &str = "<?php\n/*\nPlugin Name: Shop\nVersion: 1.2\n*/";
const THEME: &str = "/*\nTheme Name: Leaf\nTemplate: twentytwentyfive\nVersion: 3\n*/";

fn take(name: &str, entries: &[(&str, &str)]) -> Intake {
    named(name, zip(&files(entries)))
}

#[track_caller]
fn check(error: &IdentifyError, message: &str, hint: Option<&str>) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.hint().as_deref(), hint);
}

#[test]
fn a_plugin_is_named_like_its_directory() {
    let taken = take(
        "download.zip",
        &[("shop/a.php", ""), ("shop/main.php", PLUGIN)],
    );
    let found = plugin::identify(&taken).unwrap();
    assert_eq!(
        (found.slug.as_str(), found.main.as_str()),
        ("shop", "main.php")
    );
    assert_eq!(found.facts.version.as_deref(), Some("1.2"));
}

#[test]
fn a_plugin_without_a_directory_is_named_like_its_archive() {
    for (name, slug) in [
        ("shop.1.2.zip", "shop"),
        ("shop-1.2.0.zip", "shop"),
        ("shop.zip", "shop"),
        ("shop2.tar.gz", "shop2"),
        ("twentytwentyfive.ZIP", "twentytwentyfive"),
        ("shop-2.zip", "shop-2"),
    ] {
        let taken = take(name, &[("main.php", PLUGIN), ("readme.txt", "")]);
        assert_eq!(plugin::identify(&taken).unwrap().slug.as_str(), slug);
    }
}

#[test]
fn of_two_headers_the_namesake_wins() {
    let taken = take(
        "x.zip",
        &[("shop/a.php", PLUGIN), ("shop/shop.php", PLUGIN)],
    );
    assert_eq!(plugin::identify(&taken).unwrap().main.as_str(), "shop.php");
}

#[test]
fn a_name_that_cannot_be_a_directory_is_an_error() {
    let taken = take("x.zip", &[("My Shop/shop.php", PLUGIN)]);
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`x.zip` has no name that could be a directory of the site",
        Some("give it one in `wpimg.toml`: `name = \"…\"`"),
    );
}

#[test]
fn a_plugin_without_header_says_where_it_was_looked_for() {
    let taken = take("x.zip", &[("shop/a.php", "<?php"), ("shop/b.php", "")]);
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`x.zip` is not a plugin: no `Plugin Name:` at the top of `a.php`, `b.php`",
        None,
    );
    let taken = take("x.zip", &[("shop/readme.txt", "")]);
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`x.zip` is not a plugin: there is no PHP file at its root",
        None,
    );
}

#[test]
fn a_plugin_one_directory_deeper_is_pointed_to() {
    let taken = take(
        "x.zip",
        &[("x/readme.txt", ""), ("x/shop/shop.php", PLUGIN)],
    );
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`x.zip` is not a plugin: there is no PHP file at its root",
        Some("it lies deeper, in `shop`: unpack `x.zip` and give that directory in `wpimg.toml`"),
    );
    let two = take(
        "x.zip",
        &[
            ("x/a/a.php", PLUGIN),
            ("x/b/b.php", PLUGIN),
            ("x/b/c.php", PLUGIN),
        ],
    );
    check(
        &plugin::identify(&two).unwrap_err(),
        "`x.zip` is not a plugin: there is no PHP file at its root",
        Some(
            "there are several inside: unpack `x.zip` and list `a`, `b` one by one in `wpimg.toml`",
        ),
    );
}

#[test]
fn a_theme_given_as_a_plugin_is_called_a_theme() {
    let taken = take(
        "x.zip",
        &[("leaf/style.css", THEME), ("leaf/index.php", "")],
    );
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`x.zip` is not a plugin: no `Plugin Name:` at the top of `index.php`",
        Some("this is the theme `Leaf`: list it under `[[theme]]` in `wpimg.toml`"),
    );
    let found = theme::identify(&taken).unwrap();
    assert_eq!(found.slug.as_str(), "leaf");
    assert_eq!(found.parent.as_deref(), Some("twentytwentyfive"));
}

#[test]
fn a_plugin_given_as_a_theme_is_called_a_plugin() {
    let taken = take(
        "x.zip",
        &[("shop/shop.php", PLUGIN), ("shop/style.css", "a{}")],
    );
    check(
        &theme::identify(&taken).unwrap_err(),
        "`x.zip` is not a theme: no `Theme Name:` at the top of `style.css`",
        Some("this is the plugin `Shop`: list it under `[[plugin]]` in `wpimg.toml`"),
    );
    let deeper = take("x.zip", &[("x/a.txt", ""), ("x/y/leaf/style.css", THEME)]);
    check(
        &theme::identify(&deeper).unwrap_err(),
        "`x.zip` is not a theme: there is no `style.css` at its root",
        Some("it lies deeper, in `y/leaf`: unpack `x.zip` and give that directory in `wpimg.toml`"),
    );
}

#[test]
fn a_must_use_plugin_is_one_file_or_a_directory_with_a_main_file() {
    let single = take("x.zip", &[("cache.php", "<?php // nothing")]);
    let found = mu_plugin::identify(&single).unwrap();
    assert_eq!(found.slug.as_str(), "cache");
    assert_eq!(found.form, mu_plugin::Form::SingleFile);
    let several = take("x.zip", &[("cache/a.php", ""), ("cache/cache.php", "")]);
    let found = mu_plugin::identify(&several).unwrap();
    assert_eq!(found.main.as_str(), "cache.php");
    assert_eq!(found.form, mu_plugin::Form::Directory);
    let unclear = take("x.zip", &[("cache/a.php", ""), ("cache/b.php", "")]);
    check(
        &mu_plugin::identify(&unclear).unwrap_err(),
        "`x.zip` is not a must-use plugin: nothing says which of `a.php`, `b.php` is to be loaded",
        None,
    );
}

fn release(top: &str) -> Vec<(String, &'static str)> {
    let essential = [
        "index.php",
        "wp-admin/index.php",
        "wp-blog-header.php",
        "wp-cron.php",
        "wp-includes/functions.php",
        "wp-load.php",
        "wp-settings.php",
    ];
    let mut release: Vec<_> = essential
        .iter()
        .map(|path| (format!("{top}{path}"), ""))
        .collect();
    release.push((
        format!("{top}wp-includes/version.php"),
        "<?php\n$wp_version = '6.8.1';\n",
    ));
    release
}

fn borrowed<'a>(release: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    release
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect()
}

#[test]
fn wordpress_is_known_by_its_version() {
    let whole = release("wordpress/");
    let taken = take("latest.zip", &borrowed(&whole));
    assert_eq!(wordpress::identify(&taken).unwrap().version, "6.8.1");
    check(
        &plugin::identify(&taken).unwrap_err(),
        "`latest.zip` is not a plugin: no `Plugin Name:` at the top of `index.php`, \
         `wp-blog-header.php`, `wp-cron.php`, `wp-load.php`, 1 more",
        Some("this is WordPress itself: name it under `[wordpress]` in `wpimg.toml`"),
    );
}

#[test]
fn what_wordpress_lacks_is_named() {
    let mut part = release("wordpress/");
    part.retain(|(path, _)| !path.contains("wp-admin"));
    check(
        &wordpress::identify(&take("x.zip", &borrowed(&part))).unwrap_err(),
        "`x.zip` is not WordPress: it lacks `wp-admin/index.php`",
        None,
    );
    let mut nested = release("x/wordpress/");
    nested.push(("x/readme".to_owned(), ""));
    let error = wordpress::identify(&take("x.zip", &borrowed(&nested))).unwrap_err();
    assert!(
        error
            .hint()
            .unwrap()
            .starts_with("it lies deeper, in `wordpress`"),
        "{error}"
    );
    let mut silent = release("wordpress/");
    silent.last_mut().unwrap().1 = "<?php eval($x);";
    check(
        &wordpress::identify(&take("x.zip", &borrowed(&silent))).unwrap_err(),
        "`x.zip` is WordPress, but `wp-includes/version.php` does not say which version",
        Some("take WordPress from its release again"),
    );
}
