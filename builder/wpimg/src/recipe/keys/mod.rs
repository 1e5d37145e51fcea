//! Every key of a recipe, once: what it is called, what it holds, what it means.
//!
//! `section` reads a table by its list here and refuses any other key; `schema` turns the lists
//! into the JSON Schema with which editors complete and explain. A key that the parser asks for
//! and that is not here (or the other way round) fails every test that reads a recipe.

mod content;
mod image;
mod site;

pub(super) use content::{MU_PLUGIN, PLUGIN, SOURCES as CONTENT_SOURCES, THEME};
pub(super) use image::IMAGE;
pub(super) use site::{COMPOSER, DEBIAN, FILES, NGINX, PHP, PIN, TOP, WORDPRESS};

/// One table of a recipe.
#[derive(Debug)]
pub(super) struct Table {
    /// The key it stands under.
    pub(super) key: &'static str,
    /// As messages show it: `[php]`, `the top level`.
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) keys: &'static [Key],
    /// Keys without which the table means nothing.
    pub(super) required: &'static [&'static str],
    /// Keys of which at most one may be given.
    pub(super) exclusive: &'static [&'static str],
    pub(super) choice: Choice,
}

/// Whether one of a table's exclusive keys must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Free,
    Needed,
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Sentences for whoever sees the key for the first time. Empty for a table.
    pub(super) description: &'static str,
}

/// What a key holds.
#[derive(Debug)]
pub(super) enum Kind {
    Text(Rule),
    Texts(Rule),
    /// Names of one's own, each with a string, a number or a truth value.
    Map,
    /// Names of one's own, each with a string or such a table.
    Entries(&'static Table),
    Table(&'static Table),
    Tables(&'static Table),
    /// A table that other commands read, with the schema of what stands in it.
    Foreign(fn() -> serde_json::Value),
}

/// What a text may be, as far as an editor can tell. The value types decide.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    Any,
    OneOf(&'static [&'static str]),
    /// A regular expression in the dialect of JSON Schema (ECMA-262).
    Pattern(&'static str),
}

/// Writes a list of keys as `name: kind, "description";`. A table describes itself.
macro_rules! keys {
    ($($name:literal: $kind:expr $(, $description:literal)?;)+) => {
        &[$(Key { name: $name, kind: $kind, description: concat!($($description)?) }),+]
    };
}
use keys;

const ANY: Kind = Kind::Text(Rule::Any);
const ANY_LIST: Kind = Kind::Texts(Rule::Any);

const fn matching(pattern: &'static str) -> Kind {
    Kind::Text(Rule::Pattern(pattern))
}

const fn each_matching(pattern: &'static str) -> Kind {
    Kind::Texts(Rule::Pattern(pattern))
}

const SHA256: Kind = matching("^(sha256:)?[0-9A-Fa-f]{64}$");
const WEB_ADDRESS: Kind = matching("^https?://");
const BESIDE: Kind = matching("^[^/]");
const IMAGE_PATH: &str = "^/";
