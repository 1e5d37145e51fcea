//! Every fault at every request: always a complete image or a clear error, and never a tag that
//! names an incomplete one.

use std::time::Duration;

use wpimg_oci::{digest::Digest, image::Descriptor, media_type};
use wpimg_registry::{
    ClientOptions, PushRequest, Registry, RegistryError,
    testing::{Authentication, Behaviour, FakeRegistry, Fault, Ranges},
};

use crate::sample::{PASSWORD, client, image, known_to, options, patient, request, root};

/// Pushes a new image over an old one, with one fault.
async fn push_with_fault(
    behaviour: &Behaviour,
    options: &ClientOptions,
    index: usize,
    fault: Fault,
) -> (FakeRegistry, Result<(), RegistryError>) {
    let fake = FakeRegistry::start(behaviour.clone()).await;
    let (dev, shop) = (fake.repository("dev"), fake.repository("shop"));
    let quick = known_to(&fake.host(), "AWS", options.clone());
    let calm = client(known_to(&fake.host(), "AWS", patient()));
    calm.push(&request(&shop, "old", "live"), &())
        .await
        .unwrap();
    calm.push(&request(&dev, "new", "live"), &()).await.unwrap();
    let old = root(&image(&shop, "old"));
    let new = root(&image(&shop, "new"));
    let wanted = request(&shop, "new", "live").tag("next").unwrap();
    let wanted = if index.is_multiple_of(2) {
        wanted.mount_from(dev)
    } else {
        wanted
    };
    fake.clear_log();
    fake.fail(index, fault);
    let result = client(quick).push(&wanted, &()).await.map(|_| ());
    check(&fake, &result, fault, old, new);
    again(&fake, &calm, &wanted, new).await;
    (fake, result)
}

