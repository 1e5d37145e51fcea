//! Which plugin the content is: the PHP file at its root with a `Plugin Name` header.

use wpimg_oci::rootfs::TreePath;

use crate::{
    header::Facts,
    identify::{IdentifyError, Wanted},
    intake::Intake,
    slug::Slug,
};

/// A plugin, as WordPress will list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// The directory below `wp-content/plugins`.
    pub slug: Slug,
    /// The file WordPress loads.
    pub main: TreePath,
    pub facts: Facts,
}

/// Finds the plugin. Of several files with a header the one named like the directory is taken, else
/// the first by name.
pub fn identify(intake: &Intake) -> Result<Plugin, IdentifyError> {
    let mut mains: Vec<(TreePath, Facts)> = Vec::new();
    for entry in intake.php_files(0) {
        if let Some(facts) = intake.plugin_at(entry)? {
            mains.push((entry.path.clone(), facts));
        }
    }
    if mains.is_empty() {
        return Err(IdentifyError::Other {
            origin: intake.origin.clone(),
            wanted: Wanted::Plugin,
            looked_at: intake
                .php_files(0)
                .map(|entry| entry.path.clone())
                .collect(),
            instead: intake.instead_of(Wanted::Plugin)?,
        });
    }
    let slug = intake.slug()?;
    let namesake = format!("{slug}.php");
    let chosen = mains.iter().position(|(path, _)| path.as_str() == namesake);
    let (main, facts) = mains.swap_remove(chosen.unwrap_or(0));
    Ok(Plugin { slug, main, facts })
}
