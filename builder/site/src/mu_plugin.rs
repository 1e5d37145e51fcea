//! Which must-use plugin the content is.
//!
//! WordPress loads the PHP files that lie directly in `mu-plugins`, header or not, and looks into no
//! directory. A single file goes there as it is; of a directory, somebody must load the main file,
//! so it has to be clear which one that is.

use wpimg_oci::rootfs::TreePath;

use crate::{
    entry::SiteEntry,
    header::Facts,
    identify::{IdentifyError, Wanted},
    intake::Intake,
    slug::Slug,
};

/// A must-use plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MuPlugin {
    pub slug: Slug,
    pub main: TreePath,
    /// Without a header, the name is that of the file.
    pub facts: Facts,
    pub form: Form,
}

/// How it lies below `mu-plugins`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// WordPress loads it.
    SingleFile,
    /// A loader beside the directory has to include the main file.
    Directory,
}

/// Finds the file to load: the one with a header, else the one named like the whole, else the only one.
pub fn identify(intake: &Intake) -> Result<MuPlugin, IdentifyError> {
    let candidates: Vec<&SiteEntry> = intake.php_files(0).collect();
    let slug = slug(intake)?;
    let namesake = format!("{slug}.php");
    let mut with_header = Vec::new();
    for entry in &candidates {
        if intake.plugin_at(entry)?.is_some() {
            with_header.push(*entry);
        }
    }
    let is_namesake = |entry: &&&SiteEntry| entry.path.as_str() == namesake;
    let main = match (with_header.as_slice(), candidates.as_slice()) {
        ([only], _) | ([], [only]) => Some(*only),
        ([], several) | (several, _) => several.iter().find(is_namesake).copied(),
    };
    let Some(main) = main else {
        return Err(IdentifyError::Other {
            origin: intake.origin.clone(),
            wanted: Wanted::MuPlugin,
            looked_at: candidates.iter().map(|entry| entry.path.clone()).collect(),
            instead: match candidates.as_slice() {
                [] => intake.instead_of(Wanted::MuPlugin)?,
                _ => None,
            },
        });
    };
    let facts = match intake.header(main)? {
        Some(header) => Facts::of_plugin(&header)
            .unwrap_or_else(|| Facts::named(main.path.to_string(), &header)),
        None => Facts::default(),
    };
    let files = intake.entries.iter().filter(|entry| !entry.is_directory());
    Ok(MuPlugin {
        slug,
        main: main.path.clone(),
        facts,
        form: match files.count() {
            1 => Form::SingleFile,
            _ => Form::Directory,
        },
    })
}

/// A single file is called like itself, whatever it was packed in.
fn slug(intake: &Intake) -> Result<Slug, IdentifyError> {
    if let [only] = intake.entries.as_slice()
        && let Some(stem) = only.path.as_str().strip_suffix(".php")
        && let Ok(slug) = stem.parse()
    {
        return Ok(slug);
    }
    intake.slug()
}
