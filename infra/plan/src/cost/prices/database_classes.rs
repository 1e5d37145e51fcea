//! Hours of RDS for MySQL in one zone. A second instance in another zone costs the same again (RDS user guide, "On-Demand
//! DB instances").

use crate::cost::price::Classes;

pub(in crate::cost) const DATABASE_CLASSES: Classes = Classes {
    as_of: "2026-09-24",
    source: "AWS Price List, AmazonRDS, us-east-1; aws.amazon.com/rds/mysql/pricing",
    rows: &[
        ("db.t3.micro", 0.017, None),
        ("db.t3.small", 0.034, None),
        ("db.t3.medium", 0.068, None),
        ("db.t3.large", 0.136, None),
        ("db.t3.xlarge", 0.272, None),
        ("db.t3.2xlarge", 0.544, None),
        ("db.t4g.micro", 0.016, None),
        ("db.t4g.small", 0.032, None),
        ("db.t4g.medium", 0.065, None),
        ("db.t4g.large", 0.129, None),
        ("db.m5.large", 0.171, None),
        ("db.m5.xlarge", 0.342, None),
        ("db.m5.2xlarge", 0.684, None),
        ("db.m5.4xlarge", 1.368, None),
        ("db.m6g.large", 0.152, None),
        ("db.m6g.xlarge", 0.304, None),
        ("db.m6g.2xlarge", 0.608, None),
        ("db.m6i.large", 0.171, None),
        ("db.m6i.xlarge", 0.342, None),
        ("db.m6i.2xlarge", 0.684, None),
        ("db.m7g.large", 0.168, None),
        ("db.r5.large", 0.24, None),
        ("db.r5.xlarge", 0.48, None),
        ("db.r5.2xlarge", 0.96, None),
        ("db.r6g.large", 0.215, None),
        ("db.r6g.xlarge", 0.43, None),
        ("db.r6g.2xlarge", 0.859, None),
        ("db.r6i.large", 0.24, None),
        ("db.r6i.xlarge", 0.48, None),
        ("db.r6i.2xlarge", 0.96, None),
        ("db.r7g.large", 0.239, None),
        ("db.r7g.xlarge", 0.478, None),
        ("db.r7g.2xlarge", 0.956, None),
    ],
};
