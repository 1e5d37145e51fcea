//! The recipe: what goes into an image, as written in `wpimg.toml`.
//!
//! ```text
//! extends = "wordpress"        sections and keys not given come from the built-in recipe
//!                              ("nothing": from nowhere, for an image without WordPress)
//! [image]                      name, repository, tags, platforms, compression, labels, annotations,
//!                              environment, user, entrypoint, command, working-directory, ports,
//!                              volumes, stop-signal, keep, drop
//! [debian]                     suites, packages, omit, allow-scripts, mirror, snapshot
//! [debian.pins]                package pattern = version, relation or { version, suite }
//! [php]                        version, extensions, ini
//! [nginx]                      snippets, upload-size
//! [wordpress]                  one of source, version, url, path; sha256, locale, theme
//! [[plugin]]                   one of slug (with version), url (with sha256), path; name, keep
//! [[theme]], [[mu-plugin]]     the same
//! [composer]                   path
//! [[files]]                    source, target, mode, owner
//! ```
//!
//! `keys` says what each of them means, and `docker/wpimg.schema.json` is made from it. A list of
//! things to have (`packages`, `omit`, `allow-scripts`, `extensions`, `keep`, `drop`, `ports`,
//! `volumes`, `snippets`, `[[files]]`) adds to the built-in one, so that a site says only what it
//! needs beside it. A table (`labels`, `annotations`, `environment`, `ini`, `pins`) is merged
//! entry by entry; everything else replaces. With `[composer]`, or with a WordPress from elsewhere,
//! nothing of Debian's WordPress is left. An unknown key is an error with its line and the
//! nearest key there is: a misspelt setting must not be ignored.

mod canonical;
mod content;
mod download;
mod error;
mod keys;
mod nginx;
mod package_request;
mod parse;
mod partial;
mod php_ini;
mod pin;
mod schema;
mod section;
mod text_value;
mod value;
mod value_error;
mod wordpress;

pub(crate) use content::{Content, ContentKind, ContentSource, ReleaseVersion, Slug};
pub(crate) use download::{Download, Sha256, WebAddress};
pub(crate) use error::{Position, RecipeError};
pub(crate) use package_request::PackageRequest;
pub(crate) use pin::{PackagePattern, Pin};
pub(crate) use schema::json_schema;
pub(crate) use text_value::{
    FilePattern, Glob, ImageName, ImagePath, PlainText, Repository, SourcePath, Tag,
};
pub(crate) use value::{
    Compression, ExtensionName, Mode, Owner, PhpVersion, Port, StopSignal, ThemeName,
};
pub(crate) use value_error::ValueError;
pub(crate) use wordpress::{Locale, WordPress, WordPressSource, WordPressVersion};

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use wpimg_debian::name::{PackageName, SuiteName};
use wpimg_oci::platform::Platform;

use partial::{Extends, PartialRecipe};

/// The recipe that `extends = "wordpress"` extends.
const BUILT_IN: &str = include_str!("../../../../docker/recipe.toml");
/// How the built-in recipe is called in messages.
const BUILT_IN_NAME: &str = "built-in recipe";
/// Far above any real recipe, far below what would hurt.
const SIZE_LIMIT: u64 = 1 << 20;

/// Where the recipe comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RecipeLocation {
    File(PathBuf),
    BuiltIn,
}

/// A complete, validated recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) image: Image,
    pub(crate) debian: Debian,
    /// `None`: no PHP in this image.
    pub(crate) php: Option<Php>,
    pub(crate) wordpress: WordPress,
    pub(crate) plugins: Vec<Content>,
    pub(crate) themes: Vec<Content>,
    pub(crate) mu_plugins: Vec<Content>,
    pub(crate) composer: Option<Composer>,
    /// Those of `[[files]]`, then the snippets of `[nginx]`.
    pub(crate) files: Vec<FileEntry>,
}

