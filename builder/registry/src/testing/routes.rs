//! The protocol: a request and the store give an answer.

use serde_json::Value;
use wpimg_oci::digest::Digest;

use super::{
    Behaviour, Fault, Mounts, Ranges, Referrers, Tags, gate,
    store::{Manifest, Session, Store},
    wire::{Answer, Request},
};

/// Carries a request out.
pub(super) fn answer(
    behaviour: &Behaviour,
    store: &mut Store,
    request: &Request,
    base: &str,
    fault: Option<Fault>,
) -> Answer {
    if request.path == "/token" {
        return gate::token(&behaviour.authentication, request);
    }
    if let Some(refusal) = gate::refuse(&behaviour.authentication, request, base) {
        return refusal;
    }
    let Some((name, kind, rest)) = split(&request.path) else {
        return Answer::error(404, "UNSUPPORTED");
    };
    if let Some(known) = &behaviour.repositories {
        if !known.iter().any(|known| known == name) {
            return Answer::error(404, "NAME_UNKNOWN");
        }
        store.repositories.entry(name.to_owned()).or_default();
    }
    match (request.method.as_str(), kind) {
        ("GET" | "HEAD", "manifests") => get_manifest(store, name, rest),
        ("PUT", "manifests") => put_manifest(behaviour, store, name, rest, request),
        ("POST", "uploads") => open(behaviour, store, name, request, base, fault),
        ("PUT", "uploads") => finish(behaviour, store, name, rest, request),
        ("GET" | "HEAD", "blobs") => get_blob(behaviour, store, name, rest, request),
        ("GET", "referrers") => referrers(behaviour, store, name, rest),
        _ => Answer::error(405, "UNSUPPORTED"),
    }
}

/// Splits `/v2/<name>/<kind>/<rest>`.
fn split(path: &str) -> Option<(&str, &'static str, &str)> {
    let path = path.strip_prefix("/v2/")?;
    let kinds = [
        ("/blobs/uploads/", "uploads"),
        ("/blobs/", "blobs"),
        ("/manifests/", "manifests"),
        ("/referrers/", "referrers"),
    ];
    kinds.into_iter().find_map(|(mark, kind)| {
        let (name, rest) = path.split_once(mark)?;
        Some((name, kind, rest))
    })
}

fn get_manifest(store: &Store, name: &str, identifier: &str) -> Answer {
    let found = store
        .repositories
        .get(name)
        .and_then(|known| known.manifest(identifier));
    match found {
        Some((digest, manifest)) => Answer::new(200)
            .header("content-type", &manifest.media_type)
            .header("docker-content-digest", &digest)
            .body(manifest.bytes.clone()),
        None => Answer::error(404, "MANIFEST_UNKNOWN"),
    }
}

/// No `Location` in the answer: ECR sends none.
fn put_manifest(
    behaviour: &Behaviour,
    store: &mut Store,
    name: &str,
    identifier: &str,
    request: &Request,
) -> Answer {
    let repository = store.repositories.entry(name.to_owned()).or_default();
    let digest = Digest::of(&request.body);
    if let Ok(named) = identifier.parse::<Digest>() {
        if named != digest {
            return Answer::error(400, "DIGEST_INVALID");
        }
    } else if behaviour.tags == Tags::Immutable && repository.tags.contains_key(identifier) {
        return Answer::error(400, "TAG_INVALID");
    }
    if repository.missing(&request.body).is_some() {
        return Answer::error(400, "MANIFEST_BLOB_UNKNOWN");
    }
    let manifest = Manifest {
        media_type: request
            .header("content-type")
            .unwrap_or_default()
            .to_owned(),
        bytes: request.body.clone(),
    };
    repository.manifests.insert(digest, manifest);
    if identifier.parse::<Digest>().is_err() {
        repository.tags.insert(identifier.to_owned(), digest);
    }
    let mut answer = Answer::new(201).header("docker-content-digest", &digest);
    let document: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if let (Referrers::Listed, Some(subject)) =
        (behaviour.referrers, document["subject"]["digest"].as_str())
    {
        answer = answer.header("oci-subject", subject);
    }
    answer
}

