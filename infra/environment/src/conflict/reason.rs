//! Why two values do not go together, and which way out there is.

use thiserror::Error;

/// A conflict between parameters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    #[error("storage of {storage} GiB can grow to {least} GiB or more, not to {limit}")]
    StorageLimit {
        storage: u64,
        limit: u64,
        least: u64,
    },
    #[error("the least capacity, {minimum}, is above the most, {maximum}")]
    AuroraRange { minimum: String, maximum: String },
    #[error("Aurora's most capacity is at least 1, not {maximum}")]
    AuroraMaximum { maximum: String },
    #[error("the class `{class}` cannot keep the load of its queries")]
    InsightsClass { class: String },
    #[error("a hosted zone without the `domain` in it gets no records and makes no certificate")]
    ZoneWithoutDomain,
    #[error("without a `domain` there is no CloudFront in front")]
    DistributionWithoutDomain,
    #[error("a web ACL for CloudFront guards nothing while there is no CloudFront in front")]
    FirewallWithoutDistribution,
    #[error("the dashboard is open to everybody while `firewall` is `off`")]
    NetworksWithoutFirewall,
    #[error(
        "the load balancer would hear CloudFront over HTTPS only, and has no certificate for HTTPS"
    )]
    Unreachable,
    #[error("the domain has {length} characters, and ACM makes certificates for {limit} at most")]
    DomainTooLong { length: usize, limit: usize },
    #[error("it is in {found}, and the stacks are in {region}")]
    OtherRegion { found: String, region: String },
    #[error("the least tasks, {minimum}, are more than the most, {maximum}")]
    Counts { minimum: u64, maximum: u64 },
    #[error("a peak has a `peak-start` and a `peak-end`, and here is no `{missing}`")]
    HalfPeak { missing: &'static str },
    #[error("the peak's tasks, {peak}, are more than the most, {maximum}")]
    PeakCount { peak: u64, maximum: u64 },
    #[error(
        "the app stack has nginx and PHP in one task, which the network of `split` keeps from the database"
    )]
    SplitShape,
    #[error("instances get no public address, so in public subnets they never reach ECS")]
    InstancesInPublic,
    #[error("instances reach ECS over its endpoints, which `ecs-endpoints` leaves out")]
    InstancesWithoutEndpoints,
    #[error("instances of type `{instance_type}` are not {processor}")]
    InstanceProcessor {
        instance_type: String,
        processor: String,
    },
}

impl Conflict {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::StorageLimit { least, .. } => {
                format!("write `database-storage-limit = {least}` or more")
            }
            Self::AuroraRange { .. } => {
                "raise `aurora-maximum`, or lower `aurora-minimum`".to_owned()
            }
            Self::AuroraMaximum { .. } => "write `aurora-maximum = 1` or more".to_owned(),
            Self::InsightsClass { .. } => {
                "add `database-insights = false`, or choose a class from medium on".to_owned()
            }
            Self::ZoneWithoutDomain => "add `domain`, or write `hosted-zone = \"\"`".to_owned(),
            Self::DistributionWithoutDomain => {
                "add `domain`, or write `distribution-certificate = \"\"`".to_owned()
            }
            Self::FirewallWithoutDistribution => {
                "add `distribution-certificate`, or write `distribution-firewall = \"\"` and use `firewall` instead"
                    .to_owned()
            }
            Self::NetworksWithoutFirewall => {
                "add `firewall = \"on\"`, or write `admin-networks = []`".to_owned()
            }
            Self::Unreachable => {
                "add `certificate`, or `domain` and `hosted-zone`, or write `cloud-front-prefix-list = \"\"`"
                    .to_owned()
            }
            Self::DomainTooLong { .. } => {
                "add `certificate` with one that has the domain as an alternative name".to_owned()
            }
            Self::OtherRegion { region, .. } => format!("name one in {region}"),
            Self::Counts { .. } => "raise `max-count`, or lower `min-count`".to_owned(),
            Self::HalfPeak { missing } => format!("add `{missing}`"),
            Self::PeakCount { .. } => "raise `max-count`, or lower `peak-count`".to_owned(),
            Self::SplitShape => "write `shape = \"single\"`".to_owned(),
            Self::InstancesInPublic => {
                "write `egress = \"nat\"`, or let tasks run on Fargate".to_owned()
            }
            Self::InstancesWithoutEndpoints => "write `ecs-endpoints = true`".to_owned(),
            Self::InstanceProcessor { .. } => {
                "change `instance-type` or `processor`: types of Graviton, such as t4g, are arm64"
                    .to_owned()
            }
        }
    }
}
