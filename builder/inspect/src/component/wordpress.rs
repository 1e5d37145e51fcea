//! WordPress, its plugins and its themes, found by their place and their headers.
//!
//! An installation is a directory with `wp-includes/version.php`. Its contents are in `wp-content`
//! beside it, or in `app` beside the directory `wp`, where Bedrock has them.

use super::{Component, header, kept};
use crate::{image::Image, path::ImagePath};

/// A container serves one; backups and tests may lie beside it.
const MOST_INSTALLATIONS: usize = 32;

/// An installation of WordPress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordPress {
    pub root: ImagePath,
    /// Where plugins and themes are.
    pub content: ImagePath,
    pub version: Option<String>,
}

/// A plugin or a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    pub kind: ExtensionKind,
    pub slug: String,
    /// As its header has it.
    pub name: Option<String>,
    pub version: Option<String>,
    /// The file or directory it is.
    pub path: ImagePath,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExtensionKind {
    Plugin,
    MustUsePlugin,
    Theme,
}

impl ExtensionKind {
    const ALL: [Self; 3] = [Self::Plugin, Self::MustUsePlugin, Self::Theme];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plugin => "plugin",
            Self::MustUsePlugin => "mu-plugin",
            Self::Theme => "theme",
        }
    }

    fn directory(self) -> &'static [u8] {
        match self {
            Self::Plugin => b"plugins",
            Self::MustUsePlugin => b"mu-plugins",
            Self::Theme => b"themes",
        }
    }
}

impl Extension {
    pub fn component(&self) -> Component {
        let slug = self.slug.clone();
        match self.kind {
            ExtensionKind::Plugin => Component::Plugin { slug },
            ExtensionKind::MustUsePlugin => Component::MustUsePlugin { slug },
            ExtensionKind::Theme => Component::Theme { slug },
        }
    }
}

pub(super) fn installations(image: &Image) -> Vec<WordPress> {
    let versions = image.tree.iter().filter_map(|(path, node)| {
        let root = path.as_bytes().strip_suffix(b"wp-includes/version.php")?;
        let is_at_slash = root.is_empty() || root.ends_with(b"/");
        is_at_slash.then(|| (ImagePath::clean(root), node))
    });
    let found = versions.map(|(root, node)| {
        let beside = ImagePath::join(root.parent(), b"app");
        let is_bedrock = root.file_name() == b"wp" && image.tree.get(beside.as_bytes()).is_some();
        WordPress {
            content: if is_bedrock {
                beside
            } else {
                ImagePath::join(root.as_bytes(), b"wp-content")
            },
            version: kept(image, node).and_then(|text| header::assigned(text, "wp_version")),
            root,
        }
    });
    found.take(MOST_INSTALLATIONS).collect()
}

pub(super) fn extensions(image: &Image, sites: &[WordPress]) -> Vec<Extension> {
    let mut found: Vec<Extension> = Vec::new();
    for site in sites {
        for kind in ExtensionKind::ALL {
            let directory = ImagePath::join(site.content.as_bytes(), kind.directory());
            found.extend(of_directory(image, kind, directory.as_bytes()));
        }
    }
    found.sort_by(|a, b| (a.kind, &a.slug, &a.path).cmp(&(b.kind, &b.slug, &b.path)));
    found.dedup();
    found
}

/// Every directory is one, with or without a header; a single file only with one.
fn of_directory(image: &Image, kind: ExtensionKind, directory: &[u8]) -> Vec<Extension> {
    let mut found: Vec<Extension> = Vec::new();
    for (path, node) in image.tree.below(directory) {
        let inside = &path.as_bytes()[directory.len() + 1..];
        let parts: Vec<&[u8]> = inside.splitn(3, |&byte| byte == b'/').collect();
        let text = kept(image, node).unwrap_or_default();
        let title = match kind {
            ExtensionKind::Theme => "Theme Name",
            ExtensionKind::Plugin | ExtensionKind::MustUsePlugin => "Plugin Name",
        };
        let name = header::field(text, title);
        match parts.as_slice() {
            [file] if kind != ExtensionKind::Theme && name.is_some() => {
                let slug = String::from_utf8_lossy(file.strip_suffix(b".php").unwrap_or(file));
                let version = header::field(text, "Version");
                let (slug, path) = (slug.into_owned(), path.clone());
                found.push(Extension {
                    kind,
                    slug,
                    name,
                    version,
                    path,
                });
            }
            [slug, file] => {
                let slug_text = String::from_utf8_lossy(slug).into_owned();
                let root = ImagePath::join(directory, slug);
                // In the order of paths all that is in one directory comes together.
                if found.last().is_none_or(|extension| extension.path != root) {
                    found.push(Extension {
                        kind,
                        slug: slug_text,
                        name: None,
                        version: None,
                        path: root,
                    });
                }
                let Some(extension) = found.last_mut() else {
                    continue;
                };
                // WordPress takes a plugin's files in alphabetical order and a theme's stylesheet.
                let counts = kind != ExtensionKind::Theme || *file == b"style.css";
                if counts && name.is_some() && extension.name.is_none() {
                    extension.name = name;
                    extension.version = header::field(text, "Version");
                }
            }
            _ => {}
        }
    }
    found
}
