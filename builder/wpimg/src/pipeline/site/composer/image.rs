//! What the image of a Composer project has beside the project: settings, and the few files that tell
//! PHP and nginx where WordPress lies.

use std::fmt::Write as _;

use wpimg_oci::rootfs::TreePath;

use super::ComposerError;
use super::project::{Configuration, DOCUMENT_ROOT, Project, join};
use crate::recipe::{ImagePath, Recipe, WordPressSource};

/// PHP, run before every script of the site.
const BOOTSTRAP: &str = include_str!("../../../../../../docker/composer/composer.php");
const BOOTSTRAP_PATH: &str = "usr/share/wpimg/composer.php";
/// Read by php-fpm after the image's own settings and before the recipe's.
const FPM_INI_PATH: &str = "etc/wpimg/php.d/92-composer.ini";
const NGINX_PATH: &str = "etc/wpimg/nginx/site.d/00-composer.conf";

/// Where `wpimg-init` finds the uploads, and which variables PHP gets.
const UPLOADS: &str = "WPIMG_UPLOADS";
const PHP_VARIABLES: &str = "WPIMG_PHP_VARIABLES";

/// What Bedrock reads, whether or not there is an `.env.example`.
const BEDROCK_VARIABLES: [&str; 18] = [
    "AUTH_KEY",
    "AUTH_SALT",
    "DATABASE_URL",
    "DB_HOST",
    "DB_NAME",
    "DB_PASSWORD",
    "DB_PREFIX",
    "DB_USER",
    "DISABLE_WP_CRON",
    "LOGGED_IN_KEY",
    "LOGGED_IN_SALT",
    "NONCE_KEY",
    "NONCE_SALT",
    "SECURE_AUTH_KEY",
    "SECURE_AUTH_SALT",
    "WP_ENV",
    "WP_HOME",
    "WP_SITEURL",
];

/// Completes a recipe with what follows from its Composer project.
pub(crate) fn complete(recipe: &mut Recipe) -> Result<(), ComposerError> {
    let Some(composer) = &recipe.composer else {
        return Ok(());
    };
    if recipe.wordpress.source != WordPressSource::None {
        return Err(ComposerError::SecondWordPress);
    }
    let project = Project::read(composer)?;
    let uploads = format!("/{}", project.uploads()?);
    let volume: ImagePath = uploads.parse().map_err(|_| ComposerError::Name {
        path: uploads.clone(),
    })?;
    let image = &mut recipe.image;
    let usual = format!("/{DOCUMENT_ROOT}/wp-content/uploads");
    image
        .volumes
        .retain(|path| path.as_str() != usual && *path != volume);
    image.volumes.push(volume);
    image.environment.insert(UPLOADS.to_owned(), uploads);
    let own = image.environment.remove(PHP_VARIABLES).unwrap_or_default();
    let own = own.split([' ', ',']).filter(|name| !name.is_empty());
    let mut names: Vec<&str> = BEDROCK_VARIABLES.into_iter().chain(own).collect();
    names.extend(project.variables.iter().map(String::as_str));
    names.sort_unstable();
    names.dedup();
    image
        .environment
        .insert(PHP_VARIABLES.to_owned(), names.join(" "));
    Ok(())
}

/// The files, by path in the image.
pub(super) fn files(
    project: &Project,
    recipe: &Recipe,
) -> Result<Vec<(TreePath, String)>, ComposerError> {
    let mut files = vec![
        (BOOTSTRAP_PATH.to_owned(), BOOTSTRAP.to_owned()),
        (FPM_INI_PATH.to_owned(), ini(project)?),
        (NGINX_PATH.to_owned(), nginx(project)),
    ];
    if let Some(php) = &recipe.php {
        // Where Debian's PHP looks when somebody runs it in the container.
        let path = format!("etc/php/{}/cli/conf.d/92-wpimg-composer.ini", php.version);
        files.push((path, ini(project)?));
    }
    let document_root = project.document_root()?.to_string();
    if project.configuration == Configuration::Image && document_root != DOCUMENT_ROOT {
        let built_in = format!("{DOCUMENT_ROOT}/wp-config.php");
        let own = crate::embedded::ROOTFS
            .iter()
            .find(|(path, ..)| *path == built_in);
        let text = own.map(|(_, _, bytes)| String::from_utf8_lossy(bytes).into_owned());
        files.push((
            join(&document_root, "wp-config.php"),
            text.unwrap_or_default(),
        ));
    }
    let parsed = |(path, text): (String, String)| match path.parse() {
        Ok(path) => Ok((path, text)),
        Err(_) => Err(ComposerError::Name { path }),
    };
    files.into_iter().map(parsed).collect()
}

fn ini(project: &Project) -> Result<String, ComposerError> {
    let configuration = match project.configuration {
        Configuration::Project => "project",
        Configuration::Image => "image",
    };
    Ok(format!(
        "; Where the Composer project of this image has WordPress, for {bootstrap}. Written by wpimg.
auto_prepend_file = /{bootstrap}
wpimg.document_root = \"/{root}\"
wpimg.core = \"{core}\"
wpimg.content = \"{content}\"
wpimg.configuration = \"{configuration}\"
",
        bootstrap = BOOTSTRAP_PATH,
        root = project.document_root()?,
        core = project.core_address(),
        content = project.content_address(),
    ))
}

/// The rules of `site.conf` for the places where this project has things. Included before those.
fn nginx(project: &Project) -> String {
    let quoted = |path: &str| path.replace('.', "\\.");
    let (core, content) = (project.core_address(), project.content_address());
    let mut text = format!(
        "# nginx, server context: where the Composer project has WordPress. Written by wpimg.

# Whatever was uploaded is data, as in site.conf.
location ~* (?s)^{content}/(?:uploads|files|blogs\\.dir)/.*\\.(?:php[0-9]?|phtml|phar|phps|pht)(?:/|$) {{
    return 404;
}}
location ~* ^(?:{core}/(?:wp-config[^/]*|readme\\.html|license\\.txt)|{content}/debug\\.log)(?:/|$) {{
    return 404;
}}
",
        core = quoted(&core),
        content = quoted(&content),
    );
    if project.web.is_empty() {
        let vendor = quoted(&project.vendor);
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "
# Code that is loaded, never asked for.
location ~* ^/(?:{vendor}|config)(?:/|$) {{
    return 404;
}}
"
        );
    }
    if !core.is_empty() {
        let _ = write!(
            text,
            "
# Where people and schedulers look for WordPress, although it lies in a folder.
location = /wp-cron.php {{
    rewrite ^ {core}/wp-cron.php last;
}}
location = /wp-login.php {{
    return 302 {core}/wp-login.php$is_args$args;
}}
location = /wp-admin {{
    return 302 {core}/wp-admin/;
}}
location ^~ /wp-admin/ {{
    return 302 {core}$request_uri;
}}
"
        );
    }
    text
}
