//! What runs, and with what.

use serde_json::Value;

use super::evaluation::Stack;
use crate::app::image::{READY_PATH, STOP_BUDGET, UPLOADS};
use crate::app::size::SIZES;

/// MiB that Fargate has for so many processors: least, most, step (developer guide, "Fargate task definition
/// considerations"). The smallest size has three.
const FARGATE: &[(u32, u32, u32, u32)] = &[
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

#[test]
fn fargate_has_every_size() {
    for size in SIZES {
        let (processors, memory) = size.split_once('/').expect("two numbers");
        let [processors, memory] =
            [processors, memory].map(|text| text.parse::<u32>().expect("a number"));
        let there = match processors {
            256 => [512, 1024, 2048].contains(&memory),
            _ => FARGATE.iter().any(|(of, least, most, step)| {
                *of == processors
                    && (*least..=*most).contains(&memory)
                    && (memory - least) % step == 0
            }),
        };
        assert!(there, "{size}");
    }
}

#[test]
fn a_size_is_two_numbers() {
    let stack = Stack::new(&[("Size", "2048/6144")]);
    let task = stack.properties("Task");
    assert_eq!(
        (task["Cpu"].as_str(), task["Memory"].as_str()),
        (Some("2048"), Some("6144"))
    );
}

#[test]
fn the_processor_is_the_images() {
    for (processor, architecture) in [("arm64", "ARM64"), ("amd64", "X86_64")] {
        let stack = Stack::new(&[("Processor", processor)]);
        let platform = &stack.properties("Task")["RuntimePlatform"];
        assert_eq!(platform["CpuArchitecture"], architecture);
    }
}

#[test]
fn the_container_is_as_the_image_wants_it() {
    let stack = Stack::new(&[]);
    let container = container(&stack);
    assert_eq!(container["ReadonlyRootFilesystem"], true);
    assert_eq!(container["LinuxParameters"]["InitProcessEnabled"], false);
    assert_eq!(container["StopTimeout"], 30);
    let command = serde_json::json!(["CMD", "/usr/bin/wpimg-init", "healthcheck"]);
    assert_eq!(container["HealthCheck"]["Command"], command);
    assert!(container.get("Secrets").is_none());
    assert!(container.get("User").is_none());
}

#[test]
fn what_is_written_is_on_a_volume() {
    let stack = Stack::new(&[]);
    let mounts = container(&stack)["MountPoints"].as_array().expect("mounts");
    let found: Vec<String> = mounts
        .iter()
        .map(|mount| {
            format!(
                "{} {}",
                text(&mount["SourceVolume"]),
                text(&mount["ContainerPath"])
            )
        })
        .collect();
    let expected = [
        "run /run/wpimg",
        "temporary /tmp",
        "agent /var/lib/amazon",
        "agent-log /var/log/amazon",
        "files /var/www/html/wp-content/uploads",
    ];
    assert_eq!(found, expected);
    let volumes = stack.properties("Task")["Volumes"]
        .as_array()
        .expect("volumes");
    let names: Vec<&str> = volumes.iter().map(|volume| text(&volume["Name"])).collect();
    let mounted: Vec<&str> = mounts
        .iter()
        .map(|mount| text(&mount["SourceVolume"]))
        .collect();
    assert_eq!(names, mounted);
}

#[test]
fn files_travel_encrypted_through_the_access_point() {
    let stack = Stack::new(&[]);
    let volumes = stack.properties("Task")["Volumes"]
        .as_array()
        .expect("volumes");
    let files = &volumes.last().expect("the files")["EFSVolumeConfiguration"];
    assert_eq!(files["FilesystemId"], "<Files>");
    assert_eq!(files["TransitEncryption"], "ENABLED");
    assert_eq!(files["AuthorizationConfig"]["IAM"], "ENABLED");
    assert_eq!(
        files["AuthorizationConfig"]["AccessPointId"],
        "<FilesAccessPoint>"
    );
}

#[test]
fn secrets_are_references_and_the_rest_is_plain() {
    check_environment(
        &[("Cache", "valkey"), ("TrustedProxies", "192.0.2.0/24")],
        "\
WPIMG_SECRET=<DatabaseSecret>
WPIMG_SALT_MASTER=<SaltsSecret>
WPIMG_REDIS_HOST=<CacheHost>
WPIMG_REDIS_PORT=<CachePort>
WPIMG_REDIS_PASSWORD=<CacheSecret>
WPIMG_REDIS_TLS=1
WPIMG_TRUSTED_PROXIES=<VpcCidr>,192.0.2.0/24
WPIMG_STOP_TIMEOUT=25
WPIMG_DRAIN_DELAY=0
WPIMG_DATABASE_WAIT=60
",
    );
    check_environment(
        &[
            ("Domain", "shop.example"),
            ("HostedZone", "Z1"),
            ("Capacity", "fargate-spot"),
        ],
        "\
WPIMG_SECRET=<DatabaseSecret>
WPIMG_SALT_MASTER=<SaltsSecret>
WPIMG_HOME=https://shop.example
WPIMG_TRUSTED_PROXIES=<VpcCidr>,
WPIMG_STOP_TIMEOUT=25
WPIMG_DRAIN_DELAY=5
WPIMG_DATABASE_WAIT=60
",
    );
}

#[test]
fn the_image_says_the_same() {
    let reference = include_str!("../../../../../entrypoint/README.md");
    let budget = format!("| `WPIMG_STOP_TIMEOUT` | {STOP_BUDGET} |");
    let uploads = format!("| `WPIMG_UPLOADS` | {UPLOADS} |");
    for row in [
        budget.as_str(),
        uploads.as_str(),
        "| `WPIMG_HTTP_PORT` | 8080 |",
    ] {
        assert!(reference.contains(row), "{row}");
    }
    let variables = container(&Stack::new(&[
        ("Cache", "valkey"),
        ("Domain", "shop.example"),
    ]))["Environment"]
        .clone();
    for variable in variables.as_array().expect("variables") {
        let row = format!("| `{}` |", text(&variable["Name"]));
        assert!(reference.contains(&row), "{row}");
    }
    let site = include_str!("../../../../../docker/rootfs/etc/wpimg/nginx/site.conf");
    assert!(site.contains(&format!("location = {READY_PATH} {{")));
}

fn check_environment(choices: &[(&str, &str)], expected: &str) {
    let stack = Stack::new(choices);
    let variables = container(&stack)["Environment"]
        .as_array()
        .expect("variables");
    let lines: Vec<String> = variables
        .iter()
        .map(|variable| format!("{}={}\n", text(&variable["Name"]), text(&variable["Value"])))
        .collect();
    assert_eq!(lines.concat(), expected);
}

fn container(stack: &Stack) -> &Value {
    &stack.properties("Task")["ContainerDefinitions"][0]
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
