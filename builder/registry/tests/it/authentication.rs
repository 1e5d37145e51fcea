//! Tokens, passwords, and what Docker left of them.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wpimg_registry::{
    ClientOptions, CredentialSource as _, Credentials, DockerConfig, RegistryError,
    credentials::ForHost,
    testing::{Authentication, Behaviour, FakeRegistry, Fault},
};

use crate::sample::{PASSWORD, client, known_to, patient, request};

fn bearer() -> Behaviour {
    Behaviour {
        authentication: Authentication::Bearer {
            user: "me".to_owned(),
            password: PASSWORD.to_owned(),
        },
        ..Behaviour::default()
    }
}

#[tokio::test]
async fn one_token_serves_all_requests_of_its_scope() {
    let fake = FakeRegistry::start(bearer()).await;
    let client = client(known_to(&fake.host(), "me", patient()));
    client
        .push(&request(&fake.repository("team/shop"), "shop", "1"), &())
        .await
        .unwrap();
    assert!(fake.is_complete("team/shop", "1"));
    let log = fake.requests();
    let tokens = log
        .iter()
        .filter(|request| request.path == "/token")
        .count();
    // One to look, one to write.
    assert!(tokens <= 2, "{tokens} tokens were fetched");
    assert!(tokens >= 1);
    let with_password = log.iter().filter(|request| {
        let given = request.authorization.as_deref().unwrap_or_default();
        given.starts_with("Basic") && request.path != "/token"
    });
    assert_eq!(with_password.count(), 0);
}

#[tokio::test]
async fn a_mount_asks_for_access_to_both_repositories() {
    let fake = FakeRegistry::start(bearer()).await;
    let client = client(known_to(&fake.host(), "me", patient()));
    client
        .push(&request(&fake.repository("dev"), "shop", "1"), &())
        .await
        .unwrap();
    let wanted = request(&fake.repository("prod"), "shop", "1").mount_from(fake.repository("dev"));
    let report = client.push(&wanted, &()).await.unwrap();
    assert_eq!((report.blobs_mounted, report.blobs_sent), (5, 0));
}

#[tokio::test]
async fn without_a_name_one_can_read_but_not_write() {
    let fake = FakeRegistry::start(bearer()).await;
    let repository = fake.repository("shop");
    let pushed = request(&repository, "shop", "1");
    client(known_to(&fake.host(), "me", patient()))
        .push(&pushed, &())
        .await
        .unwrap();
    let nobody = client(patient());
    let tag = repository.at_tag("1").unwrap();
    assert!(nobody.manifest(&tag, &[]).await.is_ok());
    let error = nobody
        .push(&request(&repository, "other", "1"), &())
        .await
        .unwrap_err();
    assert!(
        matches!(error, RegistryError::Unauthorized { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_for_long() {
    for behaviour in [bearer(), Behaviour::ecr("another", &["shop"])] {
        let fake = FakeRegistry::start(behaviour).await;
        let client = client(known_to(&fake.host(), "somebody", patient()));
        let tag = fake.repository("shop").at_tag("1").unwrap();
        let error = client.manifest(&tag, &[]).await.unwrap_err();
        assert!(
            matches!(error, RegistryError::Unauthorized { .. }),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains(PASSWORD));
        assert!(fake.requests().len() <= 3, "{:?}", fake.requests());
    }
}

#[tokio::test]
async fn a_registry_that_wants_a_name_says_so() {
    let fake = FakeRegistry::start(Behaviour::ecr("x", &["shop"])).await;
    let tag = fake.repository("shop").at_tag("1").unwrap();
    let error = client(patient()).manifest(&tag, &[]).await.unwrap_err();
    assert!(
        matches!(error, RegistryError::CredentialsMissing { .. }),
        "{error:?}"
    );
    let hint = error.hint().unwrap();
    assert!(hint.contains("docker login"), "{hint}");
}

#[tokio::test]
async fn a_busy_token_service_is_asked_again() {
    let fake = FakeRegistry::start(bearer()).await;
    fake.put_blob("shop", b"layer");
    fake.fail(1, Fault::Status(503));
    let client = client(known_to(&fake.host(), "me", patient()));
    let pushed = request(&fake.repository("shop"), "shop", "1");
    client.push(&pushed, &()).await.unwrap();
    assert_eq!(fake.requests()[1].path, "/token");
    assert_eq!(fake.requests()[2].path, "/token");
}

#[tokio::test]
async fn an_identity_token_is_exchanged_for_a_bearer_token() {
    let fake = FakeRegistry::start(bearer()).await;
    let options = ClientOptions {
        credentials: Arc::new(ForHost {
            host: fake.host(),
            credentials: Credentials::identity_token(PASSWORD),
        }),
        ..patient()
    };
    let pushed = request(&fake.repository("shop"), "shop", "1");
    client(options).push(&pushed, &()).await.unwrap();
    let log = fake.requests();
    let token = log.iter().find(|request| request.path == "/token").unwrap();
    assert_eq!(
        (token.method.as_str(), token.authorization.as_deref()),
        ("POST", None)
    );
}

#[tokio::test]
async fn dockers_file_opens_a_registry() {
    let fake = FakeRegistry::start(Behaviour::ecr(PASSWORD, &["shop"])).await;
    let auth = STANDARD.encode(format!("AWS:{PASSWORD}"));
    let config = config(&format!(
        r#"{{"auths":{{"{}":{{"auth":"{auth}"}}}}}}"#,
        fake.host()
    ));
    let options = ClientOptions {
        credentials: Arc::new(config),
        ..patient()
    };
    let pushed = request(&fake.repository("shop"), "shop", "1");
    client(options).push(&pushed, &()).await.unwrap();
    assert!(fake.is_complete("shop", "1"));
}

fn config(text: &str) -> DockerConfig {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    fs::write(&path, text).unwrap();
    DockerConfig::read(&path).unwrap()
}

#[tokio::test]
async fn every_kind_of_entry_in_dockers_file_is_understood() {
    let secret = STANDARD.encode("me:a:b\0\0");
    let unpadded = STANDARD.encode("me:ab").trim_end_matches('=').to_owned();
    let config = config(&format!(
        r#"{{"auths":{{
            "https://index.docker.io/v1/":{{"auth":"{secret}"}},
            "https://a.example/v2/":{{"auth":"{unpadded}"}},
            "b.example":{{"identitytoken":"id","auth":"{secret}"}},
            "c.example":{{"registrytoken":"token"}},
            "d.example":{{"username":"me","password":"pw"}},
            "e.example":{{"auth":"bm9jb2xvbg=="}},
            "f.example":{{}}
        }},"HttpHeaders":{{"X":"y"}}}}"#
    ));
    let of = async |host| config.credentials(host).await;
    assert_eq!(
        of("docker.io").await.unwrap(),
        Some(Credentials::basic("me", "a:b"))
    );
    assert_eq!(
        of("a.example").await.unwrap(),
        Some(Credentials::basic("me", "ab"))
    );
    assert_eq!(
        of("b.example").await.unwrap(),
        Some(Credentials::identity_token("id"))
    );
    assert_eq!(
        of("c.example").await.unwrap(),
        Some(Credentials::bearer_token("token"))
    );
    assert_eq!(
        of("d.example").await.unwrap(),
        Some(Credentials::basic("me", "pw"))
    );
    assert_eq!(of("f.example").await.unwrap(), None);
    assert_eq!(of("unknown.example").await.unwrap(), None);
    let error = of("e.example").await.unwrap_err();
    assert!(error.to_string().contains("`e.example`"), "{error}");
    assert!(!error.to_string().contains("nocolon"), "{error}");
}

