//! The keys of `[[plugin]]`, `[[theme]]` and `[[mu-plugin]]`, which are the same.

use super::{BESIDE, Choice, Key, SHA256, Table, WEB_ADDRESS, each_matching, keys, matching};

/// Where a plugin or theme comes from: exactly one of these.
pub(in super::super) const SOURCES: &[&str] = &["slug", "url", "path"];

const KEYS: &[Key] = keys! {
    "slug": matching("^[a-z0-9][a-z0-9_-]*$"),
        "Its name in the directory of WordPress.org, as in the address of its page there.";
    "version": matching("^v?[0-9]"),
        "The version from WordPress.org. Without one, the lock takes the newest and stays with it.";
    "url": WEB_ADDRESS,
        "The address of its archive (zip or tar).";
    "sha256": SHA256,
        "The SHA-256 of what `url` gives. Without one, the lock records that of the first download.";
    "path": BESIDE,
        "An archive or a directory beside the recipe.";
    "name": matching("^[A-Za-z0-9_][A-Za-z0-9._-]*$"),
        "The directory it lies in. Without one, as its archive or directory is called.";
    "keep": each_matching("^[^/]"),
        "Patterns of its files that are shipped although a site must not have such, as `*.sql`.";
};

pub(in super::super) static PLUGIN: Table = Table {
    key: "plugin",
    title: "[[plugin]]",
    description: "A plugin: from WordPress.org (`slug`), from elsewhere (`url`) or from beside the recipe (`path`).",
    keys: KEYS,
    required: &[],
    exclusive: SOURCES,
    choice: Choice::Needed,
};

pub(in super::super) static THEME: Table = Table {
    key: "theme",
    title: "[[theme]]",
    description: "A theme: from WordPress.org (`slug`), from elsewhere (`url`) or from beside the recipe (`path`).",
    keys: KEYS,
    required: &[],
    exclusive: SOURCES,
    choice: Choice::Needed,
};

pub(in super::super) static MU_PLUGIN: Table = Table {
    key: "mu-plugin",
    title: "[[mu-plugin]]",
    description: "A must-use plugin, which is always active: from WordPress.org (`slug`), from elsewhere (`url`) or from beside the recipe (`path`).",
    keys: KEYS,
    required: &[],
    exclusive: SOURCES,
    choice: Choice::Needed,
};