/// `[image]`: the image's own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) name: ImageName,
    /// What `--push` pushes to.
    pub(crate) repository: Option<Repository>,
    pub(crate) tags: Vec<Tag>,
    /// Empty: the platform of the machine that builds.
    pub(crate) platforms: Vec<Platform>,
    pub(crate) compression: Compression,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) user: Option<PlainText>,
    pub(crate) entrypoint: Vec<PlainText>,
    pub(crate) command: Vec<PlainText>,
    pub(crate) working_directory: Option<ImagePath>,
    pub(crate) ports: Vec<Port>,
    pub(crate) volumes: Vec<ImagePath>,
    pub(crate) stop_signal: Option<StopSignal>,
    /// Paths that are kept although they would be dropped.
    pub(crate) keep: Vec<Glob>,
    /// Paths that are dropped beside the usual ones.
    pub(crate) drop: Vec<Glob>,
}

/// `[debian]`: what is installed, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Debian {
    pub(crate) suites: Vec<SuiteName>,
    pub(crate) packages: Vec<PackageRequest>,
    /// Packages that count as installed and are not.
    pub(crate) omit: Vec<PackageName>,
    /// Packages whose unknown maintainer scripts are accepted as not needed.
    pub(crate) allow_scripts: Vec<PackageName>,
    pub(crate) mirror: Option<PlainText>,
    /// The archive of old versions.
    pub(crate) snapshot: Option<WebAddress>,
    /// All that match a package must hold.
    pub(crate) pins: BTreeMap<PackagePattern, Pin>,
}

/// `[php]`: the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Php {
    pub(crate) version: PhpVersion,
    pub(crate) extensions: Vec<ExtensionName>,
    /// Values as they stand in php.ini, quoted where needed.
    pub(crate) ini: BTreeMap<String, String>,
}

/// `[composer]`: a project with its `vendor` directory installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Composer {
    pub(crate) path: SitePath,
}

/// An archive or a directory beside the recipe: `directory` joined with `path` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SitePath {
    pub(crate) directory: PathBuf,
    pub(crate) path: SourcePath,
}

/// One of `[[files]]`: a file or directory of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileEntry {
    pub(crate) source: FileSource,
    pub(crate) target: ImagePath,
    /// `None`: as the source has it.
    pub(crate) mode: Option<Mode>,
    pub(crate) owner: Owner,
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileSource {
    /// Beside the recipe: `directory` joined with `path` names it.
    Directory {
        directory: PathBuf,
        path: SourcePath,
    },
    /// Among the files this program carries.
    BuiltIn { path: SourcePath },
}

/// Where a recipe's relative paths start.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    Directory(PathBuf),
    BuiltIn,
}

impl Recipe {
    /// Reads, completes and validates the recipe.
    pub(crate) fn read(location: &RecipeLocation) -> Result<Self, RecipeError> {
        match location {
            RecipeLocation::BuiltIn => Self::built_in(),
            RecipeLocation::File(path) => {
                let text = read_text(path)?;
                let directory = path.parent().unwrap_or(Path::new("")).to_owned();
                Self::parse(&text, &path.display().to_string(), directory)
            }
        }
    }

    /// The recipe this program carries.
    pub(crate) fn built_in() -> Result<Self, RecipeError> {
        PartialRecipe::parse(BUILT_IN, BUILT_IN_NAME, &Base::BuiltIn)?.complete(BUILT_IN_NAME)
    }

    /// Parses `text`; `name` is for messages, `directory` is where its relative paths start.
    pub(crate) fn parse(text: &str, name: &str, directory: PathBuf) -> Result<Self, RecipeError> {
        let own = PartialRecipe::parse(text, name, &Base::Directory(directory))?;
        match own.extends {
            Extends::Nothing => own.complete(name),
            Extends::WordPress => {
                let built_in = PartialRecipe::parse(BUILT_IN, BUILT_IN_NAME, &Base::BuiltIn)?;
                own.over(built_in).complete(name)
            }
        }
    }

    /// The recipe as canonical JSON: equal recipes give equal bytes, whatever their spelling.
    ///
    /// Directories of the machine do not occur in it; contents of files are the caller's to hash.
    pub(crate) fn canonical_json(&self) -> Vec<u8> {
        let value = canonical::to_json(self);
        wpimg_oci::canonical::to_vec(&value).expect("a recipe has no number with a fraction")
    }
}

fn read_text(path: &Path) -> Result<String, RecipeError> {
    let unreadable = |source: io::Error| RecipeError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(SIZE_LIMIT + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > SIZE_LIMIT {
        return Err(RecipeError::TooLarge {
            path: path.to_owned(),
            limit: SIZE_LIMIT,
        });
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
