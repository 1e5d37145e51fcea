//! What can be chosen about the data stack, and the conditions that follow from it.

use crate::expression::{all, any, condition, equal, not, reference};
use crate::{Kind, Template};

const YES_OR_NO: Kind = Kind::OneOf(&["true", "false"]);

const PREFIX_LIST: Kind = Kind::Matching {
    pattern: "^(pl-[0-9a-f]{8,17})?$",
    explanation: "the id of a prefix list, such as pl-0123abcd, or nothing",
};

const CAPACITY: Kind = Kind::Matching {
    pattern: r"^(0|0\.5|[1-9][0-9]?(\.5)?|1[0-9]{2}(\.5)?|2[0-4][0-9](\.5)?|25[0-5](\.5)?|256)$",
    explanation: "capacity units from 0 to 256 in steps of a half",
};

pub(super) fn add_to(template: &mut Template) {
    network(template);
    database(template);
    rest(template);
    conditions(template);
}

fn network(template: &mut Template) {
    template.parameter(
        "Cidr",
        Kind::Matching {
            pattern: r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/(1[6-9]|2[01])$",
            explanation: "an IPv4 network from /16 to /21, such as 10.0.0.0/16",
        },
        "10.0.0.0/16",
        "The network's addresses, from /16 to /21. Each subnet takes 256 of them.",
    );
    template.parameter(
        "Zones",
        Kind::OneOf(&["2", "3"]),
        "2",
        "How many availability zones have subnets.",
    );
    template.parameter(
        "Shape",
        Kind::OneOf(&["single", "split"]),
        "single",
        "single: nginx and php-fpm in one task. split: php-fpm tasks of their own behind an internal load balancer.",
    );
    template.parameter(
        "Egress",
        Kind::OneOf(&["endpoints", "nat", "nat-per-az", "public"]),
        "nat",
        "How tasks reach what is outside: AWS only over endpoints, one NAT gateway for all zones or one in each, or with public addresses.",
    );
    template.parameter(
        "EcsEndpoints",
        YES_OR_NO,
        "true",
        "Whether Egress endpoints has those of ECS itself. Instances need them, and Fargate in regions that opened since 2023-12-23.",
    );
    template.parameter(
        "StoragePrefixList",
        PREFIX_LIST,
        "",
        "The region's prefix list of S3. With it and Egress endpoints, tasks may send to nothing else outside of the network.",
    );
    template.parameter(
        "CloudFrontPrefixList",
        PREFIX_LIST,
        "",
        "The region's prefix list com.amazonaws.global.cloudfront.origin-facing. With it the load balancer hears CloudFront only.",
    );
}

fn database(template: &mut Template) {
    template.parameter(
        "DatabaseEngine",
        Kind::OneOf(&["mysql", "aurora"]),
        "mysql",
        "mysql: an instance of MySQL 8.4. aurora: Aurora MySQL 3, Serverless v2.",
    );
    template.parameter(
        "DatabaseName",
        Kind::Matching {
            pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$",
            explanation: "a letter, then letters, digits and underscores, up to 64 in all",
        },
        "wordpress",
        "The database's name. Another one makes a new, empty database.",
    );
    template.parameter(
        "DatabaseClass",
        Kind::Matching {
            pattern: r"^db\.[a-z0-9]+\.[a-z0-9]+$",
            explanation: "a class of RDS, such as db.t4g.medium",
        },
        "db.t4g.medium",
        "The instance's size with DatabaseEngine mysql.",
    );
    template.parameter(
        "DatabaseStorage",
        Kind::Number(20, 65_536),
        "20",
        "GiB to begin with, with DatabaseEngine mysql.",
    );
    template.parameter(
        "DatabaseStorageLimit",
        Kind::Number(22, 65_536),
        "200",
        "GiB up to which the storage grows by itself, with DatabaseEngine mysql. At least a tenth above DatabaseStorage.",
    );
    template.parameter(
        "DatabaseInsights",
        YES_OR_NO,
        "true",
        "Whether the database keeps a week of its queries' load. Classes micro and small of db.t3 and db.t4g cannot.",
    );
    template.parameter(
        "DatabaseBackupDays",
        Kind::Number(1, 35),
        "14",
        "Days to whose every second the database can be restored.",
    );
    template.parameter(
        "AuroraMinimum",
        CAPACITY,
        "0.5",
        "Least capacity units with DatabaseEngine aurora. 0 lets it pause.",
    );
    template.parameter(
        "AuroraMaximum",
        CAPACITY,
        "4",
        "Most capacity units with DatabaseEngine aurora, at least 1.",
    );
    template.parameter(
        "DeletionProtection",
        YES_OR_NO,
        "true",
        "Whether RDS refuses to delete the database.",
    );
    template.parameter(
        "MultiAz",
        YES_OR_NO,
        "true",
        "Whether database and cache have a second instance in another zone that takes over.",
    );
}

