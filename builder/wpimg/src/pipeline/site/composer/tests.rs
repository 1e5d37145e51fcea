//! Projects on disk, and where their files come to lie.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wpimg_assemble::spool::Spool;
use wpimg_oci::rootfs::Kind;

use super::*;
use crate::error_report::Hint as _;
use crate::report::Report;

/// A project with these files; a path that ends in `=` and text is a file with that text.
fn project(composer: &str, files: &[&str]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("composer.json", composer);
    for file in files {
        let (path, text) = file.split_once('=').unwrap_or((file, "<?php"));
        write(path, text);
    }
    directory
}

const BEDROCK: &str = r#"{
    "autoload": { "psr-4": { "Shop\\": "src/" } },
    "extra": {
        "wordpress-install-dir": "web/wp",
        "installer-paths": { "web/app/plugins/{$name}/": ["type:wordpress-plugin"] }
    }
}"#;

const BEDROCK_FILES: [&str; 13] = [
    ".env=DB_PASSWORD=hunter2",
    ".env.example=DB_NAME='x'\n# MAIL_KEY='y'\nWPIMG_X=1\nnot a name=1",
    "config/application.php",
    "src/Shop.php",
    "tests/ShopTest.php",
    "vendor/autoload.php",
    "web/app/plugins/cart/cart.php",
    "web/app/uploads/2026/private.jpg",
    "web/index.php",
    "web/wp-config.php=<?php require_once dirname(__DIR__) . '/config/application.php';",
    "web/wp/wp-content/index.php",
    "web/wp/wp-includes/version.php=<?php\n$wp_version = '6.8.3';",
    "wpimg.oci/oci-layout={}",
];

fn recipe(directory: &Path) -> Recipe {
    let text = "[composer]\npath = \".\"\n";
    Recipe::parse(text, "wpimg.toml", directory.to_owned()).unwrap()
}

fn read(directory: &TempDir) -> Result<Project, ComposerError> {
    Project::read(recipe(directory.path()).composer.as_ref().unwrap())
}

fn laid_out(directory: &TempDir) -> Result<SiteLayer, ComposerError> {
    let project = read(directory)?;
    let spool = tempfile::tempdir().unwrap();
    let mut intakes = Intakes::new(Spool::create(spool.path()).unwrap());
    let mut layer = SiteLayer::default();
    let recipe = recipe(directory.path());
    lay_out(
        &project,
        &recipe,
        (&mut intakes, &mut layer),
        &Report::silent(),
    )?;
    Ok(layer)
}

/// Files and links below `/var/www`.
fn site_files(layer: &SiteLayer) -> Vec<String> {
    let items = layer
        .items
        .iter()
        .filter(|(_, item)| !item.entry.is_directory());
    let paths = items.map(|(path, _)| path.to_string());
    paths.filter(|path| path.starts_with("var/www")).collect()
}

