//! A build whose image is deployed at once: `wpimg deploy --build`.

use std::path::PathBuf;

use wpimg_registry::{Registry, Repository};

use super::made::Order;
use crate::{
    cli::{BuildArgs, DestinationArgs, SourceArgs},
    commands::Context,
    error_report::Failure,
    pipeline::{output, publish::Destination},
    registries::MissingRepository,
    settings::BuildSettings,
};

/// How many digits of the digest make a tag. Untagged images are what a repository forgets first, and a tag of ECR's that
/// is immutable cannot be one that moves.
const DIGITS: usize = 12;

/// Builds for the platform that the tasks run on, pushes and returns the digest.
pub(crate) async fn for_release(
    recipe: Option<PathBuf>,
    platform: String,
    (repository, registry): (&Repository, &Registry),
    context: &Context,
) -> Result<String, Failure> {
    let arguments = BuildArgs {
        source: SourceArgs {
            recipe,
            platform: vec![platform],
            ..SourceArgs::default()
        },
        locked: false,
        unlocked: false,
        vendor: None,
        output: PathBuf::new(),
        push: true,
        destination: DestinationArgs::default(),
        load: false,
        tags: Vec::new(),
        compression: None,
    };
    let settings = BuildSettings::resolve(arguments, &context.environment)?;
    let order = Order::of(&settings, context)?;
    let made = order.checked(settings.locking).await?.make().await?;
    let written = output::collect(&made.images, Vec::new(), &made.tools)?;
    let digest = written.digest.to_string();
    let hex = digest.strip_prefix("sha256:").unwrap_or(&digest);
    let destination = Destination {
        repository: repository.clone(),
        tags: vec![format!("sha-{}", &hex[..DIGITS.min(hex.len())])],
    };
    let to = (registry, MissingRepository::Refuse);
    made.publish(&[destination], to, written.digest).await?;
    Ok(digest)
}
