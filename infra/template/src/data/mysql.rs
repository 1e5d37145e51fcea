//! The database as an instance of RDS for MySQL.

use serde_json::json;

use super::database::{parameters, running, storing};
use crate::expression::reference;
use crate::{Kept, Resource, Template};

/// Only the release series: which release of it runs is RDS's to say once it updates by itself, and a template that
/// names an older one could not be applied any more.
const VERSION: &str = "8.4";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseParameters",
        Resource::new(
            "AWS::RDS::DBParameterGroup",
            parameters(&format!("mysql{VERSION}"), "1"),
        )
        .only_if("Mysql"),
    );
    let own = json!({
        "Engine": "mysql",
        "EngineVersion": VERSION,
        "DBInstanceClass": reference("DatabaseClass"),
        "DBName": reference("DatabaseName"),
        "DBParameterGroupName": reference("DatabaseParameters"),
        "VPCSecurityGroups": [reference("DatabaseSecurityGroup")],
        "MultiAZ": reference("MultiAz"),
        "StorageType": "gp3",
        "AllocatedStorage": reference("DatabaseStorage"),
        "MaxAllocatedStorage": reference("DatabaseStorageLimit"),
    });
    template.add(
        "Database",
        Resource::new("AWS::RDS::DBInstance", storing(running(own)))
            .only_if("Mysql")
            .kept(Kept::AsSnapshot)
            .accept("CKV_AWS_157", "MultiAz says whether there is a standby")
            .accept("E3691", "RDS takes a release series too"),
    );
}