fn inline(layer: &SiteLayer, path: &str) -> String {
    let item = &layer.items[&path.parse().unwrap()];
    let bytes = item.entry.content().unwrap().read_all(1 << 20).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn bedrock_keeps_its_document_root_and_leaves_secrets_tests_and_uploads_behind() {
    let layer = laid_out(&project(BEDROCK, &BEDROCK_FILES)).unwrap();
    assert_eq!(
        site_files(&layer),
        [
            "var/www/config/application.php",
            "var/www/html",
            "var/www/src/Shop.php",
            "var/www/vendor/autoload.php",
            "var/www/web/app/plugins/cart/cart.php",
            "var/www/web/index.php",
            "var/www/web/wp/wp-content/index.php",
            "var/www/web/wp/wp-includes/version.php",
            "var/www/web/wp-config.php",
        ]
    );
    let link = &layer.items[&"var/www/html".parse().unwrap()].entry;
    assert!(matches!(&link.kind, Kind::Symlink(target) if target == "web"));
    let uploads = &layer.items[&"var/www/web/app/uploads".parse().unwrap()].entry;
    assert_eq!((uploads.mode, uploads.uid, uploads.gid), (0o775, 33, 0));
}

#[test]
fn the_image_says_where_uploads_are_and_which_variables_php_gets() {
    let directory = project(BEDROCK, &BEDROCK_FILES);
    let mut recipe = recipe(directory.path());
    let own = "WPIMG_PHP_VARIABLES";
    recipe
        .image
        .environment
        .insert(own.to_owned(), "SHOP_KEY".to_owned());
    complete(&mut recipe).unwrap();
    let uploads = "/var/www/web/app/uploads";
    assert_eq!(recipe.image.environment["WPIMG_UPLOADS"], uploads);
    let volumes = recipe.image.volumes.iter();
    assert_eq!(
        volumes.map(ToString::to_string).collect::<Vec<_>>(),
        [uploads]
    );
    let names: Vec<_> = recipe.image.environment[own].split(' ').collect();
    for name in ["DB_PASSWORD", "WP_HOME", "MAIL_KEY", "SHOP_KEY"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(!names.contains(&"WPIMG_X"), "{names:?}");
}

#[test]
fn php_and_nginx_learn_where_wordpress_lies() {
    let layer = laid_out(&project(BEDROCK, &BEDROCK_FILES)).unwrap();
    let ini = inline(&layer, "etc/wpimg/php.d/92-composer.ini");
    for line in [
        "auto_prepend_file = /usr/share/wpimg/composer.php\n",
        "wpimg.document_root = \"/var/www/web\"\n",
        "wpimg.core = \"/wp\"\n",
        "wpimg.content = \"/app\"\n",
        "wpimg.configuration = \"project\"\n",
    ] {
        assert!(ini.contains(line), "{line} in {ini}");
    }
    let nginx = inline(&layer, "etc/wpimg/nginx/site.d/00-composer.conf");
    assert!(nginx.contains("(?s)^/app/(?:uploads|"), "{nginx}");
    assert!(nginx.contains("rewrite ^ /wp/wp-cron.php last;"), "{nginx}");
    assert!(!nginx.contains("vendor"), "it is not in the document root");
    let bootstrap = inline(&layer, "usr/share/wpimg/composer.php");
    for setting in ini.lines().filter_map(|line| line.split_once(" = ")) {
        let read = format!("get_cfg_var( '{}' )", setting.0);
        assert!(
            setting.0 == "auto_prepend_file" || bootstrap.contains(&read),
            "{read}"
        );
    }
}

#[test]
fn a_project_that_is_its_own_document_root_gets_the_images_configuration() {
    let composer = r#"{ "extra": {
        "wordpress-install-dir": "wp",
        "installer-paths": { "content/plugins/{$name}": ["type:wordpress-plugin"],
                             "content/themes/{$name}": ["type:wordpress-theme"],
                             "content/mu-plugins/{$name}": ["type:wordpress-muplugin"] } } }"#;
    let files = [
        "README.md",
        "composer.lock",
        "content/plugins/cart/cart.php",
        "index.php",
        "vendor/autoload.php",
        "wp-config.php=<?php define('DB_PASSWORD', 'hunter2');",
        "wp/wp-includes/version.php",
        "wpimg.oci/oci-layout={}",
        "wpimg.toml",
    ];
    let layer = laid_out(&project(composer, &files)).unwrap();
    assert_eq!(
        site_files(&layer),
        [
            "var/www/html/README.md",
            "var/www/html/content/plugins/cart/cart.php",
            "var/www/html/index.php",
            "var/www/html/vendor/autoload.php",
            "var/www/html/wp/wp-includes/version.php",
        ]
    );
    let nginx = inline(&layer, "etc/wpimg/nginx/site.d/00-composer.conf");
    assert!(nginx.contains("^/(?:vendor|config)(?:/|$)"), "{nginx}");
}

#[test]
fn wordpress_with_its_content_inside_is_the_document_root() {
    let composer = r#"{ "extra": {
        "wordpress-install-dir": "public",
        "installer-paths": { "public/wp-content/plugins/{$name}": ["type:wordpress-plugin"],
                             "public/wp-content/themes/{$name}": ["type:wordpress-theme"],
                             "public/wp-content/mu-plugins/{$name}": ["type:wordpress-muplugin"] } } }"#;
    let files = ["public/wp-includes/version.php", "vendor/autoload.php"];
    let directory = project(composer, &files);
    let layer = laid_out(&directory).unwrap();
    assert_eq!(
        site_files(&layer),
        [
            "var/www/html",
            "var/www/public/wp-config.php",
            "var/www/public/wp-includes/version.php",
            "var/www/vendor/autoload.php",
        ]
    );
    let own = inline(&layer, "var/www/public/wp-config.php");
    assert!(
        own.contains("wpimg_setting( 'WORDPRESS_DB_PASSWORD'"),
        "{own}"
    );
    assert_eq!(read(&directory).unwrap().core_address(), "");
}

