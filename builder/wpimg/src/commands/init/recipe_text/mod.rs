//! The text of a new recipe: what was found, and what else can be said as comments.
//!
//! Names and titles come from files of strangers: what is no valid value is not written as one, and
//! a comment is one line. Examples that are commented out stay valid when the `#` goes.

use std::{collections::BTreeSet, str::FromStr};

use super::found::{Dependencies, Found, FoundContent};
use crate::recipe::{ReleaseVersion, Slug, SourcePath, WordPressVersion};

const HEAD: &str = "\
#:schema ./wpimg.schema.json
# What goes into this site's image. What is not said here comes from the built-in recipe: nginx,
# php-fpm and WordPress from Debian's signed packages. The schema beside this file explains every key.
";
const IMAGE: &str = "\
# repository = \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop\"   # what `--push` pushes to
# tags = [\"latest\"]
# platforms = [\"linux/amd64\", \"linux/arm64\"]
";
const DEBIAN_WORDPRESS: &str = "\
[wordpress]
source = \"debian\"   # Debian's package, with its security fixes; or `version = \"6.8.3\"` of WordPress.org
# locale = \"de_DE\"
";
const SETTINGS: &str = "
# [php]
# extensions = [\"soap\"]         # beside those that WordPress recommends
# ini = { memory_limit = \"256M\" }

# [nginx]
# upload-size = \"128M\"          # for nginx and PHP alike
# snippets = [\"nginx/redirects.conf\"]
";
const EXAMPLES: &str = "
# [[plugin]]
# slug = \"akismet\"              # from WordPress.org; without a version the lock takes the newest
# version = \"5.3\"

# [[plugin]]
# url = \"https://seller.example/shop-pro.zip\"

# [[theme]]
# path = \"themes/shop\"          # a directory or an archive beside this file

# [[files]]
# source = \"robots.txt\"
# target = \"/var/www/html/robots.txt\"
";
/// Themes with such names come with WordPress.
const DEFAULT_THEME: &str = "twenty";
const CONTENT_DIRECTORY: &str = "/var/www/html/wp-content";

/// Writes the recipe of an image with this name.
pub(super) fn recipe_text(name: &str, found: &Found) -> String {
    let mut text = format!("{HEAD}\n[image]\nname = {}\n{IMAGE}\n", quoted(name));
    text += &wordpress(found);
    text += SETTINGS;
    if found.is_empty() {
        return text + EXAMPLES;
    }
    if found.bedrock.is_none() {
        text += &contents("plugin", &found.plugins, Defaults::Listed);
        let defaults = match found.core_version {
            Some(_) => Defaults::WithWordPress,
            None => Defaults::Listed,
        };
        text += &contents("theme", &found.themes, defaults);
        text += &contents("mu-plugin", &found.mu_plugins, Defaults::Listed);
        text += &drop_ins(&found.drop_ins);
    }
    text
}

fn wordpress(found: &Found) -> String {
    if let Some(bedrock) = &found.bedrock {
        let install = match bedrock.dependencies {
            Dependencies::Installed => "",
            Dependencies::Missing => {
                "# Run `composer install --no-dev` before a build: it takes what lies in the project.\n"
            }
        };
        return format!(
            "# The project brings WordPress, plugins and themes.\n{install}[composer]\npath = {}\n",
            quoted(&bedrock.path)
        );
    }
    match valid::<WordPressVersion>(found.core_version.as_deref()) {
        Some(version) => format!(
            "[wordpress]\nversion = {}   # as it lies here; `source = \"debian\"` instead has Debian's security fixes\n\
             # locale = \"de_DE\"\n",
            quoted(version)
        ),
        None => DEBIAN_WORDPRESS.to_owned(),
    }
}

/// What is done with the themes that come with WordPress.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Defaults {
    Listed,
    WithWordPress,
}

fn contents(section: &str, list: &[FoundContent], defaults: Defaults) -> String {
    let mut names = BTreeSet::new();
    let mut block = |content: &FoundContent| {
        let Some(entry) = Entry::of(content) else {
            let path = one_line(&content.path);
            return format!("\n# Not listed, since its name cannot be written here: {path}\n");
        };
        if defaults == Defaults::WithWordPress && entry.is_default_theme() {
            return format!("\n# {} comes with WordPress.\n", entry.name);
        }
        let title = content.title.as_deref().map(one_line);
        let title = title.filter(|title| !title.is_empty());
        let title = title.map_or(String::new(), |title| format!("# {title}\n"));
        // Two of one name cannot both be installed; the second is shown and left to the reader.
        let mark = if names.insert(entry.name) { "" } else { "# " };
        let lines = entry.lines.iter().map(|line| format!("{mark}{line}\n"));
        format!(
            "\n{title}{mark}[[{section}]]\n{}",
            lines.collect::<String>()
        )
    };
    list.iter().map(&mut block).collect()
}

fn drop_ins(paths: &[String]) -> String {
    let block = |path: &String| {
        let source = valid::<SourcePath>(Some(path))?;
        let name = source.rsplit('/').find(|part| !part.is_empty())?;
        let (source, target) = (
            quoted(source),
            quoted(&format!("{CONTENT_DIRECTORY}/{name}")),
        );
        Some(format!(
            "\n[[files]]\nsource = {source}\ntarget = {target}\n"
        ))
    };
    paths.iter().filter_map(block).collect()
}

/// The lines of one entry, without its head.
struct Entry {
    /// The directory it will lie in.
    name: String,
    lines: Vec<String>,
}

impl Entry {
    fn of(content: &FoundContent) -> Option<Self> {
        let release = content.release.as_ref();
        if let Some(slug) = valid::<Slug>(release.map(|release| release.slug.as_str())) {
            let version = release.and_then(|release| release.version.as_deref());
            let mut lines = vec![format!("slug = {}", quoted(slug))];
            if let Some(version) = valid::<ReleaseVersion>(version) {
                lines.push(format!("version = {}", quoted(version)));
            }
            let name = slug.to_owned();
            return Some(Self { name, lines });
        }
        let path = valid::<SourcePath>(Some(&content.path))?;
        Some(Self {
            name: path.rsplit('/').find(|part| !part.is_empty())?.to_owned(),
            lines: vec![format!("path = {}", quoted(path))],
        })
    }

    fn is_default_theme(&self) -> bool {
        self.name.starts_with(DEFAULT_THEME) && self.lines[0].starts_with("slug")
    }
}

fn valid<T: FromStr>(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.parse::<T>().is_ok())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A comment ends where a line ends, so nothing in it may end one.
fn one_line(text: &str) -> String {
    let visible = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    let text: String = text.chars().map(visible).take(80).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests;
