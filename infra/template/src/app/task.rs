//! The task: one container with nginx, php-fpm and WordPress.

use serde_json::{Value, json};

use super::capacity::INSTANCES;
use super::image::{DATABASE_WAIT, HEALTH_CHECK, PORT};
use super::{environment, size, volumes};
use crate::expression::{attribute, choose, condition, equal, not, only_if, reference};
use crate::{Kept, Kind, Resource, Template};

/// Seconds from the stop signal until ECS kills: a little more than the container takes for itself.
pub(super) const STOP_TIMEOUT: u32 = 30;

/// The container's name, which `wpimg deploy` and ECS Exec ask for.
pub(super) const CONTAINER: &str = "wordpress";

/// Seconds in which a container that starts may fail its health check: it waits for the database, and prepares files.
pub(super) const START_PERIOD: u32 = 2 * DATABASE_WAIT;

/// Holds where the processors are Arm's, which cost a fifth less.
pub(super) const ARM: &str = "IsArm";

/// Holds on Fargate.
pub(super) const FARGATE: &str = "IsFargate";

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Image",
        Kind::Stored,
        None,
        "Parameter of Parameter Store with the image's reference and digest, which wpimg deploy writes.",
    );
    template.parameter(
        "Processor",
        Kind::OneOf(&["arm64", "amd64"]),
        "arm64",
        "What the image is for.",
    );
    template.parameter(
        "EphemeralStorage",
        Kind::Number(21, 200),
        "21",
        "GiB of a Fargate task's own disk, which large uploads pass through.",
    );
    template.condition(ARM, equal(reference("Processor"), "arm64"));
    template.condition(FARGATE, not(condition(INSTANCES)));

    let storage = json!({ "SizeInGiB": reference("EphemeralStorage") });
    let properties = json!({
        "Family": reference("AWS::StackName"),
        "RequiresCompatibilities": [choose(FARGATE, "FARGATE".into(), "EC2".into())],
        "NetworkMode": "awsvpc",
        "Cpu": size::processors(),
        "Memory": size::memory(),
        "EphemeralStorage": only_if(FARGATE, storage),
        "RuntimePlatform": {
            "OperatingSystemFamily": "LINUX",
            "CpuArchitecture": choose(ARM, "ARM64".into(), "X86_64".into()),
        },
        "TaskRoleArn": attribute("TaskRole", "Arn"),
        "ExecutionRoleArn": attribute("ExecutionRole", "Arn"),
        "Volumes": volumes::volumes(),
        "ContainerDefinitions": [container()],
    });
    template.add(
        "Task",
        Resource::new("AWS::ECS::TaskDefinition", properties)
            // A revision that leaves the stack would be deregistered, and `wpimg rollback` could not go back to it.
            .kept(Kept::Always),
    );
}

fn container() -> Value {
    json!({
        "Name": CONTAINER,
        "Image": reference("Image"),
        "Essential": true,
        "ReadonlyRootFilesystem": true,
        "PortMappings": [{ "ContainerPort": PORT, "Protocol": "tcp" }],
        "Environment": environment::variables(),
        "MountPoints": volumes::mounts(),
        // wpimg-init is the first process and takes in orphans itself.
        "LinuxParameters": { "InitProcessEnabled": false },
        "HealthCheck": {
            "Command": HEALTH_CHECK,
            "Interval": 10,
            "Timeout": 5,
            "Retries": 3,
            "StartPeriod": START_PERIOD,
        },
        "StopTimeout": STOP_TIMEOUT,
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": reference("Log"),
                "awslogs-region": reference("AWS::Region"),
                "awslogs-stream-prefix": "wpimg",
                // A log that takes no more must not stop the site.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    })
}