#[test]
fn a_broken_file_says_where_and_nothing_of_what_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    fs::write(&path, r#"{"auths":{"a.example":"hunter2"}}"#).unwrap();
    let error = DockerConfig::read(&path).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    assert!(DockerConfig::read(&directory.path().join("missing.json")).is_ok());
}

fn helper(directory: &Path, name: &str, script: &str) {
    let path = directory.join(format!("docker-credential-{name}"));
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn credential_helpers_are_asked_and_their_failures_named() {
    let directory = tempfile::tempdir().unwrap();
    let own =
        r#"read host; echo "{\"ServerURL\":\"$host\",\"Username\":\"u-$host\",\"Secret\":\"s\"}""#;
    helper(directory.path(), "own", own);
    helper(
        directory.path(),
        "token",
        r#"echo '{"Username":"<token>","Secret":"id"}'"#,
    );
    helper(
        directory.path(),
        "empty",
        "echo 'credentials not found in native keychain'; exit 1",
    );
    helper(
        directory.path(),
        "broken",
        "echo 'the key ring is locked'; exit 1",
    );
    helper(directory.path(), "liar", "echo '{}'");
    helper(directory.path(), "slow", "exec /bin/sleep 60");
    helper(directory.path(), "endless", "exec /bin/cat /dev/zero");
    let auth = STANDARD.encode("me:pw");
    let config = config(&format!(
        r#"{{"credsStore":"empty","auths":{{"file.example":{{"auth":"{auth}"}}}},"credHelpers":{{
            "a.example":"own","b.example":"token","c.example":"broken","d.example":"liar",
            "e.example":"slow","f.example":"missing","g.example":"../own","h.example":"endless",
            "docker.io":"own"}}}}"#
    ));
    let config = config
        .with_search_path(directory.path())
        .with_patience(Duration::from_secs(5));
    let of = async |host| config.credentials(host).await;
    assert_eq!(
        of("a.example").await.unwrap(),
        Some(Credentials::basic("u-a.example", "s"))
    );
    assert_eq!(
        of("b.example").await.unwrap(),
        Some(Credentials::identity_token("id"))
    );
    assert_eq!(
        of("file.example").await.unwrap(),
        Some(Credentials::basic("me", "pw"))
    );
    assert_eq!(of("unknown.example").await.unwrap(), None);
    let hub = Credentials::basic("u-https://index.docker.io/v1/", "s");
    assert_eq!(of("docker.io").await.unwrap(), Some(hub));
    for (host, expected) in [
        (
            "c.example",
            "`docker-credential-broken` failed: the key ring is locked",
        ),
        (
            "d.example",
            "`docker-credential-liar` gave an answer that cannot be used",
        ),
        ("e.example", "`docker-credential-slow` gave no answer"),
        ("f.example", "`docker-credential-missing` could not be run"),
        ("g.example", "`../own` is not a name"),
        ("h.example", "`docker-credential-endless`"),
    ] {
        let error = of(host).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{host}: {error}");
    }
}
