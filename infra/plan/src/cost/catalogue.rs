//! Every type of resource that the templates have, and how it costs.

use serde_json::Value;

use super::{
    ledger::Ledger,
    services::{balancer, cache, database, files, firewall, instances, monthly, network, tasks},
};

/// How a type of resource costs.
#[derive(Clone, Copy)]
pub(super) enum Costs {
    /// For being there.
    Priced(fn(&mut Ledger<'_>, &Value)),
    /// Only for being used: what of it.
    Usage(&'static str),
    /// Nothing by itself.
    Nothing,
}

use Costs::{Nothing, Priced, Usage};

/// `None` for a type that is in neither template.
pub(super) fn costs(kind: &str) -> Option<Costs> {
    let entry = TABLE.iter().find(|(known, _)| *known == kind);
    entry.map(|(_, costs)| *costs)
}

pub(super) const TABLE: [(&str, Costs); 59] = [
    ("AWS::ApplicationAutoScaling::ScalableTarget", Nothing),
    // Its own alarms are billed as alarms, but only those that somebody else makes are in a template.
    (
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        Usage("the alarms that scaling makes for itself"),
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        Priced(instances::group),
    ),
    (
        "AWS::Backup::BackupPlan",
        Usage("what is stored in the vault, and restored"),
    ),
    ("AWS::Backup::BackupSelection", Nothing),
    ("AWS::Backup::BackupVault", Nothing),
    ("AWS::CertificateManager::Certificate", Nothing),
    ("AWS::CloudFront::CachePolicy", Nothing),
    (
        "AWS::CloudFront::Distribution",
        Usage("requests and traffic to visitors, beyond what is free"),
    ),
    ("AWS::CloudWatch::Alarm", Priced(monthly::alarm)),
    (
        "AWS::CloudWatch::Dashboard",
        Usage("the dashboard, unless it is one of the account's first three"),
    ),
    ("AWS::EC2::EIP", Priced(network::address)),
    (
        "AWS::EC2::InternetGateway",
        Usage("traffic to the internet"),
    ),
    ("AWS::EC2::LaunchTemplate", Nothing),
    ("AWS::EC2::NatGateway", Priced(network::nat_gateway)),
    ("AWS::EC2::Route", Nothing),
    ("AWS::EC2::RouteTable", Nothing),
    ("AWS::EC2::SecurityGroup", Nothing),
    ("AWS::EC2::SecurityGroupEgress", Nothing),
    ("AWS::EC2::SecurityGroupIngress", Nothing),
    ("AWS::EC2::Subnet", Nothing),
    ("AWS::EC2::SubnetRouteTableAssociation", Nothing),
    ("AWS::EC2::VPC", Nothing),
    ("AWS::EC2::VPCEndpoint", Priced(network::endpoint)),
    ("AWS::EC2::VPCGatewayAttachment", Nothing),
    ("AWS::ECR::Repository", Usage("what the images take up")),
    ("AWS::ECS::CapacityProvider", Nothing),
    ("AWS::ECS::Cluster", Priced(tasks::cluster)),
    ("AWS::ECS::ClusterCapacityProviderAssociations", Nothing),
    ("AWS::ECS::Service", Priced(tasks::service)),
    ("AWS::ECS::TaskDefinition", Nothing),
    ("AWS::EFS::AccessPoint", Nothing),
    ("AWS::EFS::FileSystem", Priced(files::file_system)),
    ("AWS::EFS::MountTarget", Nothing),
    ("AWS::ElastiCache::ParameterGroup", Nothing),
    (
        "AWS::ElastiCache::ReplicationGroup",
        Priced(cache::replication_group),
    ),
    ("AWS::ElastiCache::SubnetGroup", Nothing),
    ("AWS::ElasticLoadBalancingV2::Listener", Nothing),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", Nothing),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Priced(balancer::load_balancer),
    ),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", Nothing),
    ("AWS::IAM::InstanceProfile", Nothing),
    ("AWS::IAM::Role", Nothing),
    ("AWS::KMS::Alias", Nothing),
    ("AWS::KMS::Key", Priced(monthly::key)),
    (
        "AWS::Logs::LogGroup",
        Usage("what is written to the log, and kept"),
    ),
    ("AWS::RDS::DBCluster", Priced(database::cluster)),
    ("AWS::RDS::DBClusterParameterGroup", Nothing),
    ("AWS::RDS::DBInstance", Priced(database::instance)),
    ("AWS::RDS::DBParameterGroup", Nothing),
    ("AWS::RDS::DBSubnetGroup", Nothing),
    // The hosted zone is billed, but it is not in a template; an alias to a load balancer or CloudFront costs nothing.
    ("AWS::Route53::RecordSet", Nothing),
    (
        "AWS::S3::Bucket",
        Usage("what the bucket holds, and each request to it"),
    ),
    ("AWS::S3::BucketPolicy", Nothing),
    ("AWS::SecretsManager::Secret", Priced(monthly::secret)),
    ("AWS::WAFv2::IPSet", Nothing),
    // It is billed as the log group that it writes to.
    ("AWS::WAFv2::LoggingConfiguration", Nothing),
    ("AWS::WAFv2::WebACL", Priced(firewall::web_acl)),
    ("AWS::WAFv2::WebACLAssociation", Nothing),
];
