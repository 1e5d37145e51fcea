//! Fetching from a server that does everything wrong that servers do.

use std::{collections::BTreeSet, fs, time::Duration};

use tempfile::TempDir;
use wpimg_oci::digest::Digest;

use super::{
    Attempt, Download, Expected, FetchError, Fetcher, RetryPolicy, Url,
    fake_server::{FakeServer, Reply},
};
use crate::{
    cache::{Bucket, Cache},
    error_report::{Failure, Hint as _},
    report::{Appearance, Captured, Colour, Progress, Report, Transfer, TransferPlan, Verbosity},
};

const BODY: &[u8] = b"a package, as far as anybody can tell";

/// A fetcher that pauses for a millisecond, a cache and a transfer.
struct Bench {
    fetcher: Fetcher,
    cache: Cache,
    transfer: Transfer,
    captured: Captured,
    _directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        let short = Duration::from_millis(1);
        let retry = RetryPolicy {
            first_pause: short,
            longest_pause: short,
            longest_requested_pause: short,
            ..RetryPolicy::default()
        };
        let directory = tempfile::tempdir().unwrap();
        let (report, captured) = Report::captured(Appearance {
            verbosity: Verbosity::Normal,
            progress: Progress::Plain,
            colour: Colour::Plain,
        });
        Self {
            fetcher: Fetcher::new(retry, crate::settings::Network::Used).unwrap(),
            cache: Cache::open(directory.path()).unwrap(),
            transfer: report.transfer(TransferPlan {
                noun: "package",
                files: 1,
                bytes: 1,
            }),
            captured,
            _directory: directory,
        }
    }

    async fn download(&self, urls: &[Url]) -> Result<Vec<u8>, FetchError> {
        let path = self
            .fetcher
            .download(&wanted(urls, BODY), &self.cache, &self.transfer)
            .await?;
        Ok(fs::read(path).unwrap())
    }

    fn files_in_cache(&self) -> usize {
        crate::cache::usage(self.cache.root()).unwrap().files
    }
}

fn wanted(urls: &[Url], body: &[u8]) -> Download {
    let expected = Expected {
        digest: Digest::of(body),
        size: body.len() as u64,
    };
    Download {
        candidates: urls.to_vec(),
        expected,
        bucket: Bucket::Packages,
    }
}

/// Serves `replies` in turn and expects the package after as many requests.
async fn check_recovery(replies: &[Reply]) {
    let bench = Bench::new();
    let server = FakeServer::start(&[("/p.deb", replies)]).await;
    let bytes = bench.download(&[server.url("/p.deb")]).await.unwrap();
    assert_eq!(bytes, BODY);
    assert_eq!(server.requests().len(), replies.len());
    assert_eq!(bench.files_in_cache(), 1, "nothing but the package stays");
}

/// Serves `replies`, expects an error after `requests` requests, and an empty cache.
async fn check_failure(replies: &[Reply], requests: usize) -> FetchError {
    let bench = Bench::new();
    let server = FakeServer::start(&[("/p.deb", replies)]).await;
    let error = bench.download(&[server.url("/p.deb")]).await.unwrap_err();
    assert_eq!(server.requests().len(), requests, "{error}");
    assert_eq!(bench.files_in_cache(), 0, "nothing unverified stays");
    assert!(error.to_string().contains("/p.deb"), "{error}");
    assert!(error.hint().is_some(), "{error}");
    error
}

fn whole() -> Reply {
    Reply::Whole(BODY.to_vec())
}

