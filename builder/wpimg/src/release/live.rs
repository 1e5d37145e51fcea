//! The service as it runs, found by what the app stack tells.

use std::collections::BTreeMap;

use wpimg_aws::{
    Session,
    ecs::{Service, Services},
    stacks::Stack as FoundStack,
};
use wpimg_environment::Stack;
use wpimg_rollout::{PinnedImage, task_definition::TaskDefinition};

use super::{LogPlace, ReleaseError};
use crate::{cli::SiteArgs, commands::Context, error_report::Failure, infra::Site};

/// The container of the site, as the template calls it.
pub(crate) const CONTAINER: &str = "wordpress";

/// What is there before a release.
pub(crate) struct Live {
    pub(crate) site: Site,
    /// The app stack.
    pub(crate) stack: FoundStack,
    pub(crate) service: Service,
    /// The revision that the service is to run.
    pub(crate) task_definition: TaskDefinition,
}

impl Live {
    pub(crate) async fn open(arguments: &SiteArgs, context: &Context) -> Result<Self, Failure> {
        let site = Site::open(arguments, context).await?;
        let name = site.stack(Stack::App);
        let stack = site.session.stacks().stack(&name).await?;
        let stack = stack.ok_or_else(|| site.no_stack(Stack::App))?;
        let cluster = output(&stack.outputs, &name, "Cluster")?;
        let service = output(&stack.outputs, &name, "Service")?;
        let services = site.session.services();
        let found = services.service(&cluster, &service).await?;
        let service = found.ok_or(ReleaseError::NoService { cluster, service })?;
        let task_definition = services.task_definition(&service.task_definition).await?;
        Ok(Self {
            site,
            stack,
            service,
            task_definition,
        })
    }

    pub(crate) fn session(&self) -> &Session {
        &self.site.session
    }

    pub(crate) fn services(&self) -> Services {
        self.site.session.services()
    }

    /// How ECS finds the service.
    pub(crate) fn place(&self) -> (&str, &str) {
        (&self.service.cluster, &self.service.name)
    }

    /// An output of the app stack.
    pub(crate) fn output(&self, name: &'static str) -> Result<String, ReleaseError> {
        output(&self.stack.outputs, &self.stack.name, name)
    }

    /// A parameter of the app stack.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.stack.parameters.get(name).map(String::as_str)
    }

    /// Where the site's containers write, unless somebody has made that elsewhere.
    pub(crate) fn log(&self) -> Option<LogPlace> {
        LogPlace::of(&self.task_definition, CONTAINER)
    }
}

/// The image that the service of an app stack runs now, if it runs one.
pub(crate) async fn running_image(
    site: &Site,
    stack: &FoundStack,
) -> Result<Option<String>, Failure> {
    let found = |name| stack.outputs.get(name);
    let (Some(cluster), Some(service)) = (found("Cluster"), found("Service")) else {
        return Ok(None);
    };
    let services = site.session.services();
    let Some(service) = services.service(cluster, service).await? else {
        return Ok(None);
    };
    let definition = services.task_definition(&service.task_definition).await?;
    let mut containers = definition.containers();
    let container = containers.find(|container| container.name() == CONTAINER);
    let image = container.map(|container| container.image().to_owned());
    Ok(image.filter(|image| image.parse::<PinnedImage>().is_ok()))
}

fn output(
    outputs: &BTreeMap<String, String>,
    stack: &str,
    name: &'static str,
) -> Result<String, ReleaseError> {
    let value = outputs.get(name).cloned();
    value.ok_or_else(|| ReleaseError::NoOutput {
        stack: stack.to_owned(),
        output: name,
    })
}
