//! The base of one platform: from a selection of packages to layers, or straight from the cache.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use wpimg_assemble::dpkg_database;
use wpimg_assemble::effects;
use wpimg_assemble::elf;
use wpimg_assemble::layering::LayerGroup;
use wpimg_assemble::merge::Tree;
use wpimg_assemble::overlay::{self, OverlayFile};
use wpimg_assemble::unpack::Unpacked;
use wpimg_assemble::{FORMAT_VERSION, wordpress};
use wpimg_bom::Licence;
use wpimg_debian::control::Paragraph;
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;
use wpimg_oci::rootfs::Rootfs;

use super::built_in;
use super::layers::{self, CachedLayer, PlannedLayer};
use super::packages;
use super::request::Request;
use super::selection::Selected;
use super::skeleton::Skeleton;
use super::tools::Tools;
use crate::cache::{Cache, RecordKind};
use crate::error_report::Failure;
use crate::recipe::Glob;

/// Debian's largest copyright files have a megabyte.
const LARGEST_COPYRIGHT: u64 = 4 << 20;

/// What an image is built on: everything that packages and `wpimg` itself bring. The site's own
/// content lies in layers above it, so that editing a theme takes no package apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Base {
    pub(crate) layers: Vec<CachedLayer>,
    /// The time of its newest file, seconds since 1970.
    pub(crate) newest: i64,
    pub(crate) skeleton: Skeleton,
    /// What its packages say about themselves, by name.
    pub(crate) facts: BTreeMap<String, PackageFacts>,
}

/// What a bill of materials wants to know of a package beside its version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackageFacts {
    pub(crate) licence: Licence,
    /// Name and version of the source package, where the package names one.
    pub(crate) source: Option<(String, Option<String>)>,
}

/// Builds the base, or finds that it was built before.
pub(crate) async fn build(
    request: &Request,
    platform: Platform,
    selected: &[Selected],
    tools: &Tools,
) -> Result<Base, Failure> {
    let built_in = built_in::collect(&request.recipe, platform)?;
    let key = base_key(request, platform, selected, &built_in);
    if let Some(base) = cached(&tools.cache, &key) {
        return Ok(base);
    }
    let unpacked = packages::fetch_and_unpack(selected, request, tools).await?;
    let base = tokio::task::block_in_place(|| {
        let target = (platform, &key);
        assemble(request, target, selected, unpacked, &built_in, tools)
    })?;
    tools.cache.put_record(RecordKind::Base, &key, &base)?;
    Ok(base)
}

/// Everything that decides the base. Where the bytes came from does not.
fn base_key(
    request: &Request,
    platform: Platform,
    selected: &[Selected],
    built_in: &[OverlayFile],
) -> Digest {
    let inputs = json!({
        "format": FORMAT_VERSION,
        "platform": platform.to_string(),
        "keep": texts(&request.recipe.image.keep),
        "drop": texts(&request.recipe.image.drop),
        "compression": format!("{:?}", request.compression),
        "epoch": request.epoch,
        "packages": identities(selected.iter()),
        "files": built_in::digest(built_in),
    });
    Digest::of(inputs.to_string().as_bytes())
}

/// The key of a group's layer: the packages that its bytes come from, and what shapes them.
///
/// Generated files look at every package, so the key of the configuration layer is the base's.
fn layer_key(
    request: &Request,
    base: &Digest,
    (group, rootfs): (LayerGroup, &Rootfs),
    packages: &[Selected],
) -> Digest {
    let inputs = if group == LayerGroup::Configuration {
        json!({ "base": base })
    } else {
        json!({
            "format": FORMAT_VERSION,
            "group": group.name(),
            "packages": identities(packages.iter()),
            "shape": layers::shape(rootfs),
            "compression": format!("{:?}", request.compression),
            "epoch": request.epoch,
        })
    };
    Digest::of(inputs.to_string().as_bytes())
}

/// The packages whose files are in a group's layer: its own, and those that WordPress copies from.
fn packages_of(
    group: LayerGroup,
    selected: &[Selected],
    copied_from: &BTreeSet<String>,
) -> Vec<Selected> {
    let is_in_layer = |package: &&Selected| {
        LayerGroup::of(&package.name) == group
            || (group == LayerGroup::WordPress && copied_from.contains(&package.name))
    };
    selected.iter().filter(is_in_layer).cloned().collect()
}

