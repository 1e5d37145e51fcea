//! What is on the screen.

use serde_json::{Value, json};

use super::evaluation::Stack;

#[test]
fn these_graphs_are_shown() {
    let body = body();
    let widgets = body["widgets"].as_array().expect("widgets");
    let titles: Vec<_> = widgets
        .iter()
        .filter_map(|widget| widget["properties"]["title"].as_str())
        .collect();
    let expected = [
        "Requests and answers",
        "Seconds to an answer, of 95 in 100",
        "Tasks",
        "Use of the tasks, per cent",
        "PHP workers",
        "What went wrong inside",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn a_metric_says_only_what_the_one_before_did_not() {
    let metrics = &body()["widgets"][3]["properties"]["metrics"];
    let expected = json!([
        [
            "AWS/ECS",
            "CPUUtilization",
            "ClusterName",
            "${Cluster}",
            "ServiceName",
            "${Service.Name}"
        ],
        [".", "MemoryUtilization", ".", ".", ".", "."],
    ]);
    assert_eq!(metrics, &expected);
}

#[test]
fn what_wpimg_init_reports_has_the_name_it_has_there() {
    let reference = include_str!("../../../../../entrypoint/README.md");
    for widget in [4, 5] {
        let metrics = body()["widgets"][widget]["properties"]["metrics"].clone();
        for metric in metrics.as_array().expect("metrics") {
            let name = metric[1].as_str().expect("a name");
            assert!(reference.contains(&format!("`{name}`")), "{name}");
        }
    }
}

fn body() -> Value {
    let stack = Stack::new(&[]);
    let body = stack.properties("Dashboard")["DashboardBody"].as_str();
    serde_json::from_str(body.expect("a text")).expect("JSON")
}
