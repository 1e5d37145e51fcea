//! CloudWatch's embedded metric format: a JSON object on a log line whose `_aws` member says which of the others are
//! metrics and dimensions. The log driver needs nothing but the line itself.

use serde_json::{Map, Value, json};

use super::Metric;

/// What becomes of a value. Each metric that CloudWatch keeps is paid for by the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    AsCount,
    AsBytes,
    /// In the log only, where Logs Insights finds it.
    InLog,
}

impl Kept {
    /// CloudWatch's name of the unit.
    fn unit(self) -> Option<&'static str> {
        match self {
            Self::AsCount => Some("Count"),
            Self::AsBytes => Some("Bytes"),
            Self::InLog => None,
        }
    }
}

/// What all metrics of a line have in common.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    /// Milliseconds since 1970.
    pub(crate) timestamp: u64,
    pub(crate) namespace: &'a str,
    /// Each pair of values is a metric of its own, and is paid for.
    pub(crate) dimensions: &'a [(&'static str, &'a str)],
    /// Told beside the metrics, for who reads the log.
    pub(crate) properties: &'a [(&'static str, &'a str)],
}

/// CloudWatch refuses longer ones.
const LONGEST_DIMENSION: usize = 1024;

/// The line, without its end.
pub(crate) fn line(frame: &Frame<'_>, metrics: &[Metric]) -> String {
    let mut object = Map::new();
    let definitions: Vec<Value> = metrics
        .iter()
        .filter_map(|metric| Some(json!({"Name": metric.name, "Unit": metric.kept.unit()?})))
        .collect();
    let dimensions: Vec<(&str, String)> = frame
        .dimensions
        .iter()
        .map(|(name, value)| (*name, dimension(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    object.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": frame.timestamp,
            "CloudWatchMetrics": [{
                "Namespace": frame.namespace,
                "Dimensions": [names],
                "Metrics": definitions,
            }],
        }),
    );
    // As on every other line.
    object.insert("source".to_owned(), "metrics".into());
    for (name, value) in frame.properties {
        object.insert((*name).to_owned(), dimension(value).into());
    }
    for (name, value) in dimensions {
        object.insert(name.to_owned(), value.into());
    }
    for metric in metrics {
        object.insert(metric.name.to_owned(), number(metric.value));
    }
    Value::Object(object).to_string()
}

/// Whole numbers are written as such.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 2^53, as was just checked"
        )]
        return json!(value as i64);
    }
    json!(value)
}

/// ASCII without control characters, as CloudWatch has it.
fn dimension(value: &str) -> String {
    let printable = value.chars().filter(|letter| matches!(letter, ' '..='~'));
    printable.take(LONGEST_DIMENSION).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_says_which_of_its_members_are_metrics() {
        let frame = Frame {
            timestamp: 1_795_278_259_042,
            namespace: "wpimg",
            dimensions: &[("Cluster", "shops"), ("Service", "shop-web")],
            properties: &[("TaskId", "158d")],
        };
        let metrics = [
            Metric {
                name: "PhpWorkersActive",
                kept: Kept::AsCount,
                value: 3.0,
            },
            Metric {
                name: "OpcacheUsed",
                kept: Kept::AsBytes,
                value: 41_943_040.0,
            },
            Metric {
                name: "OpcacheScripts",
                kept: Kept::InLog,
                value: 812.0,
            },
        ];
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_278_259_042_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "wpimg",
                    "Dimensions": [["Cluster", "Service"]],
                    "Metrics": [
                        {"Name": "PhpWorkersActive", "Unit": "Count"},
                        {"Name": "OpcacheUsed", "Unit": "Bytes"},
                    ],
                }],
            },
            "source": "metrics", "TaskId": "158d", "Cluster": "shops", "Service": "shop-web",
            "PhpWorkersActive": 3, "OpcacheUsed": 41_943_040, "OpcacheScripts": 812,
        });
        let line = line(&frame, &metrics);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
    }

    #[test]
    fn without_a_task_there_are_no_dimensions() {
        let frame = Frame {
            timestamp: 0,
            namespace: "wpimg",
            dimensions: &[("Cluster", ""), ("Service", "\n")],
            properties: &[],
        };
        assert!(line(&frame, &[]).contains(r#""Dimensions":[[]]"#));
    }

    proptest! {
        #[test]
        fn any_names_and_values_make_one_short_line_of_json(
            cluster in any::<String>(), service in ".{0,3000}", value in any::<f64>(),
        ) {
            let frame = Frame {
                timestamp: 1,
                namespace: "wpimg",
                dimensions: &[("Cluster", &cluster), ("Service", &service)],
                properties: &[("TaskId", &service)],
            };
            let metric = Metric { name: "X", kept: Kept::AsCount, value };
            let line = line(&frame, &[metric; 40]);
            prop_assert!(line.len() < 16 * 1024 && !line.contains('\n'));
            let object: Value = serde_json::from_str(&line).unwrap();
            for name in object["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0].as_array().unwrap() {
                prop_assert!(object[name.as_str().unwrap()].as_str().is_some_and(|value| !value.is_empty()));
            }
        }
    }
}
