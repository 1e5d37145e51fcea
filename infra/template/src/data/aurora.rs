//! The database as a cluster of Aurora MySQL that grows and shrinks with its load.

use serde_json::json;

use super::database::{parameters, running, storing};
use crate::expression::reference;
use crate::{Kept, Resource, Template};

const ENGINE: &str = "aurora-mysql";

/// Aurora MySQL 3 is what speaks MySQL 8.0. As for instances, RDS chooses the release of the series.
const VERSION: &str = "8.0";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseClusterParameters",
        Resource::new(
            "AWS::RDS::DBClusterParameterGroup",
            parameters(&format!("{ENGINE}{VERSION}"), "ON"),
        )
        .only_if("Aurora"),
    );
    let own = json!({
        "Engine": ENGINE,
        "EngineVersion": VERSION,
        "DatabaseName": reference("DatabaseName"),
        "DBClusterParameterGroupName": reference("DatabaseClusterParameters"),
        "VpcSecurityGroupIds": [reference("DatabaseSecurityGroup")],
        "ServerlessV2ScalingConfiguration": {
            "MinCapacity": reference("AuroraMinimum"),
            "MaxCapacity": reference("AuroraMaximum"),
        },
    });
    template.add(
        "DatabaseCluster",
        Resource::new("AWS::RDS::DBCluster", storing(own))
            .only_if("Aurora")
            .kept(Kept::AsSnapshot)
            .accept("W3690", "8.0 stands for its newest release"),
    );
    // The instances hold nothing: the cluster's storage is apart from them.
    template.add("DatabaseInstance1", instance().only_if("Aurora"));
    template.add("DatabaseInstance2", instance().only_if("AuroraStandby"));
}

fn instance() -> Resource {
    let own = json!({
        "Engine": ENGINE,
        "DBInstanceClass": "db.serverless",
        "DBClusterIdentifier": reference("DatabaseCluster"),
    });
    Resource::new("AWS::RDS::DBInstance", running(own))
}
