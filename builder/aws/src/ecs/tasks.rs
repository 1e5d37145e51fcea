//! Tasks: those of a service, and those that run once.

use aws_sdk_ecs::types::{
    self, ContainerOverride, DesiredStatus, KeyValuePair, TaskField, TaskOverride,
};

use super::{Service, Services, short};
use crate::error::AwsError;

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub arn: String,
    /// ARN of the revision that it runs.
    pub task_definition: String,
    pub state: TaskState,
    /// `RUNNING`, `PENDING` and others, as ECS says it.
    pub status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    pub health: String,
    /// Seconds since 1970.
    pub started: Option<i64>,
    pub reason: Option<String>,
    pub containers: Vec<TaskContainer>,
}

/// Whether a task has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    Underway,
    Stopped,
}

/// A container of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskContainer {
    pub name: String,
    /// What its runtime calls it, once it has been started.
    pub runtime_id: Option<String>,
    pub exit_code: Option<i32>,
    pub reason: Option<String>,
}

/// An open session in a container, for AWS's plugin.
#[derive(Clone)]
pub struct Shell {
    pub session: String,
    pub stream: String,
    pub token: String,
    /// `ecs:CLUSTER_TASK_RUNTIME`, as the plugin names the container.
    pub target: String,
}

/// A task that runs once, where a service runs its own.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    pub task_definition: &'a str,
    pub container: &'a str,
    /// What it runs, in place of the image's own command.
    pub command: &'a [String],
    pub environment: &'a [(String, String)],
    /// ARN of the role it has, in place of its task definition's.
    pub role: Option<&'a str>,
    /// Who has asked for it, for `startedBy`; at most 128 characters.
    pub started_by: &'a str,
}

impl Task {
    /// What people call it, and what its log's name ends with.
    pub fn id(&self) -> &str {
        short(&self.arn)
    }

    fn of(found: &types::Task) -> Self {
        let status = found.last_status().unwrap_or_default();
        Self {
            arn: found.task_arn().unwrap_or_default().to_owned(),
            task_definition: found.task_definition_arn().unwrap_or_default().to_owned(),
            state: if status == "STOPPED" {
                TaskState::Stopped
            } else {
                TaskState::Underway
            },
            status: status.to_owned(),
            health: found
                .health_status()
                .map_or("UNKNOWN", |health| health.as_str())
                .to_owned(),
            started: found.started_at().map(aws_smithy_types::DateTime::secs),
            reason: found.stopped_reason().map(str::to_owned),
            containers: found
                .containers()
                .iter()
                .map(|container| TaskContainer {
                    name: container.name().unwrap_or_default().to_owned(),
                    runtime_id: container.runtime_id().map(str::to_owned),
                    exit_code: container.exit_code(),
                    reason: container.reason().map(str::to_owned),
                })
                .collect(),
        }
    }
}

impl Services {
    /// The tasks of a service that are there or on their way.
    pub async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<Task>, AwsError> {
        const ACTION: &str = "ecs:ListTasks";
        let listed = self
            .client
            .list_tasks()
            .cluster(cluster)
            .service_name(service)
            .desired_status(DesiredStatus::Running)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, service, &error))?;
        let arns = listed.task_arns.unwrap_or_default();
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        self.described(cluster, arns, service).await
    }

    /// A task by its ARN, or nothing where ECS has forgotten it.
    pub async fn task(&self, cluster: &str, arn: &str) -> Result<Option<Task>, AwsError> {
        let tasks = self.described(cluster, vec![arn.to_owned()], arn).await?;
        Ok(tasks.into_iter().next())
    }

    /// Starts a task beside those of the service: in its subnets, with its security groups, on its capacity.
    pub async fn run(&self, service: &Service, launch: Launch<'_>) -> Result<Task, AwsError> {
        const ACTION: &str = "ecs:RunTask";
        let environment = launch
            .environment
            .iter()
            .map(|(name, value)| KeyValuePair::builder().name(name).value(value).build());
        let container = ContainerOverride::builder()
            .name(launch.container)
            .set_command((!launch.command.is_empty()).then(|| launch.command.to_vec()))
            .set_environment(Some(environment.collect()))
            .build();
        let mut request = self
            .client
            .run_task()
            .cluster(&service.cluster)
            .task_definition(launch.task_definition)
            .started_by(launch.started_by)
            .overrides(
                TaskOverride::builder()
                    .container_overrides(container)
                    .set_task_role_arn(launch.role.map(str::to_owned))
                    .build(),
            )
            .set_network_configuration(service.network.as_ref().map(super::Network::to_sdk));
        request = if service.providers.is_empty() {
            request.set_launch_type(service.launch_type.clone())
        } else {
            request.set_capacity_provider_strategy(Some(service.providers.clone()))
        };
        let output = request
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, launch.task_definition, &error))?;
        match (output.tasks().first(), output.failures().first()) {
            (Some(task), _) => Ok(Task::of(task)),
            (None, failure) => {
                let reason = failure.and_then(|failure| failure.reason());
                let what = reason.map_or_else(
                    || "task".to_owned(),
                    |reason| format!("task: ECS says {reason}"),
                );
                Err(AwsError::lacking(ACTION, launch.task_definition, &what))
            }
        }
    }

    /// Begins a command in a container, whose terminal is at the other end of the session.
    pub async fn open_shell(
        &self,
        cluster: &str,
        (task, container): (&Task, &str),
        command: &str,
    ) -> Result<Shell, AwsError> {
        const ACTION: &str = "ecs:ExecuteCommand";
        let output = self
            .client
            .execute_command()
            .cluster(cluster)
            .task(&task.arn)
            .container(container)
            .command(command)
            .interactive(true)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, task.id(), &error))?;
        let session = output
            .session()
            .ok_or_else(|| AwsError::lacking(ACTION, task.id(), "session"))?;
        let found = task.containers.iter().find(|found| found.name == container);
        let runtime = found.and_then(|found| found.runtime_id.as_deref());
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Shell {
            session: text(session.session_id()),
            stream: text(session.stream_url()),
            token: text(session.token_value()),
            target: format!(
                "ecs:{}_{}_{}",
                short(cluster),
                task.id(),
                runtime.unwrap_or_default()
            ),
        })
    }

    /// Ends a task.
    pub async fn stop_task(&self, cluster: &str, arn: &str, reason: &str) -> Result<(), AwsError> {
        const ACTION: &str = "ecs:StopTask";
        self.client
            .stop_task()
            .cluster(cluster)
            .task(arn)
            .reason(reason)
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of(ACTION, arn, &error))
    }

    async fn described(
        &self,
        cluster: &str,
        arns: Vec<String>,
        about: &str,
    ) -> Result<Vec<Task>, AwsError> {
        const ACTION: &str = "ecs:DescribeTasks";
        let output = self
            .client
            .describe_tasks()
            .cluster(cluster)
            .set_tasks(Some(arns))
            .include(TaskField::Tags)
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, about, &error))?;
        Ok(output.tasks().iter().map(Task::of).collect())
    }
}
