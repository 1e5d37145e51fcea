//! The steps from a recipe to images, in the order in which what is wrong should be said.

use wpimg_oci::digest::Digest;
use wpimg_registry::Registry;

use crate::{
    commands::Context,
    error_report::Failure,
    lock::Lock,
    pipeline::{
        bill::Documents,
        image::{self, BuiltImage},
        inputs,
        publish::{self, Destination},
        request::Request,
        site::SiteContent,
        tools::Tools,
    },
    registries::MissingRepository,
    settings::{BuildSettings, Locking},
};

/// A recipe that has been read.
pub(super) struct Order {
    pub(super) request: Request,
    tools: Tools,
}

/// A recipe whose own files have been found right.
pub(super) struct Checked {
    request: Request,
    tools: Tools,
    lock: Option<Lock>,
    content: SiteContent,
}

/// Images, in the cache.
pub(super) struct Made {
    pub(super) request: Request,
    pub(super) tools: Tools,
    pub(super) images: Vec<BuiltImage>,
    lock: Option<Lock>,
    content: SiteContent,
}

impl Order {
    pub(super) fn of(settings: &BuildSettings, context: &Context) -> Result<Self, Failure> {
        let request = Request::resolve(&settings.source, context)?
            .with_compression(settings.compression)
            .with_vendor(settings.vendor.clone());
        let tools = Tools::open(&settings.source, context)?;
        Ok(Self { request, tools })
    }

    /// What the recipe gets wrong about its own files is said before anything is fetched.
    pub(super) async fn checked(self, locking: Locking) -> Result<Checked, Failure> {
        let Self { request, tools } = self;
        let lock = inputs::lock(&request, locking)?;
        let content = SiteContent::collect(&request, lock.as_ref(), &tools).await?;
        Ok(Checked {
            request,
            tools,
            lock,
            content,
        })
    }
}

impl Checked {
    pub(super) async fn make(self) -> Result<Made, Failure> {
        let Self {
            request,
            tools,
            lock,
            content,
        } = self;
        let selections = inputs::selections(&request, lock.as_ref(), &tools).await?;
        let images = image::build_all(&request, &selections, &content, &tools).await?;
        Ok(Made {
            request,
            tools,
            images,
            lock,
            content,
        })
    }
}

impl Made {
    /// Pushes the images and what tells about them. The digest is that of what the tags will name.
    pub(super) async fn publish(
        &self,
        destinations: &[Destination],
        (registry, missing): (&Registry, MissingRepository),
        root: Digest,
    ) -> Result<(), Failure> {
        let index = (self.images.len() > 1).then_some(root);
        let lock = self.lock.as_ref();
        let documents = self
            .images
            .iter()
            .map(|image| Documents::of(image, index, &self.content, &self.request, lock));
        let documents: Vec<Documents> = documents.collect::<Result<_, _>>()?;
        for destination in destinations {
            let (images, tools) = (&self.images, &self.tools);
            publish::push_built(images, destination, (registry, missing), tools).await?;
            publish::attach(images, &documents, destination, registry, &tools.report).await;
        }
        Ok(())
    }
}
