//! What somebody is told.

use super::evaluation::Stack;

#[test]
fn these_are_watched() {
    check(
        &[],
        "\
BalancerErrorAlarm HTTPCode_ELB_5XX_Count Sum GreaterThanThreshold 10 for 3
DatabaseProcessorAlarm CPUUtilization Average GreaterThanThreshold 85 for 10
DatabaseStorageAlarm FreeStorageSpace Minimum LessThanThreshold 2147483648 for 5
ErrorAlarm share GreaterThanThreshold 5 for 3
LatencyAlarm TargetResponseTime p95 GreaterThanThreshold 3 for 5
MemoryAlarm MemoryUtilization Maximum GreaterThanThreshold 90 for 5
ProcessorAlarm CPUUtilization Average GreaterThanThreshold 85 for 10
UnhealthyAlarm UnHealthyHostCount Maximum GreaterThanThreshold 0 for 5
",
    );
}

#[test]
fn the_database_is_what_the_data_stack_says() {
    for (engine, name) in [
        ("mysql", "DBInstanceIdentifier"),
        ("aurora", "DBClusterIdentifier"),
    ] {
        let stack = Stack::new(&[("DatabaseEngine", engine)]);
        let dimension = &stack.properties("DatabaseProcessorAlarm")["Dimensions"][0];
        assert_eq!(dimension["Name"], name);
        assert_eq!(dimension["Value"], "<Database>");
        assert_eq!(stack.has("DatabaseStorageAlarm"), engine == "mysql");
    }
}

#[test]
fn every_alarm_goes_to_the_topic_if_there_is_one() {
    for (choices, told) in [
        (&[][..], false),
        (&[("AlarmTopic", "arn:aws:sns:r:1:t")], true),
    ] {
        let stack = Stack::new(choices);
        for (id, alarm) in stack.resources().filter(|(id, _)| id.ends_with("Alarm")) {
            assert_eq!(alarm.get("AlarmActions").is_some(), told, "{id}");
            assert_eq!(alarm.get("OKActions").is_some(), told, "{id}");
            assert_eq!(alarm["TreatMissingData"], "notBreaching", "{id}");
        }
    }
}

fn check(choices: &[(&str, &str)], expected: &str) {
    let stack = Stack::new(choices);
    let lines: Vec<String> = stack
        .resources()
        .filter(|(id, _)| id.ends_with("Alarm"))
        .map(|(id, alarm)| {
            let text = |name: &str| match &alarm[name] {
                serde_json::Value::String(text) => format!(" {text}"),
                serde_json::Value::Null => String::new(),
                other => format!(" {other}"),
            };
            let metric = alarm
                .get("Metrics")
                .map_or(text("MetricName"), |_| " share".into());
            let statistic = text("Statistic") + &text("ExtendedStatistic");
            let limit = text("ComparisonOperator") + &text("Threshold");
            format!(
                "{id}{metric}{statistic}{limit} for{}\n",
                text("EvaluationPeriods")
            )
        })
        .collect();
    assert_eq!(lines.concat(), expected);
}