fn identities<'a>(packages: impl Iterator<Item = &'a Selected>) -> Vec<String> {
    packages
        .map(|package| format!("{} {} {}", package.name, package.version, package.sha256))
        .collect()
}

/// The base of an earlier build, if each of its layers is still there.
fn cached(cache: &Cache, key: &Digest) -> Option<Base> {
    let base: Base = cache.get_record(RecordKind::Base, key)?;
    base.layers
        .iter()
        .all(|layer| layer.is_in(cache))
        .then_some(base)
}

fn assemble(
    request: &Request,
    (platform, key): (Platform, &Digest),
    selected: &[Selected],
    mut unpacked: Vec<Unpacked>,
    built_in: &[OverlayFile],
    tools: &Tools,
) -> Result<Base, Failure> {
    let copied_from = wordpress::lay_out(&mut unpacked)?;
    let mut tree = Tree::default();
    for package in &unpacked {
        tree.add_package(LayerGroup::of(&package.name), package)?;
    }
    effects::apply(&mut tree)?;
    overlay::add(&mut tree, built_in);
    dpkg_database::write(&mut tree, &unpacked);
    let facts = facts(&tree, &unpacked);
    drop(unpacked);
    let programs = elf::check(&tree, elf::multiarch(platform.debian_architecture()))?;
    tools.report.detail(&format!(
        "{programs} programs and libraries find every library they need"
    ));

    let newest = tree.newest();
    let skeleton = Skeleton::of(tree.merged());
    let planned = tree.into_layers()?.into_iter().map(|(group, rootfs)| {
        let packages = packages_of(group, selected, &copied_from);
        PlannedLayer {
            name: group.name().to_owned(),
            key: layer_key(request, key, (group, &rootfs), &packages),
            rootfs,
        }
    });
    let planned: Vec<PlannedLayer> = planned.collect();
    let layers = layers::write_missing(&planned, request, tools)?;
    Ok(Base {
        layers,
        newest: newest.min(request.epoch.unwrap_or(i64::MAX)),
        skeleton,
        facts,
    })
}

/// The facts of each package: from its control file, and from its copyright file in the image.
fn facts(tree: &Tree, unpacked: &[Unpacked]) -> BTreeMap<String, PackageFacts> {
    let licence = |package: &Unpacked| {
        let path = format!("usr/share/doc/{}/copyright", package.name);
        let path = tree.merged().resolve(&path.parse().ok()?)?;
        let content = tree.merged().get(&path)?.content()?;
        let text = content.read_all(LARGEST_COPYRIGHT).ok()?;
        Some(Licence::from_copyright(&text))
    };
    let source = |package: &Unpacked| {
        let control = Paragraph::parse(&package.control.control).ok()?;
        let text = control.get("Source")?;
        // `Source: php8.4 (8.4.28-1)`: the version only where it differs.
        let (name, version) = text.split_once('(').map_or((text, None), |(name, rest)| {
            (name, Some(rest.trim_end_matches(')').trim().to_owned()))
        });
        Some((name.trim().to_owned(), version))
    };
    let facts = |package: &Unpacked| {
        let facts = PackageFacts {
            licence: licence(package).unwrap_or_default(),
            source: source(package),
        };
        (package.name.clone(), facts)
    };
    unpacked.iter().map(facts).collect()
}

fn texts(globs: &[Glob]) -> Vec<String> {
    globs.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_keyed_by_the_packages_it_has_bytes_of() {
        let package = |name: &str| Selected {
            name: name.to_owned(),
            version: "1.0".to_owned(),
            architecture: "amd64".to_owned(),
            suite: "trixie".to_owned(),
            path: format!("pool/{name}.deb"),
            size: 1,
            sha256: Digest::of(name.as_bytes()),
            seen: None,
        };
        let selected = ["libc6", "libjs-x", "node-x", "php8.4-cli", "wordpress"].map(package);
        let copied_from = BTreeSet::from(["libjs-x".to_owned(), "node-x".to_owned()]);
        for (group, expected) in [
            (LayerGroup::Base, &["libc6", "node-x"][..]),
            (LayerGroup::Php, &["php8.4-cli"]),
            (LayerGroup::WordPress, &["libjs-x", "node-x", "wordpress"]),
        ] {
            let packages = packages_of(group, &selected, &copied_from);
            let names: Vec<&str> = packages.iter().map(|p| p.name.as_str()).collect();
            assert_eq!(names, expected, "{group}");
        }
    }
}