fn check(
    fake: &FakeRegistry,
    result: &Result<(), RegistryError>,
    fault: Fault,
    old: Digest,
    new: Digest,
) {
    for tag in ["live", "next"] {
        let named = fake.tag("shop", tag);
        assert!(
            named.is_none() || fake.is_complete("shop", tag),
            "{fault:?}: `{tag}` has holes"
        );
        let before = if tag == "live" { Some(old) } else { None };
        match result {
            Ok(()) => assert_eq!(named, Some(new), "{fault:?} at `{tag}`"),
            Err(error) => {
                // The answer to the last request may be lost after it was carried out.
                let allowed = named == before || (named == Some(new) && written(fake, tag, fault));
                assert!(allowed, "{fault:?}: `{tag}` names {named:?} after {error}");
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

/// Says whether a tag may name the new image although the push failed: it was written before the
/// failing request, or by it.
fn written(fake: &FakeRegistry, tag: &str, fault: Fault) -> bool {
    let log = fake.requests();
    let mut puts = log.iter().filter(|request| request.method == "PUT");
    let last = puts.next_back().map(|request| request.path.as_str());
    let last = last.unwrap_or_default();
    let by_itself = last.ends_with(&format!("/{tag}")) && fault.has_effect();
    by_itself || (tag == "live" && last.ends_with("/next"))
}

async fn again(fake: &FakeRegistry, calm: &Registry, wanted: &PushRequest, new: Digest) {
    fake.fail_always(None);
    calm.push(wanted, &()).await.unwrap();
    assert_eq!(
        (fake.tag("shop", "live"), fake.tag("shop", "next")),
        (Some(new), Some(new))
    );
    assert!(fake.is_complete("shop", "live"));
}

async fn requests_of_a_push(behaviour: &Behaviour) -> usize {
    let fake = FakeRegistry::start(behaviour.clone()).await;
    let options = known_to(&fake.host(), "AWS", patient());
    let wanted = request(&fake.repository("shop"), "new", "live")
        .tag("next")
        .unwrap();
    client(options).push(&wanted, &()).await.unwrap();
    fake.requests().len()
}

/// Runs the whole matrix and returns the pushes that failed.
async fn matrix(
    behaviour: Behaviour,
    options: ClientOptions,
) -> Vec<(usize, Fault, RegistryError)> {
    let count = requests_of_a_push(&behaviour).await;
    assert!(count > 20, "{count} requests are too few for this image");
    // A stalled push only waits, so all of them can wait together.
    let stalls = |fault: &Fault| matches!(fault, Fault::Stalled | Fault::StalledInRequest);
    let (waiting, busy): (Vec<_>, Vec<_>) = Fault::ALL.into_iter().partition(stalls);
    let mut groups: Vec<Vec<(usize, Fault)>> = Vec::new();
    groups.extend((0..count).map(|index| busy.iter().map(|fault| (index, *fault)).collect()));
    groups.extend(
        waiting
            .iter()
            .map(|fault| (0..count).map(|index| (index, *fault)).collect()),
    );
    let mut failed = Vec::new();
    for group in groups {
        let pushes: Vec<_> = group
            .into_iter()
            .map(|(index, fault)| {
                let (behaviour, options) = (behaviour.clone(), options.clone());
                tokio::spawn(async move {
                    let (_, result) = push_with_fault(&behaviour, &options, index, fault).await;
                    (index, fault, result)
                })
            })
            .collect();
        for push in pushes {
            let (index, fault, result) = push.await.unwrap();
            failed.extend(result.err().map(|error| (index, fault, error)));
        }
    }
    failed
}

#[tokio::test]
async fn without_a_second_attempt_a_fault_never_leaves_a_broken_tag() {
    let failed = matrix(Behaviour::default(), options(1)).await;
    // Most faults end a push that has no second attempt; if none did, nothing was tested.
    assert!(failed.len() > 100, "only {} pushes failed", failed.len());
}

#[tokio::test]
async fn with_a_second_attempt_every_passing_fault_is_survived() {
    let behaviour = Behaviour {
        authentication: Authentication::Basic {
            user: "AWS".to_owned(),
            password: PASSWORD.to_owned(),
        },
        ..Behaviour::default()
    };
    let patient_with_answers = ClientOptions {
        // A busy machine is not to look like a stalled registry.
        stall_timeout: Duration::from_secs(3),
        answer_timeout: Duration::from_secs(3),
        ..options(5)
    };
    for (index, fault, error) in matrix(behaviour, patient_with_answers).await {
        // Being denied or told that something does not exist is no passing fault.
        assert!(
            matches!(fault, Fault::Status(403 | 404)),
            "{fault:?} at request {index}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_fault_that_stays_is_a_clear_error_soon() {
    for fault in Fault::ALL {
        let fake = FakeRegistry::start(Behaviour::default()).await;
        fake.fail_always(Some(fault));
        let wanted = request(&fake.repository("shop"), "new", "live");
        let harmless = matches!(fault, Fault::WrongBody | Fault::MountDeclined);
        let options = if harmless { patient() } else { options(2) };
        let result = client(options).push(&wanted, &()).await;
        match fault {
            // HEAD answers have no body, and the rest is asked for no digest.
            Fault::WrongBody | Fault::MountDeclined => assert!(result.is_ok(), "{result:?}"),
            _ => {
                let error = result.unwrap_err();
                assert!(error.to_string().len() < 400, "{error}");
                assert_eq!(
                    fake.tag("shop", "live").filter(|_| !fault.has_effect()),
                    None
                );
            }
        }
        assert!(fake.tag("shop", "live").is_none() || fake.is_complete("shop", "live"));
        assert!(
            fake.requests().len() < 200,
            "{fault:?}: {} requests",
            fake.requests().len()
        );
    }
}

#[tokio::test]
async fn reading_under_every_fault_gives_the_right_bytes_or_an_error() {
    for ranges in [Ranges::Served, Ranges::Ignored] {
        let behaviour = Behaviour {
            ranges,
            ..Behaviour::default()
        };
        let fake = FakeRegistry::start(behaviour).await;
        let repository = fake.repository("shop");
        let pushed = request(&repository, "new", "live");
        client(patient()).push(&pushed, &()).await.unwrap();
        let content = b"a blob that is long enough to break".repeat(2000);
        fake.put_blob("shop", &content);
        let descriptor = Descriptor::of(media_type::LAYER_TAR, &content);
        let expected = root(&image(&repository, "new"));
        for attempts in [1, 8] {
            for fault in Fault::ALL {
                let client = client(options(attempts));
                fake.clear_log();
                fake.fail(0, fault);
                let live = repository.at_tag("live").unwrap();
                let manifest = client.manifest(&live, &[]).await;
                if let Ok(manifest) = &manifest {
                    assert_eq!(Digest::of(&manifest.bytes), expected, "{fault:?}");
                }
                let passing = !matches!(fault, Fault::Status(401 | 403 | 404));
                assert!(
                    attempts == 1 || !passing || manifest.is_ok(),
                    "{fault:?}: {manifest:?}"
                );
                fake.clear_log();
                fake.fail(0, fault);
                let mut bytes = Vec::new();
                let blob = client.blob(&repository, &descriptor, &mut bytes, &()).await;
                if blob.is_ok() {
                    assert!(bytes == content, "{fault:?}");
                }
                // Wrong bytes have reached the sink before they can be told, so that is final.
                let passing = passing && fault != Fault::WrongBody;
                assert!(
                    attempts == 1 || !passing || blob.is_ok(),
                    "{ranges:?} {fault:?}: {blob:?}"
                );
            }
        }
    }
}
