//! Plugins, themes and must-use plugins of a project.

use super::{join, listing::Listing};
use crate::{
    header::{Facts, Header},
    slug::Slug,
};

/// PHP files of one directory that are asked for a header.
const MOST_ASKED: usize = 200;

/// Where a plugin or theme seems to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// It has the `readme.txt` of the WordPress.org directory, and no other source of updates.
    /// That is a likelihood: paid plugins copy the form, so a lock has to find it there.
    Directory { version: String },
    /// A package of `composer.json`.
    Composer { package: String },
    /// The project's own.
    Own,
}

/// A plugin that lies in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPlugin {
    pub slug: Slug,
    /// The plugin's directory, or its only file.
    pub path: String,
    /// The file with the header, from the project's directory.
    pub main: String,
    pub facts: Facts,
    pub provenance: Provenance,
}

/// A theme that lies in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTheme {
    pub slug: Slug,
    pub path: String,
    pub facts: Facts,
    pub parent: Option<String>,
    pub provenance: Provenance,
}

/// A must-use plugin that lies in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMuPlugin {
    pub slug: Slug,
    pub path: String,
    /// A directory without a recognisable main file has no facts.
    pub facts: Option<Facts>,
    pub provenance: Provenance,
}

/// A package of `composer.json` and the directory it is installed to.
pub(super) type Managed = (String, String);

pub(super) fn plugins(
    listing: &mut Listing,
    directory: &str,
    managed: &[Managed],
) -> Vec<FoundPlugin> {
    let mut found = Vec::new();
    for child in listing.children(directory) {
        let path = join(directory, &child.name);
        let main = if child.is_directory {
            main_file(listing, &path)
        } else {
            single_file(listing, &path)
        };
        let stem = child.name.strip_suffix(".php").unwrap_or(&child.name);
        let (Some((main, facts)), Ok(slug)) = (main, stem.parse()) else {
            continue;
        };
        let readme = child.is_directory.then_some(path.as_str());
        found.push(FoundPlugin {
            provenance: provenance(listing, readme, &slug, &facts, managed),
            slug,
            path,
            main,
            facts,
        });
    }
    found
}

pub(super) fn themes(
    listing: &mut Listing,
    directory: &str,
    managed: &[Managed],
) -> Vec<FoundTheme> {
    let mut found = Vec::new();
    for child in listing.children(directory) {
        let path = join(directory, &child.name);
        if !child.is_directory {
            continue;
        }
        let (Some((facts, parent)), Ok(slug)) = (theme_at(listing, &path), child.name.parse())
        else {
            continue;
        };
        found.push(FoundTheme {
            provenance: provenance(listing, Some(&path), &slug, &facts, managed),
            slug,
            path,
            facts,
            parent,
        });
    }
    found
}

pub(super) fn mu_plugins(
    listing: &mut Listing,
    directory: &str,
    managed: &[Managed],
) -> Vec<FoundMuPlugin> {
    let mut found = Vec::new();
    for child in listing.children(directory) {
        let path = join(directory, &child.name);
        let is_php = child.name.to_ascii_lowercase().ends_with(".php");
        if !child.is_directory && !is_php {
            continue;
        }
        let stem = child.name.strip_suffix(".php").unwrap_or(&child.name);
        let Ok(slug) = stem.parse::<Slug>() else {
            continue;
        };
        let main = if child.is_directory {
            main_file(listing, &path)
        } else {
            single_file(listing, &path)
        };
        let facts = main.map(|(_, facts)| facts);
        let composer = package_of(&slug, managed);
        found.push(FoundMuPlugin {
            provenance: composer.unwrap_or(Provenance::Own),
            slug,
            path,
            facts,
        });
    }
    found
}

/// Returns the file with the plugin header in `directory`: its namesake first, then by name.
pub(super) fn main_file(listing: &mut Listing, directory: &str) -> Option<(String, Facts)> {
    let namesake = format!("{}.php", directory.rsplit('/').next().unwrap_or_default());
    let mut files: Vec<String> = listing
        .children(directory)
        .into_iter()
        .filter(|child| !child.is_directory && child.name.to_ascii_lowercase().ends_with(".php"))
        .map(|child| child.name)
        .take(MOST_ASKED)
        .collect();
    // `false` sorts first; the sort is stable.
    files.sort_by_key(|name| *name != namesake);
    files
        .iter()
        .find_map(|name| single_file(listing, &join(directory, name)))
}

fn single_file(listing: &mut Listing, path: &str) -> Option<(String, Facts)> {
    let header = Header::parse(&listing.head(path)?);
    Some((path.to_owned(), Facts::of_plugin(&header)?))
}

pub(super) fn theme_at(listing: &mut Listing, directory: &str) -> Option<(Facts, Option<String>)> {
    let header = Header::parse(&listing.head(&join(directory, "style.css"))?);
    Some((Facts::of_theme(&header)?, header.get("Template")))
}

fn package_of(slug: &Slug, managed: &[Managed]) -> Option<Provenance> {
    let (package, _) = managed.iter().find(|(_, name)| name == slug.as_str())?;
    Some(Provenance::Composer {
        package: package.clone(),
    })
}

fn provenance(
    listing: &mut Listing,
    directory: Option<&str>,
    slug: &Slug,
    facts: &Facts,
    managed: &[Managed],
) -> Provenance {
    if let Some(composer) = package_of(slug, managed) {
        return composer;
    }
    let mut from_directory = || {
        let version = facts.version.clone()?;
        let updates_there = facts.update_uri.as_deref().is_none_or(|uri| {
            uri.contains("://wordpress.org/")
                || uri.contains("://w.org/")
                || uri.starts_with("w.org/")
        });
        let is_slug = slug.as_str().bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
        });
        let readme = Header::parse(&listing.head(&join(directory?, "readme.txt"))?);
        let tag = readme.get("Stable tag")?;
        let agrees = tag == version || tag.eq_ignore_ascii_case("trunk");
        (updates_there && is_slug && agrees).then_some(Provenance::Directory { version })
    };
    from_directory().unwrap_or(Provenance::Own)
}
