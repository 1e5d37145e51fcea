//! Promotion: from one repository, or one registry, to another.

use wpimg_registry::{
    CopyRequest, RegistryError,
    testing::{Behaviour, FakeRegistry, Fault, Mounts},
};

use crate::sample::{PASSWORD, client, image, known_to, patient, request, root};

#[tokio::test]
async fn within_a_registry_nothing_is_sent_where_mounts_are_allowed() {
    for (mounts, mounted) in [(Mounts::Allowed, 5), (Mounts::Declined, 0)] {
        let behaviour = Behaviour {
            mounts,
            ..Behaviour::default()
        };
        let fake = FakeRegistry::start(behaviour).await;
        let client = client(patient());
        client
            .push(&request(&fake.repository("dev"), "shop", "1"), &())
            .await
            .unwrap();
        let spool = tempfile::tempdir().unwrap();
        let copy = CopyRequest {
            from: fake.repository("dev").at_tag("1").unwrap(),
            to: fake.repository("prod"),
            tags: vec!["live".to_owned()],
            spool: spool.path().to_owned(),
        };
        let report = client.copy(&copy, &()).await.unwrap();
        assert_eq!(
            (report.blobs_mounted, report.blobs_sent),
            (mounted, 5 - mounted)
        );
        assert!(fake.is_complete("prod", "live"));
        assert_eq!(fake.tag("prod", "live"), fake.tag("dev", "1"));
        assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn between_registries_every_byte_is_verified_on_its_way() {
    let source = FakeRegistry::start(Behaviour::default()).await;
    let target = FakeRegistry::start(Behaviour::ecr(PASSWORD, &["prod"])).await;
    let client = client(known_to(&target.host(), "AWS", patient()));
    client
        .push(&request(&source.repository("dev"), "shop", "1"), &())
        .await
        .unwrap();
    let spool = tempfile::tempdir().unwrap();
    let copy = CopyRequest {
        from: source.repository("dev").at_tag("1").unwrap(),
        to: target.repository("prod"),
        tags: vec!["live".to_owned()],
        spool: spool.path().to_owned(),
    };
    source.fail(5, Fault::Truncated);
    let report = client.copy(&copy, &()).await.unwrap();
    assert_eq!(report.blobs_sent, 5);
    assert!(target.is_complete("prod", "live"));
    let again = client.copy(&copy, &()).await.unwrap();
    assert_eq!((again.blobs_skipped, again.bytes_sent), (5, 0));
}

#[tokio::test]
async fn a_damaged_source_does_not_become_a_damaged_copy() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let target = FakeRegistry::start(Behaviour::default()).await;
    let client = client(patient());
    let repository = fake.repository("dev");
    client
        .push(&request(&repository, "shop", "1"), &())
        .await
        .unwrap();
    let image = image(&repository, "shop");
    let blob = &image.blobs()[0];
    let size = usize::try_from(blob.size()).unwrap();
    fake.put_lie("dev", blob.digest(), &vec![0; size]);
    let spool = tempfile::tempdir().unwrap();
    let copy = CopyRequest {
        from: repository.at_digest(root(&image)),
        to: target.repository("prod"),
        tags: vec!["live".to_owned()],
        spool: spool.path().to_owned(),
    };
    let error = client.copy(&copy, &()).await.unwrap_err();
    assert!(
        matches!(error, RegistryError::WrongDigest { .. }),
        "{error}"
    );
    assert_eq!(target.tag("prod", "live"), None);
    let nowhere = CopyRequest {
        spool: "/nonexistent".into(),
        ..copy
    };
    let error = client.copy(&nowhere, &()).await.unwrap_err();
    assert!(matches!(error, RegistryError::Spool { .. }), "{error}");
}
