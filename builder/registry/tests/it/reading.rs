//! What is read is what was asked for, or an error.

use proptest::prelude::*;
use wpimg_oci::{digest::Digest, image::Descriptor, media_type};
use wpimg_registry::{
    RegistryError, Repository,
    testing::{Behaviour, FakeRegistry, Fault, Ranges},
};

use crate::sample::{Heard, PASSWORD, client, image, known_to, patient, request, root};

async fn start(behaviour: Behaviour) -> (FakeRegistry, Repository) {
    let fake = FakeRegistry::start(behaviour).await;
    let repository = fake.repository("shop");
    client(patient())
        .push(&request(&repository, "shop", "1"), &())
        .await
        .unwrap();
    (fake, repository)
}

#[tokio::test]
async fn an_image_is_found_by_tag_and_by_digest() {
    let (_fake, repository) = start(Behaviour::default()).await;
    let client = client(patient());
    let expected = image(&repository, "shop");
    let by_tag = client
        .manifest(&repository.at_tag("1").unwrap(), &[])
        .await
        .unwrap();
    assert_eq!(by_tag.descriptor.digest, root(&expected));
    assert_eq!(by_tag.descriptor.media_type, media_type::IMAGE_INDEX);
    let digest = repository.at_digest(root(&expected));
    assert_eq!(
        client
            .manifest(&digest, &[media_type::IMAGE_INDEX])
            .await
            .unwrap(),
        by_tag
    );
    assert_eq!(
        client.exists(&digest).await.unwrap(),
        Some(by_tag.descriptor)
    );
    assert_eq!(
        client
            .exists(&repository.at_tag("2").unwrap())
            .await
            .unwrap(),
        None
    );
    let error = client
        .manifest(&repository.at_tag("2").unwrap(), &[])
        .await
        .unwrap_err();
    assert!(matches!(error, RegistryError::NotFound { .. }), "{error:?}");
    let config = &expected.blobs()[0];
    let config = Descriptor::new(media_type::IMAGE_CONFIG, config.digest(), config.size());
    let bytes = client.blob_bytes(&repository, &config, 1000).await.unwrap();
    assert_eq!(Digest::of(&bytes), config.digest);
    assert!(client.blob_bytes(&repository, &config, 3).await.is_err());
}

#[tokio::test]
async fn a_blob_that_broke_off_is_continued_and_not_begun_again() {
    for (ranges, seen) in [(Ranges::Served, 206), (Ranges::Ignored, 200)] {
        let behaviour = Behaviour {
            ranges,
            ..Behaviour::default()
        };
        let (fake, repository) = start(behaviour).await;
        let content: Vec<u8> = (0..900_000_u32).map(|n| (n % 253) as u8).collect();
        fake.put_blob("shop", &content);
        let descriptor = Descriptor::of(media_type::LAYER_TAR, &content);
        fake.clear_log();
        fake.fail(0, Fault::Truncated);
        fake.fail(1, Fault::Truncated);
        let (mut bytes, heard) = (Vec::new(), Heard::default());
        let client = client(patient());
        client
            .blob(&repository, &descriptor, &mut bytes, &heard)
            .await
            .unwrap();
        assert!(bytes == content, "{seen}");
        assert_eq!(fake.requests().len(), 3);
        assert!(heard.advanced.lock().unwrap().is_sorted());
        assert_eq!(heard.retries.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_where_blobs_are_kept() {
    let storage = FakeRegistry::start(Behaviour::default()).await;
    let behaviour = Behaviour {
        blobs_at: Some(storage.base().to_owned()),
        ..Behaviour::ecr(PASSWORD, &["shop"])
    };
    let fake = FakeRegistry::start(behaviour).await;
    let content = b"kept elsewhere".repeat(1000);
    storage.put_blob("shop", &content);
    let descriptor = Descriptor::of(media_type::LAYER_TAR, &content);
    let client = client(known_to(&fake.host(), "AWS", patient()));
    storage.fail(0, Fault::Truncated);
    let mut bytes = Vec::new();
    let repository = fake.repository("shop");
    client
        .blob(&repository, &descriptor, &mut bytes, &())
        .await
        .unwrap();
    assert!(bytes == content);
    let seen = storage.requests();
    assert_eq!(seen.len(), 2);
    assert!(
        seen.iter().all(|request| request.authorization.is_none()),
        "{seen:?}"
    );
    assert!(
        fake.requests()
            .iter()
            .any(|request| request.authorization.is_some())
    );
}

#[tokio::test]
async fn other_bytes_under_a_digest_are_never_good() {
    let (fake, repository) = start(Behaviour::default()).await;
    let client = client(patient());
    let promised = Descriptor::of(media_type::LAYER_TAR, b"promised");
    for lie in [&b"promises"[..], b"promise", b"promised and more", b""] {
        fake.put_lie("shop", promised.digest, lie);
        let mut sink = Vec::new();
        let error = client
            .blob(&repository, &promised, &mut sink, &())
            .await
            .unwrap_err();
        let expected = matches!(
            error,
            RegistryError::WrongDigest { .. } | RegistryError::WrongSize { .. }
        );
        assert!(expected, "{error:?}");
        assert!(sink.len() <= 8);
    }
}

#[tokio::test]
async fn a_manifest_without_an_end_is_not_read_to_it() {
    let (fake, repository) = start(Behaviour::default()).await;
    let huge = vec![b' '; 5 * 1024 * 1024];
    fake.put_manifest("shop", "huge", media_type::IMAGE_INDEX, &huge);
    let reference = repository.at_tag("huge").unwrap();
    let error = client(patient())
        .manifest(&reference, &[])
        .await
        .unwrap_err();
    assert!(matches!(error, RegistryError::TooLarge { .. }), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_document_makes_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\{(\"(mediaType|manifests|layers|config|digest)\":(\\[\\]|1|\"x\"|\\{\\}),?){0,4}\\}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fake = FakeRegistry::start(Behaviour::default()).await;
            for document in [bytes.as_slice(), text.as_bytes()] {
                fake.put_manifest("shop", "1", media_type::IMAGE_INDEX, document);
                let reference = fake.repository("shop").at_tag("1").unwrap();
                let error = client(patient()).manifest(&reference, &[]).await.err();
                assert!(error.is_none_or(|error| error.to_string().len() < 1000));
            }
        });
    }
}
