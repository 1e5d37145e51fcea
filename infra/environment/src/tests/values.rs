//! How values are written, and which are refused.

use super::{check_invalid, check_refused, check_taken};

#[test]
fn values_become_what_cloud_formation_reads() {
    for (line, parameter, expected) in [
        ("database-engine = \"aurora\"", "DatabaseEngine", "aurora"),
        ("zones = 3", "Zones", "3"),
        ("log-days = 0x1e", "LogDays", "30"),
        ("multi-az = false", "MultiAz", "false"),
        ("database-storage = 1_00", "DatabaseStorage", "100"),
        ("desired-count = \"auto\"", "DesiredCount", "auto"),
        ("desired-count = 12", "DesiredCount", "12"),
        ("aurora-minimum = 0.5", "AuroraMinimum", "0.5"),
        ("aurora-maximum = 64.0", "AuroraMaximum", "64"),
        ("aurora-maximum = 1.5e1", "AuroraMaximum", "15"),
        ("access-log-bucket = \"logs\"", "AccessLogBucket", "logs"),
        ("access-log-bucket = \"\"", "AccessLogBucket", ""),
        ("cloud-front-prefix-list = \"\"", "CloudFrontPrefixList", ""),
        ("cidr = \"10.8.0.0/21\"", "Cidr", "10.8.0.0/21"),
        ("trusted-proxies = []", "TrustedProxies", ""),
        (
            "trusted-proxies = [\"192.0.2.7\", \"fd00::/8\"]",
            "TrustedProxies",
            "192.0.2.7,fd00::/8",
        ),
        (
            "firewall = \"on\"\nadmin-networks = [\"192.0.2.0/24\", \"128.0.0.0/1\"]",
            "AdminNetworks",
            "192.0.2.0/24,128.0.0.0/1",
        ),
        (
            "peak-start = \"cron(0 8 ? * MON-FRI *)\"\npeak-end = \"rate(1 day)\"",
            "PeakStart",
            "cron(0 8 ? * MON-FRI *)",
        ),
    ] {
        check_taken(line, parameter, expected);
    }
}

#[test]
fn there_is_one_way_to_write_each() {
    for (line, expected) in [
        ("zones = \"3\"", "a whole number, not a text"),
        ("multi-az = \"false\"", "true or false, not a text"),
        ("firewall = true", "`off` or `on`, not true or false"),
        (
            "min-count = \"2\"",
            "a whole number from 1 to 1000, not a text",
        ),
        (
            "min-count = 2.0",
            "a whole number from 1 to 1000, not a number",
        ),
        ("domain = 7", "a text, not a number"),
        (
            "desired-count = true",
            "a text or a number, not true or false",
        ),
        (
            "trusted-proxies = \"192.0.2.0/24\"",
            "a list of texts, not a text",
        ),
        (
            "size = 1979-05-27",
            "`256/512`, `256/1024`, `256/2048`, `512/1024`, `512/2048`, `512/4096`, `1024/2048`, `1024/3072`, `1024/4096`, `1024/8192`, `2048/4096`, `2048/6144`, `2048/8192`, `2048/16384`, `4096/8192`, `4096/16384`, `4096/30720`, `8192/16384`, `8192/61440` or `16384/32768`, not a date",
        ),
        ("tags = \"web\"", "a table of texts, not a text"),
        (
            "account = 123456789012",
            "a text of 12 digits, not a number",
        ),
        ("region = [\"eu-west-1\"]", "a text, not a list"),
    ] {
        let (key, _) = line.split_once(" = ").unwrap();
        let column = key.len() + " = ".len() + 1;
        check_refused(
            line,
            &format!("`{key}` in [infra] at wpimg.toml:3:{column} must be {expected}"),
        );
    }
}

#[test]
fn values_that_aws_would_refuse_are_refused() {
    for (line, why) in [
        (
            "database-engine = \"mysgl\"",
            "`mysgl` is not `mysql` or `aurora`\nhint: write `mysql`",
        ),
        ("cache = \"redis\"", "`redis` is not `none` or `valkey`"),
        ("zones = 4", "`4` is not `2` or `3`"),
        ("min-count = 0", "0 is not from 1 to 1000"),
        ("min-count = -1", "-1 is not from 1 to 1000"),
        (
            "max-count = 99999999999999999999",
            "99999999999999999999 is not from 1 to 1000",
        ),
        (
            "desired-count = 1000",
            "`1000` is not auto, or a number of tasks",
        ),
        (
            "aurora-minimum = 0.7",
            "`0.7` is not capacity units from 0 to 256 in steps of a half",
        ),
        (
            "aurora-maximum = nan",
            "`NaN` is not capacity units from 0 to 256 in steps of a half",
        ),
        (
            "domain = \"Shop.example\"",
            "`Shop.example` is not a name such as shop.example.com, in lower case",
        ),
        (
            "domain = \"-shop.example\"",
            "`-shop.example` is not a name of which AWS makes certificates, such as shop.example.com",
        ),
        (
            "certificate = \"x arn:aws:acm:eu-west-1:1:certificate/2\"",
            "`x arn:aws:acm:eu-west-1:1:certificate/2` is not the ARN of a certificate of ACM",
        ),
        (
            "distribution-firewall = \"arn:aws:wafv2:us-east-1:1:regional/webacl/a/b\"",
            "`arn:aws:wafv2:us-east-1:1:regional/webacl/a/b` is not the ARN of a global web ACL, arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID",
        ),
        (
            "cidr = \"10.0.0.0/24\"",
            "`10.0.0.0/24` is not an IPv4 network from /16 to /21, such as 10.0.0.0/16",
        ),
        (
            "cidr = \"10.0.256.0/16\"",
            "`10.0.256.0/16` is not an IPv4 network from /16 to /21, such as 10.0.0.0/16",
        ),
        ("instance-type = \"\"", "the text is empty"),
        (
            "instance-type = \"t4g\"",
            "`t4g` is not a type of EC2 such as t4g.medium",
        ),
        (
            "peak-time-zone = \"Europe/Berlin\\n\"",
            "the text has a control character in it, such as a line break",
        ),
    ] {
        check_invalid(line, why);
    }
}

#[test]
fn texts_are_no_longer_than_cloud_formation_takes() {
    let bucket = "a".repeat(4096);
    check_taken(
        &format!("access-log-bucket = \"{bucket}\""),
        "AccessLogBucket",
        &bucket,
    );
    check_invalid(
        &format!("access-log-bucket = \"{bucket}a\""),
        "the value has 4097 bytes, and CloudFormation takes 4096",
    );
}
