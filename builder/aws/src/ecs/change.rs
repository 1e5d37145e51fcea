//! What a deployment does to a service.

use aws_sdk_ecs::types::StopServiceDeploymentStopType;

use super::{Service, Services};
use crate::error::AwsError;

impl Services {
    /// Lets a service become this revision, and with a count that many tasks of it. The answer has the deployment that
    /// begins by it.
    pub async fn update(
        &self,
        (cluster, name): (&str, &str),
        task_definition: Option<&str>,
        desired_count: Option<u32>,
    ) -> Result<Service, AwsError> {
        const ACTION: &str = "ecs:UpdateService";
        let desired_count = desired_count.map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        let output = self
            .client
            .update_service()
            .cluster(cluster)
            .service(name)
            .set_task_definition(task_definition.map(str::to_owned))
            .set_desired_count(desired_count)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, name, &error))?;
        let service = output
            .service()
            .ok_or_else(|| AwsError::lacking(ACTION, name, "service"))?;
        Ok(Service::of(cluster, service))
    }

    /// Lets ECS take back what it is doing.
    pub async fn roll_back(&self, service_deployment: &str) -> Result<(), AwsError> {
        const ACTION: &str = "ecs:StopServiceDeployment";
        self.client
            .stop_service_deployment()
            .service_deployment_arn(service_deployment)
            .stop_type(StopServiceDeploymentStopType::Rollback)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, service_deployment, &error))
    }
}
