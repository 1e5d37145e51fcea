//! Instances of our own: an Auto Scaling group on AWS's image for ECS, whose size ECS sets.

use serde_json::{Value, json};

use super::capacity::INSTANCES;
use super::list::split;
use super::roles::role;
use super::task::ARM;
use crate::expression::{attribute, choose, imported, reference, text};
use crate::{Kind, Resource, Template};

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "InstanceType",
        Kind::Text,
        "t4g.medium",
        "Type of the instances, of the processor that Processor says; only for Capacity=ec2.",
    );
    template.parameter(
        "InstanceCount",
        Kind::Number(1, 500),
        "6",
        "Most instances there may be; only for Capacity=ec2.",
    );
    template.add("InstanceRole", instance_role().only_if(INSTANCES));
    let profile = json!({ "Roles": [reference("InstanceRole")] });
    template.add(
        "InstanceProfile",
        Resource::new("AWS::IAM::InstanceProfile", profile).only_if(INSTANCES),
    );
    template.add("InstanceTemplate", launch_template().only_if(INSTANCES));
    template.add("InstanceGroup", group().only_if(INSTANCES));
    template.add("InstanceProvider", provider().only_if(INSTANCES));
}

/// What the agent of ECS needs, and nothing of the tasks: those have roles of their own.
fn instance_role() -> Resource {
    let ec2 = json!({
        "Effect": "Allow",
        "Principal": { "Service": text("ec2.${AWS::URLSuffix}") },
        "Action": "sts:AssumeRole",
    });
    let find = json!({
        "Effect": "Allow",
        "Action": "ecs:DiscoverPollEndpoint",
        // This action knows no resources.
        "Resource": "*",
    });
    let join = json!({
        "Effect": "Allow",
        "Action": [
            "ecs:DeregisterContainerInstance",
            "ecs:RegisterContainerInstance",
            "ecs:SubmitAttachmentStateChanges",
            "ecs:SubmitContainerStateChange",
            "ecs:SubmitTaskStateChange",
        ],
        "Resource": attribute("Cluster", "Arn"),
    });
    let work = json!({
        "Effect": "Allow",
        "Action": ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
        "Resource": text(
            "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:container-instance/${Cluster}/*",
        ),
    });
    role(&ec2, &[find, join, work])
}

fn launch_template() -> Resource {
    let properties = json!({ "LaunchTemplateData": {
        "ImageId": choose(ARM, image("arm64/"), image("")),
        "InstanceType": reference("InstanceType"),
        "IamInstanceProfile": { "Arn": attribute("InstanceProfile", "Arn") },
        "SecurityGroupIds": [imported("ServiceSecurityGroup")],
        // One hop: what runs in a container does not get at the instance's role.
        "MetadataOptions": { "HttpTokens": "required", "HttpPutResponseHopLimit": 1 },
        "BlockDeviceMappings": [{
            "DeviceName": "/dev/xvda",
            "Ebs": { "Encrypted": true, "VolumeType": "gp3", "VolumeSize": 30 },
        }],
        "UserData": { "Fn::Base64": text(concat!(
            "#!/bin/sh\n",
            "echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config\n",
            "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config\n",
        )) },
    } });
    Resource::new("AWS::EC2::LaunchTemplate", properties)
}

/// AWS keeps the newest image's id in Parameter Store.
fn image(processor: &str) -> Value {
    let images = "/aws/service/ecs/optimized-ami/amazon-linux-2023";
    format!("{{{{resolve:ssm:{images}/{processor}recommended/image_id}}}}").into()
}

fn group() -> Resource {
    let properties = json!({
        "MinSize": "0",
        "MaxSize": reference("InstanceCount"),
        "VPCZoneIdentifier": split(",", &imported("TaskSubnets")),
        "LaunchTemplate": {
            "LaunchTemplateId": reference("InstanceTemplate"),
            "Version": attribute("InstanceTemplate", "LatestVersionNumber"),
        },
        // ECS alone says which instance goes: one without tasks.
        "NewInstancesProtectedFromScaleIn": true,
        "Tags": [{ "Key": "AmazonECSManaged", "Value": "", "PropagateAtLaunch": true }],
    });
    Resource::new("AWS::AutoScaling::AutoScalingGroup", properties)
}

fn provider() -> Resource {
    let properties = json!({ "AutoScalingGroupProvider": {
        "AutoScalingGroupArn": reference("InstanceGroup"),
        "ManagedDraining": "ENABLED",
        "ManagedScaling": { "Status": "ENABLED", "TargetCapacity": 100 },
        "ManagedTerminationProtection": "ENABLED",
    } });
    Resource::new("AWS::ECS::CapacityProvider", properties)
}
