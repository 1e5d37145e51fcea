//! The same against `docker-registry`, Debian's package of the distribution project's server.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use wpimg_oci::{image::Descriptor, media_type};
use wpimg_registry::{
    AttachRequest, Blob, ClientOptions, CopyRequest, Listing, RegistryError, Repository,
};

use crate::sample::{client, image, known_to, patient, request, root};

/// What `htpasswd -nbB AWS 'correct horse'` made.
const HTPASSWD: &str = "AWS:$2y$05$zujtM0tB4BhPwhkEpHrhxeKHGb6d7Cc7H5JSD9cybN2aqYuCQ.PH.\n";

struct Server {
    child: Child,
    address: SocketAddr,
    _directory: TempDir,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Open,
    Password,
}

impl Server {
    async fn start(access: Access) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let storage = directory.path().join("storage");
        let passwords = directory.path().join("htpasswd");
        fs::write(&passwords, HTPASSWD).unwrap();
        let mut config = format!(
            "version: 0.1\nlog: {{level: warn}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n\
             http: {{addr: \"{address}\"}}\n",
            storage.display()
        );
        if access == Access::Password {
            let passwords = passwords.display();
            let auth = format!("auth: {{htpasswd: {{realm: test, path: {passwords}}}}}\n");
            config.push_str(&auth);
        }
        let path = directory.path().join("config.yml");
        fs::write(&path, config).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!("`docker-registry` is needed here ({error}): apt-get install docker-registry")
        });
        wait_for(address, &mut child).await;
        Self {
            child,
            address,
            _directory: directory,
        }
    }

    fn host(&self) -> String {
        self.address.to_string()
    }

    fn repository(&self, name: &str) -> Repository {
        format!("{}/{name}", self.address).parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Waits until the server answers, or says why it does not.
async fn wait_for(address: SocketAddr, child: &mut Child) {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return;
        }
        if child.try_wait().unwrap().is_some() {
            let lines = BufReader::new(child.stderr.take().unwrap()).lines();
            let lines: Vec<_> = lines.map_while(Result::ok).collect();
            panic!("`docker-registry` ended: {}", lines.join("\n"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("`docker-registry` does not listen on {address}");
}

fn calm() -> ClientOptions {
    patient()
}

#[tokio::test]
async fn a_real_registry_takes_an_image_and_gives_it_back() {
    for access in [Access::Open, Access::Password] {
        let server = Server::start(access).await;
        let repository = server.repository("team/shop");
        let client = client(known_to(&server.host(), "AWS", calm()));
        let pushed = request(&repository, "shop", "1.0").tag("latest").unwrap();
        let report = client.push(&pushed, &()).await.unwrap();
        assert_eq!((report.blobs_sent, report.manifests_sent), (5, 3));
        assert_eq!(report.tags_written, ["1.0", "latest"]);
        let again = client.push(&pushed, &()).await.unwrap();
        assert_eq!(
            (
                again.bytes_sent,
                again.blobs_skipped,
                again.manifests_skipped
            ),
            (0, 5, 3)
        );
        let expected = image(&repository, "shop");
        let found = client
            .manifest(&repository.at_tag("latest").unwrap(), &[])
            .await
            .unwrap();
        assert_eq!(found.descriptor.digest, root(&expected));
        for blob in expected.blobs() {
            let descriptor = Descriptor::new(media_type::LAYER_TAR, blob.digest(), blob.size());
            let mut bytes = Vec::new();
            client
                .blob(&repository, &descriptor, &mut bytes, &())
                .await
                .unwrap();
            assert_eq!(bytes.len() as u64, blob.size());
        }
        let moved = client
            .push(&request(&repository, "other", "latest"), &())
            .await
            .unwrap();
        assert_eq!(moved.tags_written, ["latest"]);
    }
}

#[tokio::test]
async fn a_real_registry_mounts_what_is_promoted() {
    let server = Server::start(Access::Open).await;
    let client = client(calm());
    let (dev, prod) = (
        server.repository("dev/shop"),
        server.repository("prod/shop"),
    );
    client
        .push(&request(&dev, "shop", "1.0"), &())
        .await
        .unwrap();
    let spool = tempfile::tempdir().unwrap();
    let copy = CopyRequest {
        from: dev.at_tag("1.0").unwrap(),
        to: prod.clone(),
        tags: vec!["live".to_owned()],
        spool: spool.path().to_owned(),
    };
    let report = client.copy(&copy, &()).await.unwrap();
    assert_eq!((report.blobs_mounted, report.bytes_sent), (5, 0));
    let live = client
        .exists(&prod.at_tag("live").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(live.digest, root(&image(&dev, "shop")));
}

#[tokio::test]
async fn a_real_registry_without_a_list_of_artifacts_gets_the_fallback_tag() {
    let server = Server::start(Access::Open).await;
    let client = client(calm());
    let repository = server.repository("shop");
    client
        .push(&request(&repository, "shop", "1.0"), &())
        .await
        .unwrap();
    let subject = image(&repository, "shop").root().unwrap().clone();
    for content in ["one", "two"] {
        let attach = AttachRequest {
            repository: repository.clone(),
            subject: subject.clone(),
            artifact_type: "application/spdx+json".to_owned(),
            layers: vec![("application/spdx+json".to_owned(), Blob::bytes(content))],
            annotations: std::collections::BTreeMap::new(),
        };
        let attached = client.attach(&attach, &()).await.unwrap();
        assert_eq!(attached.listing, Listing::Tag);
    }
    assert_eq!(
        client
            .referrers(&repository, subject.digest)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_real_registry_refuses_strangers() {
    let server = Server::start(Access::Password).await;
    let repository = server.repository("shop");
    let wanted = request(&repository, "shop", "1.0");
    let error = client(calm()).push(&wanted, &()).await.unwrap_err();
    assert!(
        matches!(error, RegistryError::CredentialsMissing { .. }),
        "{error:?}"
    );
    let stranger = client(known_to(&server.host(), "stranger", calm()));
    let error = stranger.push(&wanted, &()).await.unwrap_err();
    assert!(
        matches!(error, RegistryError::Unauthorized { .. }),
        "{error:?}"
    );
    let missing = Repository::at_tag(&server.repository("nothing"), "1").unwrap();
    let known = client(known_to(&server.host(), "AWS", calm()));
    let error = known.manifest(&missing, &[]).await.unwrap_err();
    let expected = matches!(
        error,
        RegistryError::RepositoryUnknown { .. } | RegistryError::NotFound { .. }
    );
    assert!(expected, "{error:?}");
}
