//! Artifacts attached to an image, with and without the registry's help.

use std::collections::BTreeMap;

use wpimg_oci::image::Descriptor;
use wpimg_registry::{
    AttachRequest, Blob, Listing, Registry, Repository,
    testing::{Behaviour, FakeRegistry, Fault, Referrers},
};

use crate::sample::{client, image, patient, request};

const BILL: &str = "application/vnd.cyclonedx+json";

fn bill(repository: &Repository, subject: &Descriptor, content: &'static str) -> AttachRequest {
    AttachRequest {
        repository: repository.clone(),
        subject: subject.clone(),
        artifact_type: BILL.to_owned(),
        layers: vec![(BILL.to_owned(), Blob::bytes(content))],
        annotations: BTreeMap::from([("org.example.of".to_owned(), content.to_owned())]),
    }
}

async fn start(referrers: Referrers) -> (FakeRegistry, Registry, Repository, Descriptor) {
    let behaviour = Behaviour {
        referrers,
        ..Behaviour::default()
    };
    let fake = FakeRegistry::start(behaviour).await;
    let client = client(patient());
    let repository = fake.repository("shop");
    client
        .push(&request(&repository, "shop", "1"), &())
        .await
        .unwrap();
    let subject = image(&repository, "shop").root().unwrap().clone();
    (fake, client, repository, subject)
}

#[tokio::test]
async fn what_is_attached_is_listed_either_way() {
    for (referrers, listing) in [
        (Referrers::Listed, Listing::Registry),
        (Referrers::Absent, Listing::Tag),
    ] {
        let (fake, client, repository, subject) = start(referrers).await;
        assert_eq!(
            client.referrers(&repository, subject.digest).await.unwrap(),
            []
        );
        let mut expected = Vec::new();
        for content in ["one", "two", "one"] {
            let attached = client
                .attach(&bill(&repository, &subject, content), &())
                .await
                .unwrap();
            assert_eq!(attached.listing, listing);
            expected.push(attached.descriptor.digest);
        }
        assert_eq!(expected[0], expected[2]);
        let listed = client.referrers(&repository, subject.digest).await.unwrap();
        let digests: std::collections::BTreeSet<_> = listed.iter().map(|one| one.digest).collect();
        assert_eq!((listed.len(), digests), (2, expected.into_iter().collect()));
        assert!(
            listed
                .iter()
                .all(|one| one.artifact_type.as_deref() == Some(BILL))
        );
        assert!(
            listed
                .iter()
                .any(|one| one.annotations["org.example.of"] == "two")
        );
        let tag = format!("sha256-{}", subject.digest.hex());
        assert_eq!(fake.tag("shop", &tag).is_some(), listing == Listing::Tag);
    }
}

#[tokio::test]
async fn entries_of_others_survive_under_the_fallback_tag() {
    let (fake, client, repository, subject) = start(Referrers::Absent).await;
    let tag = format!("sha256-{}", subject.digest.hex());
    let foreign = image(&repository, "shop").manifests()[0]
        .descriptor()
        .clone();
    let index = wpimg_oci::manifest::Index::new(vec![foreign.clone()])
        .to_bytes()
        .unwrap();
    fake.put_manifest(
        "shop",
        &tag,
        "application/vnd.oci.image.index.v1+json",
        &index,
    );
    client
        .attach(&bill(&repository, &subject, "mine"), &())
        .await
        .unwrap();
    let listed = client.referrers(&repository, subject.digest).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].digest, foreign.digest);
}

#[tokio::test]
async fn a_fallback_tag_that_is_something_else_is_left_alone() {
    let (fake, client, repository, subject) = start(Referrers::Absent).await;
    let tag = format!("sha256-{}", subject.digest.hex());
    let other = fake.put_manifest("shop", &tag, "application/json", br#"{"mediaType":"x"}"#);
    assert!(
        client
            .attach(&bill(&repository, &subject, "mine"), &())
            .await
            .is_err()
    );
    assert_eq!(fake.tag("shop", &tag), Some(other));
}

#[tokio::test]
async fn two_writers_lose_nothing_of_each_other() {
    let (_fake, client, repository, subject) = start(Referrers::Absent).await;
    let attach = |content| {
        let request = bill(&repository, &subject, content);
        let client = client.clone();
        async move { client.attach(&request, &()).await }
    };
    let (one, two) = tokio::join!(attach("one"), attach("two"));
    let (one, two) = (
        one.unwrap().descriptor.digest,
        two.unwrap().descriptor.digest,
    );
    let listed = client.referrers(&repository, subject.digest).await.unwrap();
    let found = |digest| listed.iter().any(|known| known.digest == digest);
    assert!(found(one) && found(two), "{listed:?}");
}

#[tokio::test]
async fn faults_while_attaching_lose_nothing() {
    for fault in [
        Fault::Reset,
        Fault::ResetAfterEffect,
        Fault::Status(500),
        Fault::Truncated,
    ] {
        for index in 0..14 {
            let (fake, client, repository, subject) = start(Referrers::Absent).await;
            client
                .attach(&bill(&repository, &subject, "one"), &())
                .await
                .unwrap();
            fake.clear_log();
            fake.fail(index, fault);
            client
                .attach(&bill(&repository, &subject, "two"), &())
                .await
                .unwrap();
            let listed = client.referrers(&repository, subject.digest).await.unwrap();
            assert_eq!(listed.len(), 2, "{fault:?} at {index}");
        }
    }
}
