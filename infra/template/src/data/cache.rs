//! The object cache: a Valkey that WordPress asks before it asks the database.

use serde_json::json;

use super::firewall::CACHE_PORT;
use super::key;
use super::secrets;
use super::zone::in_each;
use crate::expression::{choose, reference, text};
use crate::{Kept, Resource, Template};

const VERSION: &str = "8.1";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "CacheSubnets",
        Resource::new(
            "AWS::ElastiCache::SubnetGroup",
            json!({
                "Description": text("${AWS::StackName}: private subnets"),
                "SubnetIds": in_each("PrivateSubnet"),
            }),
        )
        .only_if("Cache"),
    );
    template.add(
        "CacheParameters",
        Resource::new(
            "AWS::ElastiCache::ParameterGroup",
            json!({
                "CacheParameterGroupFamily": "valkey8",
                "Description": text("${AWS::StackName}: an object cache"),
                // WordPress sets most keys for ever. By default such keys stay, and a full cache takes no more.
                "Properties": { "maxmemory-policy": "allkeys-lru" },
            }),
        )
        .only_if("Cache"),
    );
    template.add(
        "CacheGroup",
        Resource::new(
            "AWS::ElastiCache::ReplicationGroup",
            json!({
                "ReplicationGroupDescription": text("${AWS::StackName}: object cache"),
                "Engine": "valkey",
                "EngineVersion": VERSION,
                "AutoMinorVersionUpgrade": true,
                "CacheNodeType": reference("CacheClass"),
                "CacheParameterGroupName": reference("CacheParameters"),
                "CacheSubnetGroupName": reference("CacheSubnets"),
                "SecurityGroupIds": [reference("CacheSecurityGroup")],
                "Port": CACHE_PORT,
                "NumCacheClusters": choose("MultiAz", 2.into(), 1.into()),
                "AutomaticFailoverEnabled": reference("MultiAz"),
                "MultiAZEnabled": reference("MultiAz"),
                "AtRestEncryptionEnabled": true,
                "KmsKeyId": key::own(),
                "TransitEncryptionEnabled": true,
                "AuthToken": secrets::cache_password(),
            }),
        )
        .only_if("Cache")
        .kept(Kept::AsSnapshot),
    );
}
