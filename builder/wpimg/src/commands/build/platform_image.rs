//! The image of one platform: from the selection to a manifest, or straight from the cache.

use std::collections::BTreeSet;

use serde_json::json;
use wpimg_assemble::dpkg_database;
use wpimg_assemble::effects;
use wpimg_assemble::elf;
use wpimg_assemble::layering::LayerGroup;
use wpimg_assemble::merge::Tree;
use wpimg_assemble::overlay::{self, OverlayFile};
use wpimg_assemble::unpack::Unpacked;
use wpimg_assemble::{FORMAT_VERSION, wordpress};
use wpimg_oci::digest::Digest;
use wpimg_oci::platform::Platform;
use wpimg_oci::rootfs::Rootfs;

use super::archive::Archive;
use super::image::BuiltImage;
use super::layers::{self, LayerSettings, PlannedLayer};
use super::packages;
use super::request::Request;
use super::selection::{self, Selected};
use super::site_files;
use super::tools::Tools;
use crate::cache::{Bucket, Cache, RecordKind};
use crate::error_report::Failure;
use crate::report::units::{Bytes, count};

/// Builds the image, or finds that it was built before.
pub(super) async fn build(
    request: &Request,
    platform: Platform,
    site_files: &[OverlayFile],
    archive: &Archive,
    tools: &Tools,
) -> Result<BuiltImage, Failure> {
    let selected = selection::select(request, platform, archive, tools).await?;
    tools.report.status(
        "Resolved",
        &format!("{} for {platform}", count(selected.len(), "package")),
    );
    let key = image_key(request, platform, &selected, site_files);
    if let Some(image) = cached(&tools.cache, &key) {
        tools.report.status(
            "Reused",
            &format!("{} for {platform}", count(image.layers.len(), "layer")),
        );
        return Ok(image);
    }
    let unpacked = packages::fetch_and_unpack(&selected, request, archive, tools).await?;
    let image = tokio::task::block_in_place(|| {
        let image = (platform, &key);
        assemble(request, image, &selected, unpacked, site_files, tools)
    })?;
    tools.cache.put_record(RecordKind::Image, &key, &image)?;
    Ok(image)
}

/// Everything that decides the image. Where the bytes came from does not.
fn image_key(
    request: &Request,
    platform: Platform,
    selected: &[Selected],
    site_files: &[OverlayFile],
) -> Digest {
    let recipe = request.recipe.canonical_json();
    let inputs = json!({
        "format": FORMAT_VERSION,
        "platform": platform.to_string(),
        "recipe": Digest::of(&recipe),
        "compression": format!("{:?}", request.compression),
        "epoch": request.epoch,
        "packages": identities(selected.iter()),
        "files": site_files::digest(site_files),
    });
    Digest::of(inputs.to_string().as_bytes())
}

/// The key of a group's layer: the packages that its bytes come from, and what shapes them.
///
/// Generated files look at every package, so the key of the configuration layer is the image's.
fn layer_key(
    request: &Request,
    image: &Digest,
    (group, rootfs): (LayerGroup, &Rootfs),
    packages: &[Selected],
) -> Digest {
    let inputs = if group == LayerGroup::Configuration {
        json!({ "image": image })
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

/// The image of an earlier build, if each of its layers is still there.
fn cached(cache: &Cache, key: &Digest) -> Option<BuiltImage> {
    let image: BuiltImage = cache.get_record(RecordKind::Image, key)?;
    let is_there = |layer: &layers::CachedLayer| {
        cache
            .get(Bucket::Blobs, &layer.digest, layer.size)
            .is_some()
    };
    image.layers.iter().all(is_there).then_some(image)
}

fn assemble(
    request: &Request,
    (platform, key): (Platform, &Digest),
    selected: &[Selected],
    mut unpacked: Vec<Unpacked>,
    site_files: &[OverlayFile],
    tools: &Tools,
) -> Result<BuiltImage, Failure> {
    let copied_from = wordpress::lay_out(&mut unpacked)?;
    let mut tree = Tree::default();
    for package in &unpacked {
        tree.add_package(LayerGroup::of(&package.name), package)?;
    }
    effects::apply(&mut tree)?;
    overlay::add(&mut tree, site_files);
    dpkg_database::write(&mut tree, &unpacked);
    drop(unpacked);
    let programs = elf::check(&tree, elf::multiarch(platform.debian_architecture()))?;
    tools.report.detail(&format!(
        "{programs} programs and libraries find every library they need"
    ));

    let newest = tree.newest();
    let clamp_mtime = request.epoch.unwrap_or(i64::MAX);
    let planned: Vec<PlannedLayer> = tree
        .into_layers()?
        .into_iter()
        .map(|(group, rootfs)| PlannedLayer {
            group,
            key: layer_key(
                request,
                key,
                (group, &rootfs),
                &packages_of(group, selected, &copied_from),
            ),
            rootfs,
        })
        .collect();
    let settings = LayerSettings {
        compression: request.compression,
        clamp_mtime,
        jobs: tools.jobs,
    };
    let (layers, written) = layers::write_missing(&tools.cache, &planned, settings)?;
    let built = BuiltImage::new(&request.recipe, platform, newest.min(clamp_mtime), layers)?;
    let reused = built.layers.len() - written;
    tools.report.status(
        "Built",
        &format!(
            "{} for {platform}, reused {reused} ({} compressed)",
            count(written, "layer"),
            Bytes(built.compressed_size()),
        ),
    );
    Ok(built)
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
            filename: format!("pool/{name}.deb"),
            size: 1,
            sha256: Digest::of(name.as_bytes()),
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
