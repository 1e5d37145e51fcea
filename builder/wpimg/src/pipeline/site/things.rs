//! WordPress, plugins, themes and mu-plugins: from an archive or directory to the place where
//! WordPress looks for them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;
use wpimg_assemble::spool::SpoolError;
use wpimg_oci::digest::{Digest, HashingWriter};
use wpimg_oci::rootfs::{Content as Bytes, TreePath};
use wpimg_site::exclude::{Exclude, KeepError};
use wpimg_site::intake::{Intake, Source};
use wpimg_site::{SiteKind, header::Facts, identify::IdentifyError};
use wpimg_site::{mu_plugin, plugin, theme, wordpress};

use super::SiteLayer;
use super::files::{SiteFileError, without_links};
use super::intakes::{Intakes, TakeInError};
use crate::error_report::Hint;
use crate::exit_status::ExitStatus;
use crate::lock::{LockedSource, SourceKind};
use crate::recipe::SitePath;

/// Where the site lies in the image.
const DOCUMENT_ROOT: &str = wpimg_assemble::wordpress::DOCUMENT_ROOT;
/// What WordPress writes to; the owner is `www-data`, and root's group may write too.
const UPLOADS: &str = "wp-content/uploads";

/// One thing that the recipe puts into the site.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) kind: SourceKind,
    pub(super) origin: Origin,
    /// The directory it shall lie in.
    pub(super) name: Option<String>,
    pub(super) keep: Vec<String>,
}

/// Where its bytes are.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    Fetched {
        path: PathBuf,
        locked: LockedSource,
    },
    /// An archive beside the recipe.
    Archive {
        path: PathBuf,
        digest: Digest,
    },
    /// One PHP file beside the recipe.
    File {
        path: PathBuf,
    },
    Directory {
        path: PathBuf,
    },
}

/// What a thing turned out to be, for the bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Component {
    pub(crate) kind: SourceKind,
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) sha256: Option<Digest>,
}

/// A thing cannot be put into the site.
#[derive(Debug, Error)]
pub(crate) enum ThingError {
    #[error(transparent)]
    Path(#[from] SiteFileError),
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    TakeIn(#[from] TakeInError),
    #[error(transparent)]
    Identify(#[from] IdentifyError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("{kind} `{name}` is there twice: from `{first}` and from `{second}`")]
    Twice {
        kind: String,
        name: String,
        first: String,
        second: String,
    },
    #[error("`{path}` cannot be a path in an image")]
    Name { path: String },
}

impl ThingError {
    /// Two things that would be laid into each other.
    pub(super) fn twice(root: &str, first: &str, second: &str) -> Self {
        // `…/wp-content/plugins/shop`
        let (folder, name) = root.rsplit_once('/').unwrap_or(("", root));
        let kind = folder.rsplit('/').next().unwrap_or_default();
        Self::Twice {
            kind: kind.trim_end_matches('s').to_owned(),
            name: name.to_owned(),
            first: first.to_owned(),
            second: second.to_owned(),
        }
    }
}

impl Hint for ThingError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Path(error) => error.hint(),
            Self::Read { .. } => Some("paths are relative to the recipe".to_owned()),
            Self::Keep(_) => Some("correct `keep` in the recipe".to_owned()),
            Self::TakeIn(error) => error.hint(),
            Self::Identify(error) => error.hint(),
            Self::Spool(error) => error.hint(),
            Self::Twice { .. } => {
                Some("remove one of them from the recipe, or give it another `name`".to_owned())
            }
            Self::Name { .. } => Some("give it a `name` in the recipe".to_owned()),
        }
    }

    fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Path(error) => error.exit_status(),
            Self::Spool(error) => error.exit_status(),
            Self::TakeIn(error) => error.exit_status(),
            Self::Read { .. }
            | Self::Keep(_)
            | Self::Identify(_)
            | Self::Twice { .. }
            | Self::Name { .. } => ExitStatus::Usage,
        }
    }
}

impl Origin {
    /// What lies beside the recipe at this path.
    pub(super) fn beside(path: &SitePath) -> Result<Self, ThingError> {
        let path = without_links(&path.directory, path.path.as_str())?;
        let unreadable = |source| ThingError::Read {
            path: path.clone(),
            source,
        };
        let metadata = fs::symlink_metadata(&path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Ok(Self::Directory { path });
        }
        if path.extension().is_some_and(|extension| extension == "php") {
            return Ok(Self::File { path });
        }
        let mut file = File::open(&path).map_err(unreadable)?;
        let mut hashing = HashingWriter::new(std::io::sink());
        std::io::copy(&mut file, &mut hashing).map_err(unreadable)?;
        let (_, digest, _) = hashing.finish();
        Ok(Self::Archive { path, digest })
    }

    fn describe(&self) -> String {
        match self {
            Self::Fetched { locked, .. } => locked.url.clone(),
            other => other.path().display().to_string(),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Fetched { path, .. }
            | Self::Archive { path, .. }
            | Self::File { path }
            | Self::Directory { path } => path,
        }
    }
}

impl Thing {
    /// What identifies its contents without reading them; `None` for what people edit.
    pub(super) fn id(&self) -> Option<serde_json::Value> {
        let digest = match &self.origin {
            Origin::Fetched { locked, .. } => locked.sha256,
            Origin::Archive { digest, .. } => *digest,
            Origin::File { .. } | Origin::Directory { .. } => return None,
        };
        Some(json!({
            "kind": self.kind.as_str(),
            "sha256": digest.to_string(),
            "name": self.name,
            "keep": self.keep,
            // What an archive without a top directory takes its name from.
            "file": self.origin.path().file_name().map(|name| name.to_string_lossy()),
        }))
    }

