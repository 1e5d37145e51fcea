//! What follows from `[wordpress] locale`: which translations are in the image, and that a new site
//! speaks that language.
//!
//! A localised release of WordPress.org brings both. Debian has all languages in one package, of
//! which the image gets the one that is asked for. The installer is told by a setting of PHP that
//! `wp-config.php` reads; a site that exists already keeps the language of its database.

use crate::recipe::{Glob, Recipe, WordPressSource};

/// Debian's translations of WordPress.
pub(super) const PACKAGE: &str = "wordpress-l10n";
/// Where that package has them.
const DIRECTORY: &str = "/usr/share/wordpress/wp-content/languages";

/// Read by `wp-config.php`.
const SETTING: &str = "wpimg.locale";

/// Completes a recipe with what follows from its language.
pub(super) fn complete(recipe: &mut Recipe) {
    let Some(locale) = &recipe.wordpress.locale else {
        return;
    };
    if let Some(php) = &mut recipe.php {
        php.ini.insert(SETTING.to_owned(), locale.to_string());
    }
    if recipe.wordpress.source != WordPressSource::Debian {
        return;
    }
    let globs = |patterns: &[String]| -> Vec<Glob> {
        let parsed = patterns.iter().map(|pattern| pattern.parse().ok());
        // Letters, digits and underscores cannot spoil a pattern.
        parsed.flatten().collect()
    };
    // `de_DE.mo`, `admin-de_DE.mo`, `de_DE-0123….json`; not `de_DE_formal.mo`.
    let kept = ["{}.*", "*-{}.*", "{}-*", "*-{}-*"]
        .map(|name| format!("{DIRECTORY}/{}", name.replace("{}", &locale.to_string())));
    recipe.image.keep.extend(globs(&kept));
    recipe.image.drop.extend(globs(&[format!("{DIRECTORY}/*")]));
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use wpimg_assemble::filter::Filter;

    use super::*;

    fn completed(text: &str) -> Recipe {
        let mut recipe = Recipe::parse(text, "wpimg.toml", PathBuf::new()).unwrap();
        complete(&mut recipe);
        recipe
    }

    #[test]
    fn of_debians_translations_the_image_gets_the_one_that_is_asked_for() {
        let recipe = completed("[wordpress]\nlocale = \"de_DE\"\n");
        let texts = |globs: &[Glob]| globs.iter().map(ToString::to_string).collect::<Vec<_>>();
        let filter = Filter::new(&texts(&recipe.image.keep), &texts(&recipe.image.drop)).unwrap();
        let drops = |name: &str| {
            let path = format!("usr/share/wordpress/wp-content/languages/{name}");
            filter.drops(&path.parse().unwrap())
        };
        for kept in [
            "de_DE.mo",
            "admin-de_DE.mo",
            "admin-network-de_DE.mo",
            "de_DE-0a1b.json",
        ] {
            assert!(!drops(kept), "{kept}");
        }
        for dropped in [
            "de_CH.mo",
            "admin-fr_FR.mo",
            "de_DE_formal.mo",
            "fr_FR-0a1b.json",
        ] {
            assert!(drops(dropped), "{dropped}");
        }
    }

    #[test]
    fn the_installer_learns_the_language_whatever_wordpress_it_is() {
        for source in ["", "version = \"6.8.3\"\n"] {
            let recipe = completed(&format!("[wordpress]\n{source}locale = \"de_DE\"\n"));
            assert_eq!(recipe.php.unwrap().ini[SETTING], "de_DE");
        }
    }

    #[test]
    fn without_a_language_nothing_changes() {
        let recipe = Recipe::built_in().unwrap();
        let mut same = recipe.clone();
        complete(&mut same);
        assert_eq!(same, recipe);
    }

    #[test]
    fn php_and_wp_config_call_the_setting_the_same() {
        let wp_config = include_str!("../../../../docker/rootfs/var/www/html/wp-config.php");
        let composer = include_str!("../../../../docker/composer/composer.php");
        for file in [wp_config, composer] {
            assert!(file.contains(&format!("get_cfg_var( '{SETTING}' )")));
        }
    }
}