fn rest(template: &mut Template) {
    template.parameter(
        "Cache",
        Kind::OneOf(&["none", "valkey"]),
        "none",
        "valkey: a Valkey for the object cache.",
    );
    template.parameter(
        "CacheClass",
        Kind::Matching {
            pattern: r"^cache\.[a-z0-9]+\.[a-z0-9]+$",
            explanation: "a class of ElastiCache, such as cache.t4g.small",
        },
        "cache.t4g.small",
        "The cache's size.",
    );
    template.parameter(
        "Backup",
        Kind::OneOf(&["none", "daily"]),
        "none",
        "daily: AWS Backup keeps database and files in a vault, beside what RDS and EFS do themselves.",
    );
    template.parameter(
        "BackupDays",
        Kind::Number(1, 36_500),
        "35",
        "Days that the vault keeps what it has, with Backup daily.",
    );
    template.parameter(
        "Keys",
        Kind::OneOf(&["aws", "own"]),
        "aws",
        "own: a key of this account encrypts database, files, secrets, cache and logs. A later change replaces what holds data.",
    );
}

fn conditions(template: &mut Template) {
    let is = |name: &str, value: &str| equal(reference(name), value);
    let given = |name: &str| not(equal(reference(name), ""));

    template.condition("ThreeZones", is("Zones", "3"));
    template.condition("Split", is("Shape", "split"));
    template.condition("Single", not(condition("Split")));

    template.condition("Endpoints", is("Egress", "endpoints"));
    let ecs = is("EcsEndpoints", "true");
    template.condition("EcsEndpoints", all(vec![condition("Endpoints"), ecs]));
    template.condition("NatPerZone", is("Egress", "nat-per-az"));
    let third = vec![condition("NatPerZone"), condition("ThreeZones")];
    template.condition("NatPerThirdZone", all(third));
    let one = is("Egress", "nat");
    template.condition("Nat", any(vec![one, condition("NatPerZone")]));
    let third = vec![condition("Nat"), condition("ThreeZones")];
    template.condition("NatForThirdZone", all(third));
    template.condition("PublicTasks", is("Egress", "public"));
    let storage = vec![condition("Endpoints"), given("StoragePrefixList")];
    template.condition("StorageOnly", all(storage));
    template.condition("CloudFrontOnly", given("CloudFrontPrefixList"));
    template.condition("Everybody", not(condition("CloudFrontOnly")));

    template.condition("Mysql", is("DatabaseEngine", "mysql"));
    template.condition("Aurora", not(condition("Mysql")));
    template.condition("MultiAz", is("MultiAz", "true"));
    let standby = vec![condition("Aurora"), condition("MultiAz")];
    template.condition("AuroraStandby", all(standby));
    template.condition("Insights", is("DatabaseInsights", "true"));
    template.condition("Cache", is("Cache", "valkey"));
    template.condition("Backup", is("Backup", "daily"));
    template.condition("OwnKey", is("Keys", "own"));
    let insights = vec![condition("OwnKey"), condition("Insights")];
    template.condition("OwnKeyForInsights", all(insights));

    for (name, shape, what) in [
        ("SingleWithCache", "Single", condition("Cache")),
        ("SplitWithCache", "Split", condition("Cache")),
        ("SplitWithEndpoints", "Split", condition("Endpoints")),
        ("SingleWithWeb", "Single", not(condition("Endpoints"))),
        ("SplitWithWeb", "Split", not(condition("Endpoints"))),
    ] {
        template.condition(name, all(vec![condition(shape), what]));
    }
}