#[tokio::test]
async fn a_package_is_fetched_once_and_then_comes_from_the_cache() {
    let bench = Bench::new();
    let server = FakeServer::start(&[("/p.deb", &[whole()])]).await;
    for _ in 0..2 {
        assert_eq!(bench.download(&[server.url("/p.deb")]).await.unwrap(), BODY);
    }
    assert_eq!(server.requests().len(), 1);
    assert!(
        server.requests()[0].contains(&format!("user-agent: wpimg/{}", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn temporary_failures_are_overcome() {
    check_recovery(&[Reply::Status("500 Internal Server Error", ""), whole()]).await;
    check_recovery(&[Reply::Status("408 Request Timeout", ""), whole()]).await;
    check_recovery(&[
        Reply::Status("429 Too Many Requests", "retry-after: 1\r\n"),
        whole(),
    ])
    .await;
    check_recovery(&[Reply::Status("503 Busy", "retry-after: soon\r\n"), whole()]).await;
    check_recovery(&[Reply::Reset, whole()]).await;
    check_recovery(&[Reply::Truncated(BODY.to_vec(), 9), whole()]).await;
    check_recovery(&[Reply::Truncated(BODY.to_vec(), 0), whole()]).await;
    check_recovery(&[Reply::UntilClose(BODY[..9].to_vec()), whole()]).await;
    check_recovery(&[Reply::UntilClose(BODY.to_vec())]).await;
}

#[tokio::test]
async fn five_attempts_are_made_and_the_last_cause_is_shown() {
    let error = check_failure(&[Reply::Status("503 Service Unavailable", "")], 5).await;
    let text = Failure::from(error).render();
    assert!(
        text.contains("in 5 attempts\n  caused by: the server answered 503 Service Unavailable\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_that_always_breaks_off_says_how_far_it_came() {
    let error = check_failure(&[Reply::Truncated(BODY.to_vec(), 9)], 5).await;
    let FetchError::GaveUp { source, .. } = &error else {
        panic!("{error}")
    };
    let Attempt::Truncated { received, expected } = source else {
        panic!("{source}")
    };
    assert_eq!((*received, *expected), (9, BODY.len() as u64));
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_explained() {
    let bench = Bench::new();
    let server = FakeServer::start(&[]).await;
    let url = server.url("/p.deb");
    drop(server);
    // The port is closed once the aborted task has let go of its listener.
    tokio::task::yield_now().await;
    let error = bench.download(&[url]).await.unwrap_err();
    let text = Failure::from(error).render().to_lowercase();
    assert!(
        text.contains("in 5 attempts") && text.contains("connection refused"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_absent_or_forbidden_is_asked_for_once() {
    let error = check_failure(&[Reply::Status("404 Not Found", "")], 1).await;
    assert!(matches!(error, FetchError::NotFound { .. }));
    let error = check_failure(&[Reply::Status("403 Forbidden", "")], 1).await;
    assert!(error.to_string().contains("403 Forbidden"));
}

#[tokio::test]
async fn a_tampered_file_is_refused_at_once_and_not_kept() {
    let mut altered = BODY.to_vec();
    altered[0] ^= 1;
    let error = check_failure(&[Reply::Whole(altered.clone())], 1).await;
    let FetchError::Tampered {
        expected, actual, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*expected, *actual),
        (Digest::of(BODY), Digest::of(&altered))
    );
    assert!(error.to_string().contains(&actual.hex()));
}

#[tokio::test]
async fn a_file_of_another_size_is_refused_before_and_during_the_transfer() {
    let longer = [BODY, b"!"].concat();
    let error = check_failure(&[Reply::Whole(longer.clone())], 1).await;
    assert!(matches!(error, FetchError::WrongSize { .. }));
    let error = check_failure(&[Reply::UntilClose(longer)], 1).await;
    assert!(matches!(error, FetchError::TooLong { .. }));
}

#[tokio::test]
async fn the_next_address_is_used_when_one_lacks_the_file_or_has_a_wrong_one() {
    let mut altered = BODY.to_vec();
    altered[0] ^= 1;
    for first in [Reply::Status("404 Not Found", ""), Reply::Whole(altered)] {
        let bench = Bench::new();
        let server = FakeServer::start(&[("/a", &[first]), ("/b", &[whole()])]).await;
        let bytes = bench
            .download(&[server.url("/a"), server.url("/b")])
            .await
            .unwrap();
        assert_eq!(bytes, BODY);
    }
}

#[tokio::test]
async fn when_all_addresses_fail_the_telling_failure_is_reported() {
    let bench = Bench::new();
    let replies: &[(&str, &[Reply])] = &[("/b", &[Reply::Status("403 Forbidden", "")])];
    let server = FakeServer::start(replies).await;
    let urls = ["/a", "/b", "/c"].map(|path| server.url(path));
    let error = bench.download(&urls).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused { .. }), "{error}");
    let error = bench.download(&[]).await.unwrap_err();
    assert!(matches!(error, FetchError::NoCandidate { .. }), "{error}");
}

#[tokio::test]
async fn bytes_that_were_fetched_in_vain_are_not_counted() {
    let bench = Bench::new();
    let replies = [Reply::Truncated(BODY.to_vec(), 9), whole()];
    let server = FakeServer::start(&[("/p.deb", &replies)]).await;
    bench.download(&[server.url("/p.deb")]).await.unwrap();
    bench.transfer.finish();
    let text = bench.captured.standard_error();
    assert!(
        text.contains(&format!("Fetched 1 package ({} B)", BODY.len())),
        "{text}"
    );
}

#[tokio::test]
async fn a_redirect_is_followed_but_a_loop_of_them_is_not() {
    let bench = Bench::new();
    let moved = Reply::Status("302 Found", "location: /there\r\n");
    let looping = Reply::Status("302 Found", "location: /loop\r\n");
    let replies: &[(&str, &[Reply])] = &[
        ("/here", &[moved]),
        ("/there", &[whole()]),
        ("/loop", &[looping]),
    ];
    let server = FakeServer::start(replies).await;
    assert_eq!(bench.download(&[server.url("/here")]).await.unwrap(), BODY);
    let error = bench
        .fetcher
        .small(&server.url("/loop"), 10)
        .await
        .unwrap_err();
    assert!(Failure::from(error).render().contains("too many redirects"));
    assert_eq!(
        server.requests().len(),
        2 + 6,
        "five redirects are followed"
    );
}

#[tokio::test]
async fn small_files_have_a_limit() {
    let bench = Bench::new();
    let server = FakeServer::start(&[("/InRelease", &[whole()])]).await;
    let url = server.url("/InRelease");
    assert_eq!(
        bench.fetcher.small(&url, BODY.len() as u64).await.unwrap(),
        BODY
    );
    let error = bench
        .fetcher
        .small(&url, BODY.len() as u64 - 1)
        .await
        .unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }));
}

#[tokio::test]
async fn many_files_arrive_each_once_over_at_most_eight_connections() {
    let bench = Bench::new();
    let bodies: Vec<Vec<u8>> = (0..30_u8).map(|number| vec![number; 1_000]).collect();
    let paths: Vec<String> = (0..30).map(|number| format!("/{number}")).collect();
    let slow: Vec<[Reply; 1]> = bodies
        .iter()
        .map(|body| [Reply::Slow(body.clone())])
        .collect();
    let replies: Vec<(&str, &[Reply])> = paths
        .iter()
        .zip(&slow)
        .map(|(path, reply)| (path.as_str(), reply.as_slice()))
        .collect();
    let server = FakeServer::start(&replies).await;
    let list = paths.iter().zip(&bodies);
    let list = list
        .map(|(path, body)| wanted(&[server.url(path)], body))
        .collect();
    let mut receiver = bench
        .fetcher
        .download_many(list, &bench.cache, &bench.transfer);
    let mut seen = BTreeSet::new();
    while let Some(result) = receiver.recv().await {
        let fetched = result.unwrap();
        assert_eq!(fs::read(&fetched.path).unwrap(), bodies[fetched.index]);
        assert!(seen.insert(fetched.index), "{} came twice", fetched.index);
    }
    assert_eq!(seen.len(), 30);
    assert!(server.most_requests_at_once() <= 8 && server.connections() <= 8);
    assert!(
        server.most_requests_at_once() > 1,
        "transfers run side by side"
    );
}

#[tokio::test]
async fn one_failure_among_many_leaves_the_others_alone() {
    let bench = Bench::new();
    let server = FakeServer::start(&[("/good", &[whole()])]).await;
    let list = vec![
        wanted(&[server.url("/bad")], b"other"),
        wanted(&[server.url("/good")], BODY),
    ];
    let mut receiver = bench
        .fetcher
        .download_many(list, &bench.cache, &bench.transfer);
    let mut results = Vec::new();
    while let Some(result) = receiver.recv().await {
        results.push(
            result
                .map(|fetched| fetched.index)
                .map_err(|error| error.to_string()),
        );
    }
    results.sort();
    assert_eq!(results[0], Ok(1));
    assert!(
        results[1]
            .as_ref()
            .is_err_and(|error| error.contains("/bad"))
    );
}
