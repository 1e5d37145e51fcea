//! Where the bytes of a push come from: large files, layouts, files that are not what they were.

use std::io::Write as _;

use wpimg_oci::{
    digest::Digest,
    layout::{Layout, LayoutWriter},
    manifest::Index,
    platform::Platform,
};
use wpimg_registry::{
    Blob, PushImage, PushRequest, RegistryError,
    testing::{Behaviour, FakeRegistry, Fault},
};

use crate::sample::{Heard, client, image, patient, root, single_image};

#[tokio::test]
async fn a_large_file_is_sent_in_one_put_and_its_progress_told() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    let digest = Digest::of(&content);
    let layer = Blob::file(digest, content.len() as u64, file.path());
    let image = single_image(&repository, layer);
    let heard = Heard::default();
    let request = PushRequest::new(image, repository).tag("1").unwrap();
    client(patient()).push(&request, &heard).await.unwrap();
    assert!(fake.is_complete("shop", "1"));
    let lengths = fake
        .requests()
        .into_iter()
        .filter(|request| request.path.contains("session-"));
    let mut lengths: Vec<_> = lengths.map(|request| request.body_length).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [2, 3_000_000]);
    let advanced = heard.advanced.lock().unwrap();
    let layer: Vec<_> = advanced
        .iter()
        .filter(|(of, _)| *of == digest)
        .map(|(_, n)| *n)
        .collect();
    assert!(layer.is_sorted(), "{layer:?}");
    assert!(
        *layer.last().unwrap() <= 3_000_000 && layer.len() > 1,
        "{layer:?}"
    );
}

#[tokio::test]
async fn an_upload_that_nobody_reads_is_begun_again() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    // More than the sockets between us can hold.
    let layer = Blob::bytes(vec![7; 48 << 20]);
    let request = PushRequest::new(single_image(&repository, layer), repository);
    let options = wpimg_registry::ClientOptions {
        jobs: 1,
        stall_timeout: std::time::Duration::from_millis(500),
        ..patient()
    };
    // HEAD of tag, manifest and two blobs, POST and PUT of the config, POST, and then the PUT.
    fake.fail(7, Fault::StalledInRequest);
    let heard = Heard::default();
    let request = request.tag("1").unwrap();
    client(options).push(&request, &heard).await.unwrap();
    assert!(fake.is_complete("shop", "1"));
    let retries = heard.retries.lock().unwrap();
    assert!(
        retries
            .iter()
            .any(|retry| retry.contains("was silent for 0.5 s")),
        "{retries:?}"
    );
}

#[tokio::test]
async fn a_layout_is_pushed_with_all_that_it_names() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    let image = image(&repository, "shop");
    let directory = tempfile::tempdir().unwrap();
    let mut writer = LayoutWriter::new();
    for platform in Platform::SUPPORTED {
        let architecture = platform.architecture();
        writer.add_blob(format!(r#"{{"architecture":"{architecture}","of":"shop"}}"#).into_bytes());
        writer.add_blob(format!("shop for {architecture}").repeat(20).into_bytes());
    }
    writer.add_blob("base layer of shop, shared".repeat(50).into_bytes());
    for document in image.manifests() {
        writer.add_blob(document.bytes().to_vec());
    }
    let index = Index::new(vec![image.root().unwrap().clone()]);
    let path = directory.path().join("layout");
    writer.write_directory(&index, &path).unwrap();
    let layout = Layout::open(&path).unwrap();
    let descriptor = layout.resolve(None).unwrap();
    let read = PushImage::from_layout(&layout, descriptor, &repository).unwrap();
    assert_eq!(read.root().map(|root| root.digest), Some(root(&image)));
    let request = PushRequest::new(read, repository).tag("1").unwrap();
    let report = client(patient()).push(&request, &()).await.unwrap();
    assert_eq!((report.blobs_sent, report.manifests_sent), (5, 3));
    assert!(fake.is_complete("shop", "1"));
}

#[tokio::test]
async fn a_file_that_changed_is_an_error_that_names_it() {
    let fake = FakeRegistry::start(Behaviour::default()).await;
    let repository = fake.repository("shop");
    let push = async |content: &[u8], promised: &[u8], size: u64| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let layer = Blob::file(Digest::of(promised), size, file.path());
        let request = PushRequest::new(single_image(&repository, layer), repository.clone());
        let request = request.tag("1").unwrap();
        client(patient()).push(&request, &()).await.unwrap_err()
    };
    let error = push(b"laye", b"layer", 5).await;
    assert!(
        matches!(error, RegistryError::SourceSize { actual: 4, .. }),
        "{error}"
    );
    let error = push(b"lager", b"layer", 5).await;
    let lager = Digest::of(b"lager");
    assert!(
        matches!(error, RegistryError::WrongDigest { actual, .. } if actual == lager),
        "{error}"
    );
    let missing = Blob::file(Digest::of(b"layer"), 5, "/nonexistent/layer");
    let request = PushRequest::new(single_image(&repository, missing), repository.clone());
    let error = client(patient())
        .push(&request.tag("1").unwrap(), &())
        .await
        .unwrap_err();
    assert!(matches!(error, RegistryError::Source { .. }), "{error}");
    assert!(
        error.to_string().contains("`/nonexistent/layer`"),
        "{error}"
    );
    assert_eq!(fake.tag("shop", "1"), None);
}
