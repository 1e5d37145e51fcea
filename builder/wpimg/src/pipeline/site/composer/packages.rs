//! What Composer installed for WordPress, as `vendor/composer/installed.json` says: plugins and themes.
//! Libraries are not among the components of a site.

use serde::Deserialize;
use wpimg_site::wordpress::WordPress;

use super::ComposerError;
use super::project::{Project, join, text};
use crate::lock::SourceKind;
use crate::pipeline::site::things::Component;
use crate::report::Report;

/// Of a project with a thousand packages it is a few MiB.
const LARGEST: u64 = 64 << 20;
const LARGEST_VERSION_FILE: u64 = 64 << 10;

#[derive(Debug, Deserialize)]
struct Installed {
    packages: Vec<Package>,
    /// Whether development packages were installed too.
    #[serde(default)]
    dev: bool,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    r#type: Option<String>,
    #[serde(default)]
    license: Vec<String>,
    dist: Option<Dist>,
}

#[derive(Debug, Deserialize)]
struct Dist {
    url: Option<String>,
}

/// WordPress, then plugins and themes by name.
pub(super) fn components(
    project: &Project,
    report: &Report,
) -> Result<Vec<Component>, ComposerError> {
    let version_file = join(&project.core, "wp-includes/version.php");
    let version = text(&project.directory.join(version_file), LARGEST_VERSION_FILE)?
        .and_then(|text| WordPress::from_version_file(text.as_bytes()));
    let mut components = vec![Component {
        kind: SourceKind::Wordpress,
        name: "wordpress".to_owned(),
        version: version.map(|found| found.version),
        licence: None,
        url: None,
        sha256: None,
    }];
    let path = project
        .directory
        .join(&project.vendor)
        .join("composer/installed.json");
    let Some(installed) = text(&path, LARGEST)? else {
        return Ok(components);
    };
    let installed: Installed = serde_json::from_str(&installed)
        .map_err(|source| ComposerError::Installed { path, source })?;
    if installed.dev {
        report.warning(
            "the Composer project has its development packages installed; \
             `composer install --no-dev` leaves them out",
        );
    }
    let mut packages = installed.packages;
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    components.extend(packages.into_iter().filter_map(component));
    Ok(components)
}

fn component(package: Package) -> Option<Component> {
    // The types of composer/installers.
    let kind = match package.r#type?.as_str() {
        "wordpress-plugin" => SourceKind::Plugin,
        "wordpress-theme" => SourceKind::Theme,
        "wordpress-muplugin" => SourceKind::MuPlugin,
        _ => return None,
    };
    // Shops of plugins put the licence key into the address.
    let url = package.dist.and_then(|dist| dist.url);
    let url = url.filter(|url| !url.contains(['?', '@']));
    let name = package.name.rsplit('/').next().unwrap_or_default();
    Some(Component {
        kind,
        name: name.to_owned(),
        version: package.version,
        licence: (!package.license.is_empty()).then(|| package.license.join(" OR ")),
        url,
        sha256: None,
    })
}
