//! One look at a deployment that is followed: the service, ECS's record of the deployment, and the tasks that stopped.

use aws_sdk_ecs::types::{self, ServiceDeploymentBrief};
use wpimg_rollout::rollout::{
    Observation, ServiceDeployment, ServiceDeploymentStatus, StopCode, StoppedContainer,
    StoppedTask,
};

use super::{Service, Services, short};
use crate::error::AwsError;

/// What ids of deployments begin with.
const DEPLOYMENT: &str = "ecs-svc/";

/// Most tasks that `DescribeTasks` takes at once.
const MOST_TASKS: usize = 100;

/// What one look has shown.
#[derive(Clone, Debug)]
pub struct Look {
    pub observation: Observation,
    /// The service itself, for whoever wants to know more.
    pub service: Service,
}

impl Services {
    /// Looks once; nothing where the service is not there any more. The deployment is the one that is followed, with its
    /// task definition.
    pub async fn look(
        &self,
        (cluster, name): (&str, &str),
        deployment: (&str, &str),
    ) -> Result<Option<Look>, AwsError> {
        let (service, stopped, record) = tokio::join!(
            self.service(cluster, name),
            self.stopped(cluster, name),
            self.record(cluster, name, deployment.0),
        );
        let Some(service) = service? else {
            return Ok(None);
        };
        let observation = Observation {
            deployments: service.deployments.clone(),
            // Where there is no such API, or no permission for it, the deployments have to do.
            service_deployment: record.ok().flatten(),
            events: service.events.clone(),
            stopped: started_by(stopped.unwrap_or_default(), &service, deployment),
        };
        Ok(Some(Look {
            observation,
            service,
        }))
    }

    /// The last of the records that ECS keeps of a service's deployments.
    pub async fn last_record(
        &self,
        cluster: &str,
        service: &str,
    ) -> Result<Option<ServiceDeployment>, AwsError> {
        let records = self.records(cluster, service).await?;
        let last = records
            .iter()
            .max_by_key(|record| record.created_at().map(aws_smithy_types::DateTime::secs));
        Ok(last.and_then(of_brief))
    }

    /// ECS's record of the deployment: the number of its id ends the ARN of the service revision that it brings.
    async fn record(
        &self,
        cluster: &str,
        service: &str,
        deployment: &str,
    ) -> Result<Option<ServiceDeployment>, AwsError> {
        let records = self.records(cluster, service).await?;
        let ours = records.iter().find(|record| {
            record
                .target_service_revision_arn()
                .is_some_and(|revision| short(revision) == short(deployment))
        });
        Ok(ours.and_then(of_brief))
    }

    async fn records(
        &self,
        cluster: &str,
        service: &str,
    ) -> Result<Vec<ServiceDeploymentBrief>, AwsError> {
        const ACTION: &str = "ecs:ListServiceDeployments";
        let output = self
            .client
            .list_service_deployments()
            .cluster(cluster)
            .service(service)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, service, &error))?;
        Ok(output.service_deployments.unwrap_or_default())
    }

    /// ECS remembers tasks for an hour after they have stopped.
    async fn stopped(&self, cluster: &str, service: &str) -> Result<Vec<StoppedTask>, AwsError> {
        const LIST: &str = "ecs:ListTasks";
        const DESCRIBE: &str = "ecs:DescribeTasks";
        let listed = self
            .client
            .list_tasks()
            .cluster(cluster)
            .service_name(service)
            .desired_status(types::DesiredStatus::Stopped)
            .send()
            .await
            .map_err(|error| AwsError::of(LIST, service, &error))?;
        let arns: Vec<String> = listed
            .task_arns()
            .iter()
            .take(MOST_TASKS)
            .cloned()
            .collect();
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let described = self
            .client
            .describe_tasks()
            .cluster(cluster)
            .set_tasks(Some(arns))
            .send()
            .await
            .map_err(|error| AwsError::of(DESCRIBE, service, &error))?;
        // One that is still on its way has no reason yet.
        let stopped = described
            .tasks()
            .iter()
            .filter(|task| task.last_status() == Some("STOPPED"));
        Ok(stopped.map(stopped_task).collect())
    }
}

/// Where a task does not say by the id of a deployment who has started it, its task definition does.
fn started_by(
    tasks: Vec<StoppedTask>,
    service: &Service,
    (ours, definition): (&str, &str),
) -> Vec<StoppedTask> {
    let brings = |revision: &str| {
        if revision == definition {
            return ours.to_owned();
        }
        let deployments = service.deployments.iter();
        let mut others = deployments.filter(|other| other.task_definition == revision);
        others
            .next()
            .map_or_else(String::new, |other| other.id.clone())
    };
    tasks
        .into_iter()
        .map(|task| match task.started_by.strip_prefix("revision:") {
            Some(revision) => StoppedTask {
                started_by: brings(revision),
                ..task
            },
            None => task,
        })
        .collect()
}

fn stopped_task(task: &types::Task) -> StoppedTask {
    let started_by = task.started_by().unwrap_or_default();
    let started_by = if started_by.starts_with(DEPLOYMENT) {
        started_by.to_owned()
    } else {
        format!(
            "revision:{}",
            task.task_definition_arn().unwrap_or_default()
        )
    };
    StoppedTask {
        id: short(task.task_arn().unwrap_or_default()).to_owned(),
        started_by,
        code: task
            .stop_code()
            .and_then(|code| StopCode::from_word(code.as_str())),
        reason: task.stopped_reason().map(str::to_owned),
        containers: task
            .containers()
            .iter()
            .map(|container| StoppedContainer {
                name: container.name().unwrap_or_default().to_owned(),
                exit_code: container.exit_code(),
                reason: container.reason().map(str::to_owned),
            })
            .collect(),
    }
}

fn of_brief(record: &ServiceDeploymentBrief) -> Option<ServiceDeployment> {
    Some(ServiceDeployment {
        arn: record.service_deployment_arn()?.to_owned(),
        status: ServiceDeploymentStatus::from_word(record.status()?.as_str())?,
        reason: record
            .status_reason()
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned),
    })
}
