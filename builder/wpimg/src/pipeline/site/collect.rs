//! Which things the recipe names, and the layers they become.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::json;
use wpimg_assemble::FORMAT_VERSION;
use wpimg_assemble::spool::Spool;
use wpimg_oci::digest::Digest;
use wpimg_oci::rootfs::Rootfs;

use super::composer::{self, Project};
use super::intakes::Intakes;
use super::layer::SiteLayer;
use super::things::{Component, Origin, Thing, ThingError};
use super::{files, place, time};
use crate::cache::{Cache, RecordKind};
use crate::error_report::Failure;
use crate::lock::{Lock, SourceKind};
use crate::pipeline::base::Base;
use crate::pipeline::layers::{self, CachedLayer, PlannedLayer};
use crate::pipeline::request::Request;
use crate::pipeline::skeleton::Skeleton;
use crate::pipeline::sources::{self, Remote};
use crate::pipeline::tools::Tools;
use crate::recipe::{Content, ContentKind, ContentSource, WordPressSource};
use crate::report::Report;

/// Raised when the same archive begins to give other files.
const RULES_VERSION: u32 = 2;

/// Everything that the recipe adds to what packages bring.
pub(crate) struct SiteContent {
    /// Lowest first.
    archives: Vec<ArchiveLayer>,
    /// What lies beside the recipe: read by every build.
    site: SiteLayer,
    pub(crate) components: Vec<Component>,
}

/// A layer of archives, which is looked into only when its layer has to be made.
struct ArchiveLayer {
    name: &'static str,
    things: Vec<Thing>,
    /// Where they lie, if a Composer project says so.
    project: Option<Project>,
    /// Of the archives and what is done with them.
    id: Digest,
    taken_in: Mutex<Option<SiteLayer>>,
}

/// What is in a layer of archives.
#[derive(Serialize, Deserialize)]
struct ArchiveContents {
    components: Vec<Component>,
    /// Which archive lies in which directory.
    claimed: BTreeMap<String, String>,
}

/// What a layer of archives gave on a certain base.
#[derive(Serialize, Deserialize)]
struct LayerRecord {
    layer: CachedLayer,
    skeleton: Skeleton,
}

impl SiteContent {
    /// Takes in what lies beside the recipe, fetches what does not, and looks into archives that no
    /// build has seen.
    pub(crate) async fn collect(
        request: &Request,
        lock: Option<&Lock>,
        tools: &Tools,
    ) -> Result<Self, Failure> {
        let project = request.recipe.composer.as_ref().map(Project::read);
        let project = project.transpose()?;
        let (wordpress, pinned, edited) = things(request, lock, tools).await?;
        let mut intakes = Intakes::new(Spool::create(&tools.cache.temporary_directory())?);
        let mut site = SiteLayer::default();
        let mut components = Vec::new();
        for thing in &edited {
            components.push(thing.lay_out(&mut intakes, &mut site)?);
        }
        files::collect(&request.recipe, &mut intakes, &mut site)?;
        if let Some(project) = &project {
            composer::relocate(project, &mut site)?;
            let mut own = SiteLayer::default();
            let into = (&mut intakes, &mut own);
            components.extend(composer::lay_out(
                project,
                &request.recipe,
                into,
                &tools.report,
            )?);
            // What the recipe names lies over what the project brings.
            own.items.append(&mut site.items);
            site.items = own.items;
        }
        intakes.finish(&tools.report)?;
        let mut archives = Vec::new();
        for (name, things) in [("wordpress release", wordpress), ("plugins", pinned)] {
            if !things.is_empty() {
                let layer = ArchiveLayer::new(name, things, project.clone());
                let contents = layer.contents(&tools.cache, &tools.report)?;
                for (place, origin) in &contents.claimed {
                    if let Some(other) = site.claimed.get(place) {
                        return Err(ThingError::twice(place, origin, other).into());
                    }
                }
                components.extend(contents.components);
                archives.push(layer);
            }
        }
        Ok(Self {
            archives,
            site,
            components,
        })
    }

