//! Registries that are not quite the specification's, ECR above all.

use wpimg_registry::{
    Attempt, RegistryError,
    testing::{Behaviour, FakeRegistry, Tags},
};

use crate::sample::{PASSWORD, client, image, known_to, options, patient, request, root};

#[tokio::test]
async fn ecr_gets_what_it_needs() {
    let fake = FakeRegistry::start(Behaviour::ecr(PASSWORD, &["prod/shop"])).await;
    let repository = fake.repository("prod/shop");
    let client = client(known_to(&fake.host(), "AWS", patient()));
    let first = request(&repository, "shop", "1.0");
    client.push(&first, &()).await.unwrap();
    assert!(fake.is_complete("prod/shop", "1.0"));
    assert!(
        fake.requests()
            .iter()
            .all(|request| request.method != "PATCH")
    );
    // The same image under its immutable tag is success.
    client.push(&first, &()).await.unwrap();
    // Another one is not, and says which image the tag names.
    let error = client
        .push(&request(&repository, "other", "1.0"), &())
        .await
        .unwrap_err();
    let old = root(&image(&repository, "shop"));
    assert!(
        matches!(&error, RegistryError::TagImmutable { existing: Some(digest), .. } if *digest == old),
        "{error}"
    );
    assert_eq!(fake.tag("prod/shop", "1.0"), Some(old));
    let missing = request(&fake.repository("prod/nothing"), "shop", "1.0");
    let error = client.push(&missing, &()).await.unwrap_err();
    assert!(
        matches!(error, RegistryError::RepositoryUnknown { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_tag_that_somebody_else_just_gave_to_the_same_image_is_success() {
    let behaviour = Behaviour {
        tags: Tags::Immutable,
        ..Behaviour::default()
    };
    let fake = FakeRegistry::start(behaviour).await;
    let client = client(patient());
    let request = request(&fake.repository("shop"), "shop", "1.0");
    let plan = client.push_plan(&request, &()).await.unwrap();
    client.push(&request, &()).await.unwrap();
    // The plan knows nothing of the other push and writes the tag.
    let report = client.perform(&request, &plan, &()).await.unwrap();
    assert!(report.tags_written.is_empty());
}

#[tokio::test]
async fn registries_that_answer_in_their_own_words_are_understood() {
    for (session_status, upload_status) in [(202, 202), (202, 204), (201, 201)] {
        let behaviour = Behaviour {
            session_status,
            upload_status,
            ..Behaviour::default()
        };
        let fake = FakeRegistry::start(behaviour).await;
        let request = request(&fake.repository("shop"), "shop", "1.0");
        client(patient()).push(&request, &()).await.unwrap();
        assert!(fake.is_complete("shop", "1.0"));
    }
}

#[tokio::test]
async fn credentials_do_not_go_to_the_foreign_host_of_a_session() {
    // The host that keeps the uploads asks nobody for a name, and so sees whether one came along.
    let storage = FakeRegistry::start(Behaviour::default()).await;
    let behaviour = Behaviour {
        uploads_at: Some(storage.base().to_owned()),
        ..Behaviour::ecr(PASSWORD, &["shop"])
    };
    let fake = FakeRegistry::start(behaviour).await;
    let client = client(known_to(&fake.host(), "AWS", options(1)));
    let request = request(&fake.repository("shop"), "shop", "1.0");
    let error = client.push(&request, &()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            RegistryError::GaveUp {
                source: Attempt::Status { .. },
                ..
            }
        ),
        "{error:?}"
    );
    let seen = storage.requests();
    assert!(!seen.is_empty());
    assert!(
        seen.iter().all(|request| request.authorization.is_none()),
        "{seen:?}"
    );
    let asked = fake.requests();
    assert!(asked.iter().any(|request| request.authorization.is_some()));
    assert_eq!(fake.tag("shop", "1.0"), None);
}

#[tokio::test]
async fn an_absolute_address_of_the_registry_itself_gets_credentials() {
    let behaviour = Behaviour {
        uploads_at: Some(String::new()),
        ..Behaviour::ecr(PASSWORD, &["shop"])
    };
    let fake = FakeRegistry::start(behaviour).await;
    let client = client(known_to(&fake.host(), "AWS", patient()));
    client
        .push(&request(&fake.repository("shop"), "shop", "1.0"), &())
        .await
        .unwrap();
    assert!(fake.is_complete("shop", "1.0"));
}

#[tokio::test]
async fn an_emulator_serves_the_hosts_it_is_named_for() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let mut options = patient();
    options
        .endpoints
        .insert(host.to_owned(), fake.base().parse().unwrap());
    let repository = format!("{host}/shop").parse().unwrap();
    client(options)
        .push(&request(&repository, "shop", "1.0"), &())
        .await
        .unwrap();
    assert!(fake.is_complete("shop", "1.0"));
}

#[tokio::test]
async fn an_error_and_its_hint_say_what_to_do() {
    let fake = FakeRegistry::start(Behaviour::ecr("another", &["shop"])).await;
    let mut options = known_to("1.dkr.ecr.eu-west-1.amazonaws.com", "AWS", patient());
    options.endpoints.insert(
        "1.dkr.ecr.eu-west-1.amazonaws.com".to_owned(),
        fake.base().parse().unwrap(),
    );
    let repository = "1.dkr.ecr.eu-west-1.amazonaws.com/shop".parse().unwrap();
    let error = client(options)
        .push(&request(&repository, "shop", "1"), &())
        .await
        .unwrap_err();
    let text = format!("{error}\n{error:?}\n{}", error.hint().unwrap());
    assert!(
        !text.contains(PASSWORD) && !text.contains("Basic "),
        "{text}"
    );
    insta::assert_snapshot!(error, @"registry `1.dkr.ecr.eu-west-1.amazonaws.com` refused the credentials for manifest `1` in `1.dkr.ecr.eu-west-1.amazonaws.com/shop`");
    insta::assert_snapshot!(error.hint().unwrap(), @"the ECR token lasts 12 hours and belongs to one account and region: run `aws sts get-caller-identity` to see who you are, then push again");
}
