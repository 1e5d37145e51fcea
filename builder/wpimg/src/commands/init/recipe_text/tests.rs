//! The written recipe parses, says what was found, and is pleasant to read.

use std::path::PathBuf;

use super::{
    super::found::{Dependencies, Found, FoundBedrock, FoundContent, FoundRelease},
    recipe_text,
};
use crate::recipe::{ContentSource, Recipe, WordPressSource};

fn parse(text: &str) -> Recipe {
    let parsed = Recipe::parse(text, "wpimg.toml", PathBuf::new());
    parsed.unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

fn released(slug: &str, version: &str, title: &str) -> FoundContent {
    FoundContent {
        title: Some(title.to_owned()),
        path: format!("wp-content/plugins/{slug}"),
        release: Some(FoundRelease {
            slug: slug.to_owned(),
            version: Some(version.to_owned()),
        }),
    }
}

fn own(path: &str) -> FoundContent {
    FoundContent {
        title: None,
        path: path.to_owned(),
        release: None,
    }
}

fn site() -> Found {
    Found {
        core_version: Some("6.8.3".to_owned()),
        plugins: vec![
            released("akismet", "5.3", "Akismet Anti-spam"),
            own("wp-content/plugins/shop"),
        ],
        themes: vec![
            released("twentytwentyfive", "1.2", "Twenty Twenty-Five"),
            own("wp-content/themes/shop"),
        ],
        mu_plugins: vec![own("wp-content/mu-plugins/loader.php")],
        drop_ins: vec!["wp-content/object-cache.php".to_owned()],
        bedrock: None,
    }
}

#[test]
fn the_recipe_of_an_empty_directory() {
    insta::assert_snapshot!(recipe_text("shop", &Found::default()));
}

#[test]
fn the_recipe_of_a_site() {
    insta::assert_snapshot!(recipe_text("shop", &site()));
}

#[test]
fn the_recipe_of_a_bedrock_project() {
    let text_with = |dependencies| {
        let found = Found {
            bedrock: Some(FoundBedrock {
                path: ".".to_owned(),
                dependencies,
            }),
            plugins: vec![own("web/app/plugins/shop")],
            ..Found::default()
        };
        recipe_text("shop", &found)
    };
    assert!(!text_with(Dependencies::Installed).contains("composer install"));
    let text = text_with(Dependencies::Missing);
    let recipe = parse(&text);
    assert!(recipe.composer.is_some() && recipe.plugins.is_empty());
    assert_eq!(recipe.wordpress.source, WordPressSource::None);
    insta::assert_snapshot!(text);
}

#[test]
fn what_was_found_is_what_the_recipe_says() {
    let recipe = parse(&recipe_text("shop", &site()));
    assert!(matches!(
        recipe.wordpress.source,
        WordPressSource::Release { .. }
    ));
    let names = |list: &[crate::recipe::Content]| -> Vec<String> {
        let name = |content: &crate::recipe::Content| content.expected_name().unwrap().to_owned();
        list.iter().map(name).collect()
    };
    assert_eq!(names(&recipe.plugins), ["akismet", "shop"]);
    assert_eq!(names(&recipe.themes), ["shop"]);
    assert_eq!(names(&recipe.mu_plugins), ["loader.php"]);
    assert!(matches!(
        recipe.plugins[0].source,
        ContentSource::Directory {
            version: Some(_),
            ..
        }
    ));
    let last = recipe.files.last().unwrap();
    assert_eq!(
        last.target.as_str(),
        "/var/www/html/wp-content/object-cache.php"
    );
}

#[test]
fn an_example_is_right_when_its_comment_sign_goes() {
    let text = recipe_text("shop", &Found::default());
    let uncommented = |line: &str| {
        let example = line.strip_prefix("# ").filter(|rest| {
            let key = rest.split_once(" = ").map_or("", |(key, _)| key);
            rest.starts_with('[') || (!key.is_empty() && !key.contains(' '))
        });
        example.unwrap_or(line).to_owned()
    };
    let lines: Vec<String> = text.lines().map(uncommented).collect();
    let recipe = parse(&lines.join("\n"));
    assert_eq!((recipe.plugins.len(), recipe.themes.len()), (2, 1));
    assert!(recipe.image.repository.is_some() && recipe.wordpress.locale.is_some());
}

#[test]
fn what_strangers_wrote_stays_in_its_comment_or_is_not_written() {
    let mut hostile = released("shop", "1\"\n[image]", "Shop\n[[files]]\r\u{7}");
    hostile.path = "wp-content/plugins/\"sh op\"#'".to_owned();
    let mut no_slug = released("Bad Slug", "1", "");
    no_slug.path = "wp-content/plugins/日本".to_owned();
    let found = Found {
        core_version: Some("6.8\"\nx = 1".to_owned()),
        plugins: vec![hostile, no_slug, own("a\nb"), own("../x"), own("shop")],
        themes: vec![own("wp-content/themes/\"sh op\"#'")],
        ..Found::default()
    };
    let text = recipe_text("shop", &found);
    let recipe = parse(&text);
    assert_eq!(recipe.files.len(), Recipe::built_in().unwrap().files.len());
    assert_eq!(recipe.plugins.len(), 2, "{text}");
    assert_eq!(recipe.wordpress.source, WordPressSource::Debian);
    assert_eq!(text.matches("Not listed").count(), 2);
    assert!(
        text.contains("# path = \"shop\""),
        "the second `shop` is commented out:\n{text}"
    );
}
