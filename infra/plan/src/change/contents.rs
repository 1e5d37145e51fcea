//! What a resource holds that nobody can make again, by its type.
//!
//! Only what is not written down elsewhere counts: a role or a subnet is in the template, a cache's entries are in the
//! database. What those cost when they go is in `interruption`.

use super::resource_change::ResourceChange;

/// What a resource holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    /// What is lost, for a sentence: "the database".
    pub(super) what: &'static str,
    pub(super) successor: Successor,
    /// What to do instead of losing it.
    pub(super) instead: &'static str,
}

/// What a new resource in the place of one that is kept means to the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Successor {
    /// The site needs what the old one holds, and would go on with nothing.
    Empty,
    /// The site goes on, and what the old one holds can be looked up there.
    Enough,
}

/// The one table. Types that are not in it hold nothing.
const TABLE: [(&str, Contents); 8] = [
    (
        "AWS::RDS::DBInstance",
        Contents {
            what: "the database",
            successor: Successor::Empty,
            instead: DATABASE,
        },
    ),
    (
        "AWS::RDS::DBCluster",
        Contents {
            what: "the database",
            successor: Successor::Empty,
            instead: DATABASE,
        },
    ),
    (
        "AWS::EFS::FileSystem",
        Contents {
            what: "all uploads",
            successor: Successor::Empty,
            instead: "leave the properties as they are, or make a second data stack and copy the files over before anything goes",
        },
    ),
    (
        "AWS::SecretsManager::Secret",
        Contents {
            what: "the secret's value",
            // A new secret has a new value: the database refuses it, and salts log everybody out.
            successor: Successor::Empty,
            instead: "leave the properties as they are, or note the value down first and put it into the new secret",
        },
    ),
    (
        "AWS::ECR::Repository",
        Contents {
            what: "all images",
            successor: Successor::Empty,
            instead: "leave the properties as they are, or copy the images that run or may be rolled back to with `wpimg copy`",
        },
    ),
    (
        "AWS::KMS::Key",
        Contents {
            what: "the key to everything that it has encrypted, once its waiting period is over",
            successor: Successor::Enough,
            instead: "leave `Keys` as it is; a key that was deleted in error comes back with `aws kms cancel-key-deletion` within its waiting period",
        },
    ),
    (
        "AWS::Backup::BackupVault",
        Contents {
            what: "all copies in the vault",
            successor: Successor::Enough,
            instead: "leave `Backup` as it is; copies go by themselves after `BackupDays`",
        },
    ),
    (
        "AWS::S3::Bucket",
        Contents {
            what: "all objects in the bucket",
            successor: Successor::Enough,
            instead: "leave the properties as they are, or copy the objects first with `aws s3 sync`",
        },
    ),
];

/// Secrets that hold nothing, by their names in the templates: CloudFormation makes them up and hands them to resources of
/// the same stack, nobody else knows them, and nothing is stored under them. Another value serves as well.
const PASSED_ON: [(&str, &str); 1] = [(
    "AWS::SecretsManager::Secret",
    // The header by which the load balancer knows CloudFront.
    "OriginProof",
)];

const DATABASE: &str = "leave the properties as they are, or take a snapshot with `aws rds` and restore it into a second data stack that the app stack is then pointed to";

/// What a changed resource holds.
///
/// An instance of a cluster holds nothing, because the cluster's storage is apart from it. Where CloudFormation has not
/// told what the instance is, it is taken for one with a database. What a change set tells of a secret is the same for
/// each, so those that hold nothing are known by name.
pub(super) fn of(change: &ResourceChange) -> Option<Contents> {
    let is_member = change.kind == "AWS::RDS::DBInstance"
        && change.property_before("DBClusterIdentifier").is_some();
    let is_passed_on = PASSED_ON.contains(&(&change.kind, &change.logical_id));
    if is_member || is_passed_on {
        return None;
    }
    let entry = TABLE.iter().find(|(kind, _)| *kind == change.kind);
    entry.map(|(_, contents)| *contents)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the templates keep although nothing is lost with it.
    const KEPT_FOR_OTHER_REASONS: [&str; 2] = [
        // Its revisions are what `wpimg rollback` goes back to; CloudFormation's own is one of many.
        "AWS::ECS::TaskDefinition",
        // An object cache is filled from the database.
        "AWS::ElastiCache::ReplicationGroup",
    ];

    #[test]
    fn whatever_the_templates_keep_holds_something() {
        let templates = [
            wpimg_template::data::template(),
            wpimg_template::app::template(),
        ];
        let kept: BTreeSet<&str> = templates
            .iter()
            .flat_map(|template| template.resources.values())
            .filter(|resource| resource.kept != wpimg_template::Kept::No)
            .map(|resource| resource.kind)
            .collect();
        assert!(kept.len() > 5, "{kept:?}");
        for kind in kept {
            let holds = TABLE.iter().any(|(known, _)| *known == kind);
            let excused = KEPT_FOR_OTHER_REASONS.contains(&kind);
            assert!(holds != excused, "{kind}");
        }
    }

    /// Of a secret that the templates keep nothing else has the value. One that they do not keep has to be one of those that
    /// hold nothing, with all that this means.
    #[test]
    fn secrets_hold_something_unless_only_their_own_stack_knows_them() {
        let templates = [
            wpimg_template::data::template(),
            wpimg_template::app::template(),
        ];
        let mut found = BTreeSet::new();
        for template in &templates {
            for (id, resource) in &template.resources {
                if resource.kind != "AWS::SecretsManager::Secret" {
                    continue;
                }
                let is_kept = resource.kept != wpimg_template::Kept::No;
                let is_passed_on = PASSED_ON.contains(&(resource.kind, id));
                assert!(is_kept != is_passed_on, "{id}");
                if is_passed_on {
                    let generated = &resource.properties["GenerateSecretString"];
                    assert!(generated["SecretStringTemplate"].is_null(), "{id}");
                    assert!(resource.properties["SecretString"].is_null(), "{id}");
                    assert!(generated.is_object(), "{id}");
                    assert!(readers(template, id) > 1, "{id}");
                    found.insert((resource.kind, id.clone()));
                }
            }
        }
        assert_eq!(found.len(), PASSED_ON.len(), "{found:?}");
    }

    /// How many times a template fills the secret's value in. Nothing else may be done with it: who has its ARN could let a
    /// task read it, or tell it to another stack.
    fn readers(template: &wpimg_template::Template, id: &str) -> usize {
        let text = wpimg_template::json::compact(&template.to_json());
        let filled_in = format!("{{{{resolve:secretsmanager:${{{id}}}:SecretString}}}}");
        let readers = text.matches(&filled_in).count();
        // Besides, it is named where it is made.
        assert_eq!(text.matches(id).count(), readers + 1, "{id}");
        readers
    }

    #[test]
    fn every_type_is_there_once() {
        let kinds: BTreeSet<_> = TABLE.iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.len(), TABLE.len());
    }
}
