//! What a site is made of: WordPress, plugins, themes, pins, snippets.

use super::{EVERY_KEY, parse, texts};
use crate::recipe::{ContentSource, FileSource, Recipe, WordPressSource};

fn names(recipe: &Recipe) -> Vec<Option<&str>> {
    let all = [&recipe.plugins, &recipe.themes, &recipe.mu_plugins];
    all.into_iter()
        .flatten()
        .map(|content| content.expected_name())
        .collect()
}

#[test]
fn every_key_is_understood() {
    let recipe = parse(EVERY_KEY).unwrap();
    let image = &recipe.image;
    assert_eq!(
        image.repository.as_ref().unwrap().to_string(),
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/shop"
    );
    assert_eq!(texts(&image.tags), ["6.8", "latest"]);
    assert!(matches!(
        &recipe.wordpress.source,
        WordPressSource::Release { version, sha256: Some(_) } if version.to_string() == "6.8.3"
    ));
    assert_eq!(recipe.wordpress.locale.unwrap().to_string(), "de_DE");
    assert_eq!(recipe.wordpress.theme, None);
    assert_eq!(recipe.composer.unwrap().path.path.as_str(), ".");
}

#[test]
fn plugins_know_their_source_and_as_much_of_their_name_as_the_recipe_says() {
    let recipe = parse(EVERY_KEY).unwrap();
    assert_eq!(
        names(&recipe),
        [
            Some("akismet"),
            Some("shop-pro"),
            Some("shop"),
            Some("loader.php")
        ]
    );
    let [akismet, pro] = recipe.plugins.as_slice() else {
        panic!("there are two plugins");
    };
    assert!(matches!(
        &akismet.source,
        ContentSource::Directory { version: Some(version), .. } if version.to_string() == "5.3"
    ));
    assert_eq!(texts(&akismet.keep), ["*.sql"]);
    assert!(matches!(
        &pro.source,
        ContentSource::Download(download)
            if download.url().as_str() == "https://seller.example/pro.zip"
                && download.sha256().is_some()
    ));
    let archives = "[[plugin]]\npath = \"a.ZIP\"\n[[plugin]]\npath = \"b.tar.gz\"\n\
                    [[plugin]]\nurl = \"https://a.example/c.zip\"";
    assert_eq!(names(&parse(archives).unwrap()), [None, None, None]);
}

#[test]
fn pins_are_versions_relations_or_suites() {
    let pins = parse(EVERY_KEY).unwrap().debian.pins;
    let written: Vec<String> = pins
        .iter()
        .map(|(pattern, pin)| {
            let version = pin.version.as_ref().map(ToString::to_string);
            let suite = pin.suite.as_ref().map(ToString::to_string);
            format!(
                "{pattern} {} {}",
                version.unwrap_or_default(),
                suite.unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        written,
        [
            "libicu* >= 76 ",
            "msmtp << 2 trixie",
            "nginx = 1.26.3-3+deb13u1 ",
            "php8.4-*  trixie",
        ]
    );
}

#[test]
fn snippets_become_files_that_nginx_includes_in_their_order() {
    let many: Vec<String> = (0..12).map(|index| format!("\"n/{index}.conf\"")).collect();
    let recipe = parse(&format!("[nginx]\nsnippets = [{}]", many.join(", "))).unwrap();
    let targets: Vec<String> = recipe
        .files
        .iter()
        .filter(|file| matches!(file.source, FileSource::Directory { .. }))
        .map(|file| file.target.to_string())
        .collect();
    assert_eq!(targets[0], "/etc/wpimg/nginx/site.d/recipe-01-0.conf");
    assert_eq!(targets[11], "/etc/wpimg/nginx/site.d/recipe-12-11.conf");
    assert!(targets.is_sorted(), "{targets:?}");
}

#[test]
fn the_upload_size_is_what_the_entrypoint_reads_unless_the_environment_says_it() {
    let limit = |text: &str| {
        parse(text)
            .unwrap()
            .image
            .environment
            .remove("WPIMG_UPLOAD_LIMIT")
    };
    assert_eq!(limit("nginx.upload-size = \"128M\"").unwrap(), "128M");
    assert_eq!(limit(""), None);
    let both = "nginx.upload-size = \"128M\"\nimage.environment.WPIMG_UPLOAD_LIMIT = \"1G\"";
    assert_eq!(limit(both).unwrap(), "1G");
}

#[test]
fn debians_theme_goes_with_debians_wordpress() {
    let theme = |text: &str| parse(text).unwrap().wordpress.theme;
    assert!(theme("").is_some());
    assert!(theme("wordpress.locale = \"de_DE\"").is_some());
    for elsewhere in [
        "wordpress.version = \"6.8.3\"",
        "wordpress.url = \"https://a.example/wordpress.zip\"",
        "wordpress.path = \"wordpress\"",
        "wordpress.source = \"none\"",
        "composer.path = \".\"",
    ] {
        assert_eq!(theme(elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn a_composer_project_brings_wordpress_unless_the_recipe_says_otherwise() {
    let source = |text: &str| parse(text).unwrap().wordpress.source;
    assert_eq!(source("composer.path = \".\""), WordPressSource::None);
    let debian = "composer.path = \".\"\nwordpress.source = \"debian\"";
    assert_eq!(source(debian), WordPressSource::Debian);
}

#[test]
fn one_name_may_be_a_plugin_and_a_theme() {
    assert!(parse("[[plugin]]\nslug = \"shop\"\n[[theme]]\nslug = \"shop\"").is_ok());
}

#[test]
fn releases_and_locales_of_wordpress_are_told_from_other_words() {
    for (key, good, bad) in [
        (
            "version",
            &["6.8", "6.8.3", "6.9-RC1", "6.9-beta2", "7.0-alpha"][..],
            &["6", "6.8.3.1", "latest", "6.8-rc1", "6.+8", "6.8-", "v6.8"][..],
        ),
        (
            "locale",
            &[
                "de_DE",
                "fi",
                "ckb",
                "de_DE_formal",
                "pt_PT_ao90",
                "art_xemoji",
            ],
            &[
                "german",
                "DE",
                "de-DE",
                "de_",
                "de_DE_",
                "de_DE_a_b",
                "../x",
            ],
        ),
    ] {
        for text in good {
            assert!(
                parse(&format!("wordpress.{key} = \"{text}\"")).is_ok(),
                "{key} {text}"
            );
        }
        for text in bad {
            assert!(
                parse(&format!("wordpress.{key} = \"{text}\"")).is_err(),
                "{key} {text}"
            );
        }
    }
}

#[test]
fn a_repository_names_its_registry_and_no_tag() {
    for (text, good) in [
        ("registry.example/shop", true),
        ("registry.example:5000/team/shop", true),
        ("localhost/shop", true),
        ("127.0.0.1:5000/shop", true),
        ("shop", false),
        ("team/shop", false),
        ("registry.example/shop:6.8", false),
        ("registry.example/", false),
        ("registry.example/Shop", false),
        ("https://registry.example/shop", false),
    ] {
        let parsed = parse(&format!("image.repository = \"{text}\""));
        assert_eq!(parsed.is_ok(), good, "{text}");
    }
}
