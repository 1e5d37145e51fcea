//! `[nginx]`: shorthand for a few files and a variable of the image.
//!
//! A snippet becomes a file of the directory that `docker/rootfs/etc/wpimg/nginx/site.conf` includes
//! in the server block, and the size becomes the variable from which `wpimg-init` writes the
//! settings of nginx and PHP. So nothing else of a build knows this section.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{FileEntry, FileSource, ImagePath, Owner, SourcePath, ValueError, value::decimal};

/// Included in the server block, sorted by name.
const SNIPPET_DIRECTORY: &str = "/etc/wpimg/nginx/site.d";
/// What `wpimg-init` reads at the start of a container.
const UPLOAD_VARIABLE: &str = "WPIMG_UPLOAD_LIMIT";

/// A file beside the recipe whose name ends in `.conf`, which is what nginx includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SnippetPath(SourcePath);

/// The largest upload, 1 MiB to 16 GiB: the range of `wpimg-init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadSize(String);

/// The snippets as files of the image, named so that they are included in this order.
pub(super) fn files(snippets: Vec<(SnippetPath, FileSource)>) -> Vec<FileEntry> {
    let width = snippets.len().to_string().len();
    let entry = |(index, (snippet, source)): (usize, (SnippetPath, FileSource))| {
        let own = snippet.0.last_part().unwrap_or("snippet.conf");
        let name = format!("recipe-{:0width$}-{own}", index + 1);
        FileEntry {
            source,
            target: ImagePath::below(SNIPPET_DIRECTORY, &name),
            mode: None,
            owner: Owner::default(),
        }
    };
    snippets.into_iter().enumerate().map(entry).collect()
}

impl SnippetPath {
    pub(super) fn path(&self) -> SourcePath {
        self.0.clone()
    }
}

impl UploadSize {
    /// Puts the size where `[image] environment` has not already said one.
    pub(super) fn into_environment(self, environment: &mut BTreeMap<String, String>) {
        environment
            .entry(UPLOAD_VARIABLE.to_owned())
            .or_insert(self.0);
    }
}

impl FromStr for SnippetPath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let path: SourcePath = text.parse()?;
        let named = path
            .last_part()
            .and_then(|name| name.strip_suffix(".conf"))
            .is_some_and(|stem| !stem.is_empty());
        if named && !text.ends_with('/') {
            return Ok(Self(path));
        }
        Err(ValueError::Snippet {
            text: text.to_owned(),
        })
    }
}

impl FromStr for UploadSize {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refused = || ValueError::UploadSize {
            text: text.to_owned(),
        };
        let digits = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
        let shift = match &text[digits.len()..] {
            "" => 0,
            "k" | "K" => 10,
            "m" | "M" => 20,
            "g" | "G" => 30,
            _ => return Err(refused()),
        };
        let number = decimal(digits).map(u64::from).ok_or_else(refused)?;
        let bytes = number << shift;
        // The entrypoint rounds a part of a mebibyte up; one byte is as good as none here.
        if (1 << 20..=16 << 30).contains(&bytes) {
            return Ok(Self(text.to_owned()));
        }
        Err(refused())
    }
}

impl fmt::Display for SnippetPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