#[test]
fn what_the_recipe_lays_where_wordpress_usually_is_comes_to_lie_in_the_project() {
    let project = read(&project(BEDROCK, &BEDROCK_FILES)).unwrap();
    let mut layer = SiteLayer::default();
    for path in [
        "etc/x",
        "var/www/html/robots.txt",
        "var/www/html/wp-content/plugins/seo/seo.php",
    ] {
        let file = SiteKind::File(Bytes::from("x"));
        layer.add(path.parse().unwrap(), file, 0o644, (0, 0), None);
    }
    relocate(&project, &mut layer).unwrap();
    let paths: Vec<String> = layer.items.keys().map(ToString::to_string).collect();
    assert_eq!(
        paths,
        [
            "etc/x",
            "var/www/web/app/plugins/seo/seo.php",
            "var/www/web/robots.txt",
        ]
    );
}

#[test]
fn a_project_that_cannot_be_used_is_refused_with_the_remedy() {
    let check = |composer: &str, files: &[&str], message: &str, hint: &str| {
        let directory = project(composer, files);
        let error = laid_out(&directory)
            .map(|layer| site_files(&layer))
            .unwrap_err();
        let (said, remedy) = (error.to_string(), error.hint().unwrap());
        assert!(said.contains(message), "{said}");
        assert!(remedy.contains(hint), "{remedy}");
    };
    let without = |missing: &str| -> Vec<&str> {
        let files = BEDROCK_FILES.into_iter();
        files.filter(|file| !file.starts_with(missing)).collect()
    };
    let remedy = "run `composer install --no-dev` in `/";
    check(
        BEDROCK,
        &without("vendor"),
        "has no `vendor/autoload.php`",
        remedy,
    );
    check(
        BEDROCK,
        &without("web/wp/"),
        "has no `web/wp/wp-includes/version.php`",
        remedy,
    );
    check(
        "{}",
        &BEDROCK_FILES,
        "does not say where WordPress",
        "wordpress-install-dir",
    );
    let outside = BEDROCK.replace("web/app/plugins", "app/plugins");
    check(
        &outside,
        &BEDROCK_FILES,
        "`app/plugins` of the",
        "`extra.installer-paths`",
    );
    let strange = BEDROCK.replace("web/", "we;b/");
    check(&strange, &BEDROCK_FILES, "we;b", "rename it");
}

#[test]
fn a_wordpress_beside_the_project_is_refused() {
    let directory = project(BEDROCK, &BEDROCK_FILES);
    let text = "[composer]\npath = \".\"\n[wordpress]\nversion = \"6.8.3\"\n";
    let path = directory.path().to_owned();
    let mut recipe = Recipe::parse(text, "wpimg.toml", path).unwrap();
    let error = complete(&mut recipe).unwrap_err();
    assert!(matches!(error, ComposerError::SecondWordPress));
}

#[test]
fn plugins_and_themes_that_composer_installed_are_known_without_their_licence_keys() {
    let installed = r#"vendor/composer/installed.json={ "dev": false, "packages": [
        { "name": "vlucas/phpdotenv", "version": "5.6.0", "type": "library" },
        { "name": "shop/cart", "version": "2.1", "type": "wordpress-plugin", "license": ["MIT"],
          "dist": { "url": "https://shop.example/cart.zip?key=hunter2" } },
        { "name": "shop/basket", "version": "1.0", "type": "wordpress-theme",
          "dist": { "url": "https://shop.example/basket-1.0.zip" } } ] }"#;
    let mut files = BEDROCK_FILES.to_vec();
    files.push(installed);
    let project_directory = project(BEDROCK, &files);
    let project = read(&project_directory).unwrap();
    let components = packages::components(&project, &Report::silent()).unwrap();
    let shown = components.iter().map(|found| {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let (version, url) = (part(&found.version), part(&found.url));
        format!("{} {} {version} {url}", found.kind.as_str(), found.name)
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "wordpress wordpress 6.8.3 ",
            "theme basket 1.0 https://shop.example/basket-1.0.zip",
            "plugin cart 2.1 ",
        ]
    );
}
