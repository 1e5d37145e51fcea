//! The registry's repository: what is pushed stays what it is, and old images go.

use serde_json::{Value, json};

use super::foundation::{self, OWN_KEY};
use crate::expression::{choose, text};
use crate::json::compact;
use crate::{Kept, Kind, Resource, Template};

/// Days that an image without a tag is kept. Those that a tagged index lists stay as long as the index.
const UNTAGGED_DAYS: u32 = 7;

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "KeptImages",
        Kind::Number(2, 1000),
        "30",
        "Number of images that stay in the registry; what runs must be among them.",
    );
    let properties = json!({
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": { "ScanOnPush": true },
        "EncryptionConfiguration": {
            "EncryptionType": choose(OWN_KEY, "KMS".into(), "AES256".into()),
            "KmsKey": foundation::key(),
        },
        "LifecyclePolicy": { "LifecyclePolicyText": lifecycle() },
    });
    template.add(
        "Repository",
        Resource::new("AWS::ECR::Repository", properties)
            // Tasks of a next stack may still need its images.
            .kept(Kept::Always)
            .accept(
                "CKV_AWS_136",
                "A key of its own where the data stack has one",
            ),
    );
}

fn lifecycle() -> Value {
    let rules = json!({ "rules": [
        {
            "rulePriority": 1,
            "description": "without a tag",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": { "type": "expire" },
        },
        {
            "rulePriority": 2,
            "description": "the oldest",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": "${KeptImages}",
            },
            "action": { "type": "expire" },
        },
    ] });
    // The number is a parameter: what stands for it is text to us, and a number once it is filled in.
    text(&compact(&rules).replace("\"${KeptImages}\"", "${KeptImages}"))
}