fn open(
    behaviour: &Behaviour,
    store: &mut Store,
    name: &str,
    request: &Request,
    base: &str,
    fault: Option<Fault>,
) -> Answer {
    if let (Some(digest), Some(from)) = (request.query("mount"), request.query("from")) {
        let digest: Digest = digest.parse().expect("clients mount digests");
        let found = store
            .repositories
            .get(from)
            .and_then(|from| from.blobs.get(&digest))
            .cloned();
        let declined = fault == Some(Fault::MountDeclined) || found.is_none();
        match (behaviour.mounts, found) {
            (Mounts::Refused, _) => return Answer::error(400, "UNSUPPORTED"),
            (Mounts::Allowed, Some(bytes)) if !declined => {
                let repository = store.repositories.entry(name.to_owned()).or_default();
                repository.blobs.insert(digest, bytes);
                return Answer::new(201).header("docker-content-digest", &digest);
            }
            _ => {}
        }
    }
    store.next_upload += 1;
    let id = format!("session-{}", store.next_upload);
    store
        .uploads
        .insert(id.clone(), (name.to_owned(), Session::Fresh));
    let path = format!("/v2/{name}/blobs/uploads/{id}?_state=a%2Bb%3D");
    let location = match &behaviour.uploads_at {
        Some(elsewhere) if elsewhere.is_empty() => format!("{base}{path}"),
        Some(elsewhere) => format!("{elsewhere}{path}"),
        None => path,
    };
    Answer::new(behaviour.session_status).header("location", &location)
}

fn finish(
    behaviour: &Behaviour,
    store: &mut Store,
    name: &str,
    id: &str,
    request: &Request,
) -> Answer {
    // The session's own query has to come back as it was.
    if request.query("_state") != Some("a+b=") || request.header("transfer-encoding").is_some() {
        return Answer::error(400, "BLOB_UPLOAD_INVALID");
    }
    match store.uploads.get_mut(id) {
        Some((owner, session)) if owner == name => {
            // ECR counts the bytes of all attempts at one session.
            if *session == Session::Spent {
                return Answer::error(416, "BLOB_UPLOAD_INVALID");
            }
            *session = Session::Spent;
        }
        _ => return Answer::error(404, "BLOB_UPLOAD_UNKNOWN"),
    }
    let digest = Digest::of(&request.body);
    if request.query("digest") != Some(&digest.to_string()) {
        return Answer::error(400, "DIGEST_INVALID");
    }
    let repository = store.repositories.entry(name.to_owned()).or_default();
    repository.blobs.insert(digest, request.body.clone());
    Answer::new(behaviour.upload_status).header("docker-content-digest", &digest)
}

fn get_blob(
    behaviour: &Behaviour,
    store: &Store,
    name: &str,
    digest: &str,
    request: &Request,
) -> Answer {
    if let (Some(elsewhere), "GET") = (&behaviour.blobs_at, request.method.as_str()) {
        let location = format!("{elsewhere}{}?X-Amz-Signature=0", request.path);
        return Answer::new(307).header("location", &location);
    }
    let digest: Option<Digest> = digest.parse().ok();
    let repository = store.repositories.get(name);
    let found = digest.and_then(|digest| repository?.blobs.get(&digest));
    let (Some(digest), Some(bytes)) = (digest, found) else {
        return Answer::error(404, "BLOB_UNKNOWN");
    };
    let start = request.header("range").and_then(|range| {
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse::<usize>()
            .ok()
    });
    match start {
        Some(start) if behaviour.ranges == Ranges::Served && start < bytes.len() => {
            let last = bytes.len() - 1;
            Answer::new(206)
                .header(
                    "content-range",
                    &format!("bytes {start}-{last}/{}", bytes.len()),
                )
                .body(&bytes[start..])
        }
        _ => Answer::new(200)
            .header("docker-content-digest", &digest)
            .body(bytes.clone()),
    }
}

fn referrers(behaviour: &Behaviour, store: &Store, name: &str, subject: &str) -> Answer {
    if behaviour.referrers == Referrers::Absent {
        return Answer::error(404, "UNSUPPORTED");
    }
    let attached = store
        .repositories
        .get(name)
        .map(|known| known.referrers(subject));
    let index = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": attached.unwrap_or_default(),
    });
    Answer::new(200)
        .header("content-type", "application/vnd.oci.image.index.v1+json")
        .body(index.to_string())
}
