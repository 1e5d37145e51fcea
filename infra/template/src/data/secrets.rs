//! Secrets that the site has by itself. RDS keeps the one of its master user.

use serde_json::{Value, json};

use super::database;
use super::firewall::DATABASE_PORT;
use super::key;
use crate::expression::text;
use crate::{Kept, Resource, Template};

/// The user that WordPress is in the database.
const USER: &str = "wordpress";

pub(super) fn add_to(template: &mut Template) {
    template.add(
        "DatabaseSecret",
        secret(
            "The database as WordPress sees it, for WPIMG_SECRET",
            &json!({
                "SecretStringTemplate": settings(),
                "GenerateStringKey": "password",
                "PasswordLength": 40,
                "ExcludePunctuation": true,
            }),
        ),
    );
    template.add(
        "SaltsSecret",
        secret(
            "What keys and salts are derived from, for WPIMG_SALT_MASTER",
            &json!({ "PasswordLength": 64, "ExcludePunctuation": true }),
        ),
    );
    template.add(
        "CacheSecret",
        secret(
            "The cache's password, for WPIMG_REDIS_PASSWORD",
            // The most that ElastiCache takes is 128, and not all punctuation.
            &json!({ "PasswordLength": 64, "ExcludePunctuation": true }),
        )
        .only_if("Cache"),
    );
}

/// In the form that RDS writes, so that the image and rotation understand it.
///
/// The user is not made here: CloudFormation cannot speak to a database. A task that runs once creates it with this
/// password, as the master user.
///
/// A new database has another host, and then another password is generated: it needs that task again anyway.
fn settings() -> Value {
    let settings = format!(
        r#"{{"engine":"mysql","host":"${{Host}}","port":{DATABASE_PORT},"dbname":"${{DatabaseName}}","username":"{USER}"}}"#
    );
    json!({ "Fn::Sub": [settings, { "Host": database::host() }] })
}

/// A secret that outlives its stack: a snapshot whose users nobody knows opens to nobody.
fn secret(description: &str, generate: &Value) -> Resource {
    Resource::new(
        "AWS::SecretsManager::Secret",
        json!({
            "Description": description,
            "GenerateSecretString": generate,
            "KmsKeyId": key::own(),
        }),
    )
    .kept(Kept::Always)
    .accept("CKV_AWS_149", "a key of one's own is there with Keys own")
}

/// The cache's password, put in where CloudFormation makes the cache and nowhere to be read in the template.
pub(super) fn cache_password() -> Value {
    text("{{resolve:secretsmanager:${CacheSecret}}}")
}