    /// Takes the thing in and lays it where WordPress looks for it.
    pub(super) fn lay_out(
        &self,
        intakes: &mut Intakes,
        layer: &mut SiteLayer,
    ) -> Result<Component, ThingError> {
        let intake = self.take_in(intakes)?;
        let (directory, name, facts) = self.identify(&intake)?;
        let root = match &name {
            None => DOCUMENT_ROOT.to_owned(),
            Some(_) if intake.entries.len() == 1 && is_single_file(&self.origin) => {
                format!("{DOCUMENT_ROOT}/{directory}")
            }
            Some(name) => format!("{DOCUMENT_ROOT}/{directory}/{name}"),
        };
        if self.kind != SourceKind::Wordpress {
            self.claim(&root, layer)?;
        }
        for entry in &intake.entries {
            let digest = entry.content().and_then(|bytes| intakes.sink.digest(bytes));
            let path = path(&format!("{root}/{}", entry.path))?;
            layer.add(path, entry.kind.clone(), entry.mode, (0, 0), digest);
        }
        self.add_what_belongs_to_it(&intake, layer)?;
        Ok(self.component(name, facts))
    }

    /// Two things of one name would be laid into each other.
    fn claim(&self, root: &str, layer: &mut SiteLayer) -> Result<(), ThingError> {
        let own = self.origin.describe();
        match layer.claimed.insert(root.to_owned(), own.clone()) {
            None => Ok(()),
            Some(first) => Err(ThingError::twice(root, &first, &own)),
        }
    }

    fn take_in(&self, intakes: &mut Intakes) -> Result<Intake, ThingError> {
        let exclude = Exclude::with_kept(&self.keep)?;
        let source = match &self.origin {
            Origin::Directory { path } => Source::Directory(path.clone()),
            Origin::Fetched { path, .. } | Origin::Archive { path, .. } => {
                Source::Archive(path.clone())
            }
            Origin::File { path } => Source::File(path.clone()),
        };
        let mut intake = intakes.take_in(&source, exclude)?;
        if let Origin::Fetched { locked, .. } = &self.origin {
            // In the cache it is called by its digest.
            let file = locked.url.rsplit('/').next().unwrap_or_default();
            file.split('.')
                .next()
                .unwrap_or_default()
                .clone_into(&mut intake.stem);
            intake.origin.clone_from(&locked.url);
        }
        Ok(intake)
    }

    /// The folder of `wp-content` it belongs to, its directory there, and what its header says.
    fn identify(
        &self,
        intake: &Intake,
    ) -> Result<(&'static str, Option<String>, Facts), ThingError> {
        let own = self.name.clone();
        let named = |slug: &dyn ToString| Some(own.clone().unwrap_or_else(|| slug.to_string()));
        Ok(match self.kind {
            SourceKind::Wordpress => {
                let found = wordpress::identify(intake)?;
                let facts = Facts {
                    version: Some(found.version),
                    ..Facts::default()
                };
                ("", None, facts)
            }
            SourceKind::Plugin => {
                let found = plugin::identify(intake)?;
                ("wp-content/plugins", named(&found.slug), found.facts)
            }
            SourceKind::Theme => {
                let found = theme::identify(intake)?;
                ("wp-content/themes", named(&found.slug), found.facts)
            }
            SourceKind::MuPlugin => {
                let found = mu_plugin::identify(intake)?;
                ("wp-content/mu-plugins", named(&found.slug), found.facts)
            }
        })
    }

    /// WordPress gets its uploads directory; a must-use plugin in a directory gets the file beside
    /// it that WordPress loads, since it looks into no directory.
    fn add_what_belongs_to_it(
        &self,
        intake: &Intake,
        layer: &mut SiteLayer,
    ) -> Result<(), ThingError> {
        match self.kind {
            SourceKind::Wordpress => {
                let uploads = path(&format!("{DOCUMENT_ROOT}/{UPLOADS}"))?;
                layer.add(uploads, SiteKind::Directory, 0o775, (33, 0), None);
            }
            SourceKind::MuPlugin if !is_single_file(&self.origin) => {
                let found = mu_plugin::identify(intake)?;
                let name = self.name.clone().unwrap_or_else(|| found.slug.to_string());
                let main = &found.main;
                let text = format!(
                    "<?php\n// Written by wpimg: WordPress loads must-use plugins from files, not from directories.\n\
                     require_once __DIR__ . '/{name}/{main}';\n"
                );
                let digest = Digest::of(text.as_bytes());
                let loader = format!("{DOCUMENT_ROOT}/wp-content/mu-plugins/{name}.php");
                let content = Bytes::from(text.as_str());
                let kind = SiteKind::File(content);
                layer.add(path(&loader)?, kind, 0o644, (0, 0), Some(digest));
            }
            SourceKind::Plugin | SourceKind::Theme | SourceKind::MuPlugin => {}
        }
        Ok(())
    }

    fn component(&self, name: Option<String>, facts: Facts) -> Component {
        let (url, sha256, version) = match &self.origin {
            Origin::Fetched { locked, .. } => (
                Some(locked.url.clone()),
                Some(locked.sha256),
                locked.version.clone(),
            ),
            Origin::Archive { digest, .. } => (None, Some(*digest), None),
            Origin::File { .. } | Origin::Directory { .. } => (None, None, None),
        };
        Component {
            kind: self.kind,
            name: name.unwrap_or_else(|| "wordpress".to_owned()),
            version: facts.version.or(version),
            licence: facts.license,
            url,
            sha256,
        }
    }
}

fn is_single_file(origin: &Origin) -> bool {
    matches!(origin, Origin::File { .. })
}

fn path(text: &str) -> Result<TreePath, ThingError> {
    let parsed = text.parse();
    parsed.map_err(|_| ThingError::Name {
        path: text.to_owned(),
    })
}