    /// One digest over what lies beside the recipe.
    pub(crate) fn site_files(&self) -> Option<Digest> {
        (!self.site.items.is_empty()).then(|| self.site.digest())
    }

    /// Makes the layers that the cache does not have yet.
    pub(crate) fn layers(
        &self,
        base: &Base,
        request: &Request,
        tools: &Tools,
    ) -> Result<Vec<CachedLayer>, Failure> {
        let mut below = base.skeleton.to_tree(time::DIRECTORY);
        let mut made = Vec::new();
        for archive in &self.archives {
            let (layer, skeleton) = archive.layer(&below, request, tools)?;
            add_directories(&mut below, &skeleton.to_tree(time::DIRECTORY));
            made.push(layer);
        }
        if !self.site.items.is_empty() {
            let rootfs = place::place(&self.site.items, self.site.claimed.keys(), &below)?;
            made.push(write("site", &self.site, rootfs, request, tools)?);
        }
        Ok(made)
    }
}

impl ArchiveLayer {
    fn new(name: &'static str, things: Vec<Thing>, project: Option<Project>) -> Self {
        let ids: Vec<_> = things.iter().filter_map(Thing::id).collect();
        let mut inputs = json!({ "rules": RULES_VERSION, "format": FORMAT_VERSION, "things": ids });
        if let Some(project) = &project {
            inputs["relocation"] = composer::relocation(project);
        }
        Self {
            name,
            things,
            project,
            id: Digest::of(inputs.to_string().as_bytes()),
            taken_in: Mutex::new(None),
        }
    }

    /// What is in the archives, from a record or by looking.
    fn contents(&self, cache: &Cache, report: &Report) -> Result<ArchiveContents, Failure> {
        if let Some(known) = cache.get_record(RecordKind::Site, &self.id) {
            return Ok(known);
        }
        let mut intakes = Intakes::new(Spool::create(&cache.temporary_directory())?);
        let mut layer = SiteLayer::default();
        let components = self.lay_out(&mut intakes, &mut layer)?;
        intakes.finish(report)?;
        let contents = ArchiveContents {
            components,
            claimed: layer.claimed.clone(),
        };
        cache.put_record(RecordKind::Site, &self.id, &contents)?;
        *self.taken_in.lock().unwrap_or_else(PoisonError::into_inner) = Some(layer);
        Ok(contents)
    }

    fn lay_out(
        &self,
        intakes: &mut Intakes,
        layer: &mut SiteLayer,
    ) -> Result<Vec<Component>, Failure> {
        let things = self.things.iter();
        let components = things.map(|thing| thing.lay_out(intakes, layer));
        let components = components.collect::<Result<_, ThingError>>()?;
        if let Some(project) = &self.project {
            composer::relocate(project, layer)?;
        }
        Ok(components)
    }

    /// The layer on what lies below it, and its directories.
    fn layer(
        &self,
        below: &Rootfs,
        request: &Request,
        tools: &Tools,
    ) -> Result<(CachedLayer, Skeleton), Failure> {
        let inputs = json!({
            "archives": self.id.to_string(),
            "below": layers::shape(below),
            "compression": format!("{:?}", request.compression),
            "epoch": request.epoch,
        });
        let key = Digest::of(inputs.to_string().as_bytes());
        let record: Option<LayerRecord> = tools.cache.get_record(RecordKind::Site, &key);
        if let Some(LayerRecord { layer, skeleton }) = record
            && layer.is_in(&tools.cache)
        {
            return Ok((layer, skeleton));
        }
        let mut taken_in = self.taken_in.lock().unwrap_or_else(PoisonError::into_inner);
        if taken_in.is_none() {
            let mut intakes = Intakes::new(Spool::create(&tools.cache.temporary_directory())?);
            let mut layer = SiteLayer::default();
            self.lay_out(&mut intakes, &mut layer)?;
            intakes.finish(&tools.report)?;
            *taken_in = Some(layer);
        }
        let content = taken_in.get_or_insert_default();
        let rootfs = place::place(&content.items, content.claimed.keys(), below)?;
        let skeleton = Skeleton::of(&rootfs);
        let layer = write(self.name, content, rootfs, request, tools)?;
        let record = LayerRecord { layer, skeleton };
        tools.cache.put_record(RecordKind::Site, &key, &record)?;
        Ok((record.layer, record.skeleton))
    }
}

