//! What the person who asked is told when a call fails.

use aws_credential_types::provider::{self, ProvideCredentials, error::CredentialsError, future};
use aws_smithy_http_client::test_util::NeverClient;

use super::*;

#[tokio::test]
async fn an_unknown_repository_can_be_created() {
    let ecr = failing(400, "RepositoryNotFoundException", "not here");
    let error = ecr.image_digest("shop", "v1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("registry `{HOST}` has no repository `shop`")
    );
    assert!(error.hint().unwrap().contains("--create-repository"));
}

#[tokio::test]
async fn a_denial_names_the_action_to_allow() {
    let denied = || failing(400, "AccessDeniedException", "User: x is not authorized");
    let error = denied()
        .create_repository("shop", RepositoryOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "AWS denied `ecr:CreateRepository` on `{HOST}/shop`: AccessDeniedException (400): \
             User: x is not authorized"
        )
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.starts_with("allow `ecr:CreateRepository` on"),
        "{hint}"
    );
    let error = denied().image_digest("shop", "v1").await.unwrap_err();
    assert!(error.hint().unwrap().contains("`ecr:DescribeImages`"));
    let error = denied().authorization().await.unwrap_err();
    assert!(
        error
            .hint()
            .unwrap()
            .contains("`ecr:GetAuthorizationToken` on `*`")
    );
}

#[tokio::test]
async fn refused_credentials_lead_to_a_new_sign_in_or_to_the_clock() {
    for (code, message, expected) in [
        (
            "ExpiredTokenException",
            "The security token is expired",
            "aws sso login",
        ),
        (
            "UnrecognizedClientException",
            "The token is invalid",
            "aws sso login",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 1 is now earlier than 2",
            "clock",
        ),
    ] {
        let error = failing(400, code, message)
            .authorization()
            .await
            .unwrap_err();
        assert!(matches!(error, EcrError::Rejected { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .ends_with(&format!("{code} (400): {message}")),
            "{error}"
        );
        assert!(error.hint().unwrap().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn any_other_failure_keeps_status_code_and_message_within_bounds() {
    let error = failing(500, "ServerException", &"ü".repeat(100_000))
        .authorization()
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("ServerException (500): üü"), "{text}");
    assert!(text.len() < 2000, "{} bytes", text.len());
    assert_eq!(error.hint().as_deref(), Some("try again in some minutes"));
}

#[tokio::test]
async fn an_answer_that_ecr_would_not_give_says_its_status() {
    for (status, body, expected) in [
        (200, "{ not json", "(200): "),
        (403, "<html>a proxy says no</html>", "(403): "),
        (503, "", "(503): "),
    ] {
        let events = vec![ReplayEvent::new(
            HttpRequest::empty(),
            HttpResponse::new(status.try_into().unwrap(), body.into()),
        )];
        let ecr = ecr(config().http_client(StaticReplayClient::new(events)));
        let error = ecr.authorization().await.unwrap_err();
        let (text, start) = (
            error.to_string(),
            format!(
                "the answer to `ecr:GetAuthorizationToken` for `{HOST}` is none of ECR's {expected}"
            ),
        );
        let reason = text
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{text}"));
        assert!(!reason.is_empty());
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn a_short_failure_is_tried_again() {
    let replay = replay(&[
        (503, json!({ "__type": "ServerException" })),
        (200, token("AWS:pass")),
    ]);
    let retry = RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1));
    let ecr = ecr(config().retry_config(retry).http_client(replay.clone()));
    assert_eq!(ecr.authorization().await.unwrap().password(), "pass");
    assert_eq!(asked(&replay).len(), 2);
}

#[derive(Debug)]
struct Broken(fn() -> CredentialsError);

impl ProvideCredentials for Broken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(provider::Result::Err((self.0)()))
    }
}

#[tokio::test]
async fn missing_credentials_are_told_from_broken_ones() {
    let with = |error: fn() -> CredentialsError| {
        let config = config().credentials_provider(Broken(error));
        ecr(config.http_client(NeverClient::new()))
    };
    let error = with(|| CredentialsError::not_loaded("nothing in the chain"))
        .authorization()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no AWS credentials were found for `{HOST}`")
    );
    let hint = error.hint().unwrap();
    for part in [
        "AWS_ACCESS_KEY_ID",
        "~/.aws",
        "web identity",
        "ECS",
        "EC2",
        "aws sso login",
    ] {
        assert!(hint.contains(part), "{part}: {hint}");
    }
    let error = with(|| CredentialsError::provider_error("the SSO session has expired"))
        .authorization()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("could not be loaded"), "{error}");
    assert!(
        error.to_string().contains("the SSO session has expired"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("EC2"));
}

#[tokio::test]
async fn a_closed_port_is_unreachable_and_shows_no_secret() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = aws_smithy_http_client::Builder::new().build_http();
    let ecr = ecr(config()
        .endpoint_url(format!("http://{address}"))
        .http_client(client));
    let error = ecr.authorization().await.unwrap_err();
    assert!(matches!(error, EcrError::Unreachable { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(SECRET));
}

#[tokio::test]
async fn an_endpoint_that_is_no_address_is_a_wrong_setting() {
    let ecr = ecr(config()
        .endpoint_url("not an address")
        .http_client(NeverClient::new()));
    let error = ecr.authorization().await.unwrap_err();
    assert!(matches!(error, EcrError::Request { .. }), "{error:?}");
    assert!(error.to_string().contains("not an address"), "{error}");
    assert!(error.hint().unwrap().contains("AWS_ENDPOINT_URL"));
    assert!(!format!("{error:?} {error}").contains(SECRET));
}

#[tokio::test]
async fn the_public_registry_is_told_apart() {
    let error = Ecr::connect(&EcrHost::Public, None).await.err().unwrap();
    assert!(
        error
            .hint()
            .unwrap()
            .contains("aws ecr-public get-login-password")
    );
}
