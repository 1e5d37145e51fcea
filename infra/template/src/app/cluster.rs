//! The cluster and the log of its tasks.

use serde_json::json;

use super::foundation;
use crate::expression::reference;
use crate::{Kind, Resource, Template};

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "LogDays",
        // What CloudWatch Logs takes (PutRetentionPolicy).
        Kind::OneOf(&[
            "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545",
            "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653",
        ]),
        "30",
        "Days that the tasks' log is kept.",
    );
    template.parameter(
        "Insights",
        Kind::OneOf(&["enhanced", "enabled", "disabled"]),
        "enabled",
        "Container Insights: numbers of each task in CloudWatch, which cost.",
    );
    let settings = json!([{ "Name": "containerInsights", "Value": reference("Insights") }]);
    template.add(
        "Cluster",
        Resource::new("AWS::ECS::Cluster", json!({ "ClusterSettings": settings })),
    );
    let properties = json!({
        "RetentionInDays": reference("LogDays"),
        "KmsKeyId": foundation::key(),
    });
    template.add("Log", Resource::new("AWS::Logs::LogGroup", properties));
}
