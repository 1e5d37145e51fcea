//! The calls against recorded answers: the SDK's replay client sees the bytes of the protocol.

mod failures;

use aws_credential_types::Credentials;
use aws_sdk_ecr::{
    Config,
    config::{
        BehaviorVersion, Region,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
    },
};
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use serde_json::{Value, json};

use super::*;

const HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const SECRET: &str = "s3cretAccessKey";

fn host() -> PrivateHost {
    match EcrHost::parse(HOST) {
        Some(EcrHost::Private(host)) => host,
        other => panic!("{other:?}"),
    }
}

fn config() -> aws_sdk_ecr::config::Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("AKID", SECRET, None, None, "test"))
        .retry_config(RetryConfig::disabled())
}

fn ecr(config: aws_sdk_ecr::config::Builder) -> Ecr {
    Ecr {
        client: Client::from_conf(config.build()),
        host: host(),
    }
}

/// An ECR that gives these answers, one after the other.
fn answering(answers: &[(u16, Value)]) -> (Ecr, StaticReplayClient) {
    let replay = replay(answers);
    (ecr(config().http_client(replay.clone())), replay)
}

fn replay(answers: &[(u16, Value)]) -> StaticReplayClient {
    let events = answers.iter().map(|(status, body)| {
        let status = (*status).try_into().unwrap();
        let answer = HttpResponse::new(status, body.to_string().into());
        ReplayEvent::new(HttpRequest::empty(), answer)
    });
    StaticReplayClient::new(events.collect())
}

fn failing(status: u16, code: &str, message: &str) -> Ecr {
    answering(&[(status, json!({ "__type": code, "message": message }))]).0
}

/// What was asked: the operation and the parameters.
fn asked(replay: &StaticReplayClient) -> Vec<(String, Value)> {
    replay
        .actual_requests()
        .map(|request| {
            let target = request.headers().get("x-amz-target").unwrap();
            let operation = target.rsplit('.').next().unwrap().to_owned();
            let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
            (operation, body)
        })
        .collect()
}

fn token(text: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    json!({ "authorizationData": [{
        "authorizationToken": STANDARD.encode(text),
        "expiresAt": 1_767_225_600,
        "proxyEndpoint": format!("https://{HOST}"),
    }] })
}

#[tokio::test]
async fn a_token_is_user_and_password() {
    let (ecr, replay) = answering(&[(200, token("AWS:pass"))]);
    let authorization = ecr.authorization().await.unwrap();
    assert_eq!(
        (authorization.user(), authorization.password()),
        ("AWS", "pass")
    );
    assert_eq!(authorization.expires(), Some(1_767_225_600));
    assert_eq!(
        asked(&replay),
        [("GetAuthorizationToken".into(), json!({}))]
    );
    let uri = replay.actual_requests().next().unwrap().uri().to_owned();
    assert!(
        uri.starts_with("https://api.ecr.eu-west-1.amazonaws.com"),
        "{uri}"
    );
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    for (answer, expected) in [
        (token("root:s3cret"), "it is not for the user `AWS`"),
        (json!({ "authorizationData": [] }), "there is none"),
        (json!({ "authorizationData": [{}] }), "there is none"),
        (json!({}), "there is none"),
    ] {
        let (ecr, _) = answering(&[(200, answer)]);
        let error = ecr.authorization().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("ECR's token for `{HOST}` cannot be used: {expected}")
        );
        assert!(!format!("{error:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn a_repository_is_created_scanned_and_immutable_in_the_account_of_the_registry() {
    let (ecr, replay) = answering(&[(200, json!({ "repository": {} }))]);
    let created = ecr
        .create_repository("team/shop", RepositoryOptions::default())
        .await
        .unwrap();
    assert_eq!(created, Creation::Created);
    assert_eq!(
        asked(&replay),
        [(
            "CreateRepository".into(),
            json!({
                "registryId": "123456789012",
                "repositoryName": "team/shop",
                "imageScanningConfiguration": { "scanOnPush": true },
                "imageTagMutability": "IMMUTABLE",
            })
        )]
    );
}

#[tokio::test]
async fn the_other_options_are_sent_too() {
    let (ecr, replay) = answering(&[(200, json!({}))]);
    let options = RepositoryOptions {
        scanning: Scanning::OnDemand,
        tags: Tags::Mutable,
    };
    ecr.create_repository("shop", options).await.unwrap();
    let (_, sent) = asked(&replay).remove(0);
    // `false` is what ECR does without the field, and the SDK leaves it out.
    assert_ne!(sent["imageScanningConfiguration"]["scanOnPush"], true);
    assert_eq!(sent["imageTagMutability"], "MUTABLE");
}

#[tokio::test]
async fn a_repository_that_exists_is_as_good_as_created() {
    let ecr = failing(400, "RepositoryAlreadyExistsException", "it exists");
    let created = ecr
        .create_repository("shop", RepositoryOptions::default())
        .await;
    assert_eq!(created.unwrap(), Creation::Existed);
}

#[tokio::test]
async fn a_tag_has_a_digest_or_is_not_there() {
    let digest = Digest::of(b"manifest");
    let described = json!({ "imageDetails": [{ "imageDigest": digest.to_string() }] });
    let (ecr, replay) = answering(&[(200, described)]);
    assert_eq!(ecr.image_digest("shop", "v1").await.unwrap(), Some(digest));
    assert_eq!(
        asked(&replay),
        [(
            "DescribeImages".into(),
            json!({
                "registryId": "123456789012",
                "repositoryName": "shop",
                "imageIds": [{ "imageTag": "v1" }],
            })
        )]
    );
    let ecr = failing(400, "ImageNotFoundException", "no such tag");
    assert_eq!(ecr.image_digest("shop", "v1").await.unwrap(), None);
    let (ecr, _) = answering(&[(200, json!({ "imageDetails": [] }))]);
    assert_eq!(ecr.image_digest("shop", "v1").await.unwrap(), None);
}

#[tokio::test]
async fn a_digest_of_another_kind_is_an_error() {
    let (ecr, _) = answering(&[(200, json!({ "imageDetails": [{ "imageDigest": "md5:1" }] }))]);
    let error = ecr.image_digest("shop", "v1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ECR gave an unusable digest for `shop:v1`"
    );
}
