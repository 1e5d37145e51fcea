//! Hours of a node of ElastiCache for Valkey.

use crate::cost::price::Classes;

pub(in crate::cost) const CACHE_NODES: Classes = Classes {
    as_of: "2026-10-02",
    source: "AWS Price List, AmazonElastiCache, us-east-1; aws.amazon.com/elasticache/pricing",
    rows: &[
        ("cache.t3.micro", 0.013_6, None),
        ("cache.t3.small", 0.027_2, None),
        ("cache.t3.medium", 0.054_4, None),
        ("cache.t4g.micro", 0.012_8, None),
        ("cache.t4g.small", 0.025_6, None),
        ("cache.t4g.medium", 0.052, None),
        ("cache.m5.large", 0.124_8, None),
        ("cache.m5.xlarge", 0.248_8, None),
        ("cache.m6g.large", 0.119_2, None),
        ("cache.m6g.xlarge", 0.237_6, None),
        ("cache.m7g.large", 0.126_4, None),
        ("cache.m7g.xlarge", 0.252, None),
        ("cache.r5.large", 0.172_8, None),
        ("cache.r6g.large", 0.164_8, None),
        ("cache.r6g.xlarge", 0.328_8, None),
        ("cache.r7g.large", 0.175_2, None),
        ("cache.r7g.xlarge", 0.349_6, None),
    ],
};
