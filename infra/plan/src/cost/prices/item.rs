//! Prices of what comes in one kind only.

use crate::cost::price::{Price, Quote};

/// Something that AWS bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cost) enum Item {
    /// GB-month of RDS for MySQL in one zone.
    DatabaseStorage,
    /// Hour of one capacity unit of Aurora Serverless v2.
    AuroraUnit,
    /// GB-month of EFS, standard storage in several zones.
    FileStorage,
    /// Hour of a processor of Fargate.
    FargateProcessorAmd64,
    FargateProcessorArm64,
    /// Hour of a GB of memory of Fargate.
    FargateMemoryAmd64,
    FargateMemoryArm64,
    /// Hour of a GB of Fargate's own disk beyond the 20 that are free.
    FargateStorage,
    /// Hour of an application load balancer.
    Balancer,
    /// Hour of one of its capacity units.
    BalancerUnit,
    /// Hour of a NAT gateway.
    NatGateway,
    /// Hour of an interface endpoint in one zone.
    Endpoint,
    /// Hour of a public IPv4 address, used or not.
    PublicAddress,
    /// Month of a key that is not AWS's.
    Key,
    /// Month of a secret.
    Secret,
    /// Month of a web ACL, and of a rule or group of rules in it.
    WebAcl,
    WebAclRule,
    /// Month of a metric of an alarm, looked at each minute.
    AlarmMetric,
    /// GB-month of an instance's disk, gp3.
    Disk,
}

impl Item {
    #[cfg(test)]
    pub(super) const ALL: [Self; 19] = [
        Self::DatabaseStorage,
        Self::AuroraUnit,
        Self::FileStorage,
        Self::FargateProcessorAmd64,
        Self::FargateProcessorArm64,
        Self::FargateMemoryAmd64,
        Self::FargateMemoryArm64,
        Self::FargateStorage,
        Self::Balancer,
        Self::BalancerUnit,
        Self::NatGateway,
        Self::Endpoint,
        Self::PublicAddress,
        Self::Key,
        Self::Secret,
        Self::WebAcl,
        Self::WebAclRule,
        Self::AlarmMetric,
        Self::Disk,
    ];

    pub(in crate::cost) fn quote(self, region: &str) -> Quote {
        self.price().quote(region)
    }

    pub(super) fn price(self) -> Price {
        match self {
            Self::DatabaseStorage => both(0.115, 0.127, "2026-07-31", RDS),
            Self::AuroraUnit => both(
                0.12,
                0.14,
                "2026-06-10",
                "aws.amazon.com/rds/aurora/pricing",
            ),
            Self::FileStorage => both(0.30, 0.33, "2026-06-13", "aws.amazon.com/efs/pricing"),
            Self::FargateProcessorAmd64 => both(0.040_48, 0.040_48, "2026-05-01", FARGATE),
            Self::FargateProcessorArm64 => both(0.032_38, 0.032_38, "2026-05-01", FARGATE),
            Self::FargateMemoryAmd64 => both(0.004_445, 0.004_445, "2026-05-01", FARGATE),
            Self::FargateMemoryArm64 => both(0.003_56, 0.003_56, "2026-05-01", FARGATE),
            Self::FargateStorage => Price {
                us_east_1: 0.000_111,
                eu_west_1: None,
                as_of: "2026-04-01",
                source: FARGATE,
            },
            Self::Balancer => both(0.022_5, 0.025_2, "2026-06-10", BALANCER),
            Self::BalancerUnit => both(0.008, 0.008, "2026-09-11", BALANCER),
            Self::NatGateway => both(0.045, 0.048, "2026-09-25", VPC),
            Self::Endpoint => both(
                0.01,
                0.011,
                "2026-06-01",
                "aws.amazon.com/privatelink/pricing",
            ),
            Self::PublicAddress => both(0.005, 0.005, "2026-10-08", VPC),
            Self::Key => both(1.0, 1.0, "2026-03-14", "aws.amazon.com/kms/pricing"),
            Self::Secret => both(
                0.40,
                0.40,
                "2026-06-10",
                "aws.amazon.com/secrets-manager/pricing",
            ),
            Self::WebAcl => both(5.0, 5.0, "2026-06-18", WAF),
            Self::WebAclRule => both(1.0, 1.0, "2026-06-18", WAF),
            Self::AlarmMetric => both(
                0.10,
                0.10,
                "2026-02-07",
                "aws.amazon.com/cloudwatch/pricing",
            ),
            Self::Disk => both(0.08, 0.088, "2026-10-08", "aws.amazon.com/ebs/pricing"),
        }
    }
}

const RDS: &str = "aws.amazon.com/rds/mysql/pricing";
const FARGATE: &str = "aws.amazon.com/fargate/pricing";
const BALANCER: &str = "aws.amazon.com/elasticloadbalancing/pricing";
const VPC: &str = "aws.amazon.com/vpc/pricing";
const WAF: &str = "aws.amazon.com/waf/pricing";

const fn both(us_east_1: f64, eu_west_1: f64, as_of: &'static str, source: &'static str) -> Price {
    Price {
        us_east_1,
        eu_west_1: Some(eu_west_1),
        as_of,
        source,
    }
}
