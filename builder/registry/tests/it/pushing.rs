//! What a push sends, and in which order.

use std::collections::BTreeSet;

use wpimg_registry::{
    BlobOutcome,
    testing::{Behaviour, FakeRegistry, Fault, Mounts},
};

use crate::sample::{Heard, client, patient, request, single};

#[tokio::test]
async fn a_tag_comes_after_its_image_and_a_document_after_what_it_names() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("team/shop");
    let heard = Heard::default();
    let request = request(&repository, "shop", "1.0");
    let report = client(patient()).push(&request, &heard).await.unwrap();
    assert!(fake.is_complete("team/shop", "1.0"));
    assert_eq!(
        fake.tag("team/shop", "1.0"),
        report.root.as_ref().map(|root| root.digest)
    );
    assert_eq!(
        (
            report.blobs_sent,
            report.blobs_skipped,
            report.manifests_sent
        ),
        (5, 0, 3)
    );
    assert_eq!(report.tags_written, ["1.0"]);
    let puts: Vec<_> = fake
        .requests()
        .into_iter()
        .filter(|request| request.method == "PUT")
        .map(|request| request.path)
        .collect();
    let order: Vec<_> = puts
        .iter()
        .map(|path| path.contains("/manifests/"))
        .collect();
    assert_eq!(
        order,
        [false, false, false, false, false, true, true, true, true]
    );
    assert!(puts[8].ends_with("/manifests/1.0"), "{puts:?}");
    let sent: u64 = request_blobs(&fake);
    assert_eq!(report.bytes_sent, sent);
    assert_eq!(heard.finished.lock().unwrap().len(), 5);
    assert!(heard.retries.lock().unwrap().is_empty());
}

fn request_blobs(fake: &FakeRegistry) -> u64 {
    let uploads = fake
        .requests()
        .into_iter()
        .filter(|request| request.path.contains("/session-"));
    uploads.map(|request| request.body_length as u64).sum()
}

#[tokio::test]
async fn a_second_push_sends_nothing() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let request = request(&fake.repository("shop"), "shop", "1.0");
    let client = client(patient());
    client.push(&request, &()).await.unwrap();
    fake.clear_log();
    let report = client.push(&request, &()).await.unwrap();
    assert_eq!(
        (
            report.bytes_sent,
            report.blobs_skipped,
            report.manifests_skipped
        ),
        (0, 5, 3)
    );
    assert!(report.tags_written.is_empty());
    assert!(
        fake.requests()
            .iter()
            .all(|request| request.method == "HEAD")
    );
}

#[tokio::test]
async fn a_blob_the_registry_lost_is_sent_again() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let request = request(&fake.repository("shop"), "shop", "1.0");
    let client = client(patient());
    client.push(&request, &()).await.unwrap();
    let lost = *fake.blobs("shop").iter().next().unwrap();
    fake.remove_blob("shop", &lost);
    let report = client.push(&request, &()).await.unwrap();
    assert_eq!((report.blobs_sent, report.blobs_skipped), (1, 4));
    assert!(fake.is_complete("shop", "1.0"));
}

#[tokio::test]
async fn blobs_are_mounted_where_allowed_and_sent_where_not() {
    for (mounts, expected) in [
        (Mounts::Allowed, BlobOutcome::Mounted),
        (Mounts::Declined, BlobOutcome::Sent),
        (Mounts::Refused, BlobOutcome::Sent),
    ] {
        let behaviour = Behaviour {
            mounts,
            ..Behaviour::default()
        };
        let fake = FakeRegistry::start(behaviour).await;
        let client = client(patient());
        let (dev, prod) = (fake.repository("dev"), fake.repository("prod"));
        client
            .push(&request(&dev, "shop", "1.0"), &())
            .await
            .unwrap();
        fake.clear_log();
        let heard = Heard::default();
        let request = request(&prod, "shop", "1.0").mount_from(dev);
        client.push(&request, &heard).await.unwrap();
        assert!(fake.is_complete("prod", "1.0"));
        let finished = heard.finished.lock().unwrap();
        assert!(
            finished.iter().all(|(_, outcome)| *outcome == expected),
            "{mounts:?}"
        );
        let posts = fake
            .requests()
            .into_iter()
            .filter(|request| request.method == "POST")
            .count();
        // A session opened instead of a mount is used; after a refusal there is a new one.
        assert_eq!(posts, if mounts == Mounts::Refused { 10 } else { 5 });
    }
}

#[tokio::test]
async fn every_retry_of_an_upload_opens_a_new_session() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    let request = single(&repository, b"layer", "1.0");
    // HEAD tag, manifest and two blobs; then POST and PUT of each blob, one after the other.
    let options = wpimg_registry::ClientOptions {
        jobs: 1,
        ..patient()
    };
    for fault in [
        Fault::Reset,
        Fault::ResetInRequest,
        Fault::Status(503),
        Fault::Truncated,
    ] {
        fake.clear_log();
        for digest in fake.blobs("shop") {
            fake.remove_blob("shop", &digest);
        }
        fake.fail(5, fault);
        let heard = Heard::default();
        client(options.clone())
            .push(&request, &heard)
            .await
            .unwrap();
        let log = fake.requests();
        assert_eq!(log[5].method, "PUT", "{log:?}");
        let sessions: Vec<_> = log
            .iter()
            .filter(|request| request.path.contains("session-"))
            .map(|r| &r.path)
            .collect();
        let distinct: BTreeSet<_> = sessions.iter().collect();
        assert_eq!(distinct.len(), sessions.len(), "{fault:?}: {sessions:?}");
        assert_eq!(heard.retries.lock().unwrap().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_send_the_blob_twice() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    let options = wpimg_registry::ClientOptions {
        jobs: 1,
        ..patient()
    };
    fake.fail(5, Fault::ResetAfterEffect);
    client(options)
        .push(&single(&repository, b"layer", "1"), &())
        .await
        .unwrap();
    let puts = fake
        .requests()
        .into_iter()
        .filter(|request| request.path.contains("session-"));
    assert_eq!(puts.count(), 2);
}