fn write(
    name: &'static str,
    content: &SiteLayer,
    rootfs: Rootfs,
    request: &Request,
    tools: &Tools,
) -> Result<CachedLayer, Failure> {
    let inputs = json!({
        "format": FORMAT_VERSION,
        "site": name,
        "contents": content.digest().to_string(),
        "shape": layers::shape(&rootfs),
        "compression": format!("{:?}", request.compression),
        "epoch": request.epoch,
    });
    let planned = PlannedLayer {
        name: name.to_owned(),
        key: Digest::of(inputs.to_string().as_bytes()),
        rootfs,
    };
    let mut layers = layers::write_missing(std::slice::from_ref(&planned), request, tools)?;
    Ok(layers.remove(0))
}

fn add_directories(below: &mut Rootfs, layer: &Rootfs) {
    for (path, entry) in layer {
        below.insert(path.clone(), entry.clone());
    }
}

type Things = (Vec<Thing>, Vec<Thing>, Vec<Thing>);

/// WordPress from an archive; plugins and themes from archives; what people edit.
async fn things(request: &Request, lock: Option<&Lock>, tools: &Tools) -> Result<Things, Failure> {
    let recipe = &request.recipe;
    // What lies beside the recipe may be wrong, and is quickly looked at.
    let mut beside = Vec::new();
    if let WordPressSource::Path(path) = &recipe.wordpress.source {
        beside.push(Thing {
            kind: SourceKind::Wordpress,
            origin: Origin::beside(path)?,
            name: None,
            keep: Vec::new(),
        });
    }
    let contents = [
        (ContentKind::Plugin, SourceKind::Plugin, &recipe.plugins),
        (ContentKind::Theme, SourceKind::Theme, &recipe.themes),
        (
            ContentKind::MuPlugin,
            SourceKind::MuPlugin,
            &recipe.mu_plugins,
        ),
    ];
    for (_, kind, list) in contents {
        for content in list {
            if let ContentSource::Path(path) = &content.source {
                beside.push(of_content(kind, Origin::beside(path)?, content));
            }
        }
    }
    let mut all = Vec::new();
    let wordpress = sources::of_recipe(recipe);
    let wordpress = wordpress
        .iter()
        .filter(|remote| remote.kind == SourceKind::Wordpress);
    for remote in wordpress {
        all.push(Thing {
            kind: remote.kind,
            origin: fetched(remote, request, lock, tools).await?,
            name: None,
            keep: Vec::new(),
        });
    }
    for (content_kind, kind, list) in contents {
        for content in list {
            if let Some(remote) = sources::of_content(content_kind, content) {
                let origin = fetched(&remote, request, lock, tools).await?;
                all.push(of_content(kind, origin, content));
            }
        }
    }
    all.extend(beside);
    let (pinned, edited): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|thing| thing.id().is_some());
    let (wordpress, pinned) = pinned
        .into_iter()
        .partition(|thing| thing.kind == SourceKind::Wordpress);
    Ok((wordpress, pinned, edited))
}

fn of_content(kind: SourceKind, origin: Origin, content: &Content) -> Thing {
    let name = content.name.as_ref().map(ToString::to_string);
    let slug = match &content.source {
        ContentSource::Directory { slug, .. } => Some(slug.to_string()),
        ContentSource::Download(_) | ContentSource::Path(_) => None,
    };
    Thing {
        kind,
        origin,
        name: name.or(slug),
        keep: content.keep.iter().map(ToString::to_string).collect(),
    }
}

async fn fetched(
    remote: &Remote,
    request: &Request,
    lock: Option<&Lock>,
    tools: &Tools,
) -> Result<Origin, Failure> {
    let found = sources::fetch(remote, lock, request, tools).await?;
    let path: PathBuf = found.path;
    Ok(Origin::Fetched {
        path,
        locked: found.locked,
    })
}
