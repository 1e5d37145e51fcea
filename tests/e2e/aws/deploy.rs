//! `wpimg deploy`: how a release can end, and that it is told as it ended.

use anyhow::{Context as _, Result, ensure};
use wpimg_e2e::aws::{Account, Fault, VERSION_PATH};
use wpimg_e2e::load::Load;
use wpimg_e2e::poll;

/// Short, so that a test of a minute looks often enough.
const POLL: [&str; 2] = ["--poll", "1s"];

fn deploy(account: &Account, tag: &str, more: &[&str]) -> Result<wpimg_e2e::wpimg::Run> {
    let words = [&["deploy", "--image", tag], &POLL[..], more].concat();
    account.run(&words)
}

#[test]
fn a_site_that_is_not_there_cannot_be_deployed() -> Result<()> {
    let account = Account::open()?;
    let deploy = deploy(&account, "v1", &[])?;
    deploy
        .expect_exit(1)?
        .expect_said(&["no stack `shop-app`", "wpimg infra apply"])?;
    ensure!(deploy.stdout.is_empty(), "{deploy}");
    Ok(())
}

#[test]
fn a_version_rolls_without_a_lost_request_and_a_broken_one_is_rolled_back() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    account.push_version("v1")?;
    deploy(&account, "v1", &[])?
        .expect_success()?
        .expect_said(&["the new version serves and the site answers"])?;
    account.expect_version("v1")?;

    account.push_version("v2")?;
    let (address, host) = account.balancer()?;
    let load = Load::start_at(address, &host, VERSION_PATH, "version v");
    poll::until_true("the load is being answered", || Ok(load.answered() > 20))?;
    deploy(&account, "v2", &[])?.expect_success()?;
    let report = load.finish()?;
    ensure!(
        report.lost.is_empty(),
        "{} lost: {:?}",
        report.lost.len(),
        report.lost.first()
    );
    account.expect_version("v2")?;

    account.push_broken("v3", "the theme has a syntax error")?;
    let broken = deploy(&account, "v3", &[])?;
    broken.expect_exit(11)?.expect_said(&[
        "the theme has a syntax error",
        "rolled back, the previous version serves",
    ])?;
    account.expect_version("v2")?;
    let image = account.output_of("app", "Image")?;
    ensure!(
        image.contains("wpimg.invalid"),
        "the stack has been changed meanwhile: {image}"
    );

    // The next change of the stack finds the image that was deployed last, and a service that scales.
    account
        .run(&["infra", "apply", "--yes"])?
        .expect_success()?;
    poll::until_true("the service is settled", || account.is_settled())?;
    account.expect_version("v2")?;
    let status = account.status()?;
    ensure!(
        status["image"].as_str() == Some(&account.output_of("app", "Image")?),
        "the stack and the service have different images: {status}"
    );

    let words = [&["rollback"], &POLL[..]].concat();
    account.run(&words)?.expect_success()?;
    account.expect_version("v1")
}

#[test]
fn one_command_builds_and_deploys_also_after_the_password_was_changed() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    // The Docker Engine under test may be older than zstd.
    account.write_recipe("[image]\ncompression = \"gzip\"")?;
    let words = [&["deploy", "--build"], &POLL[..]].concat();
    account.run(&words)?.expect_success()?.expect_said(&[
        "Pushed",
        "Tagged sha-",
        "the database has the user wordpress",
    ])?;
    let page = account.ask("/wp-admin/install.php")?;
    ensure!(
        page.starts_with("HTTP/1.1 200"),
        "WordPress cannot be installed: {page}"
    );

    account.change_password("another-password-of-the-site")?;
    let words = [&words[..], &["--set-up-database"]].concat();
    account.run(&words)?.expect_success()?;
    let page = account.ask("/wp-admin/install.php")?;
    ensure!(
        page.starts_with("HTTP/1.1 200"),
        "WordPress cannot be installed: {page}"
    );
    Ok(())
}

#[test]
fn what_would_fail_is_refused_before_anything_is_touched() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    let missing = deploy(&account, "v9", &[])?;
    missing
        .expect_exit(10)?
        .expect_said(&[":v9` does not exist", "wpimg deploy --build"])?;

    account.push_version("v1")?;
    let plan = deploy(&account, "v1", &["--plan", "--set", "WP_DEBUG=1"])?;
    plan.expect_exit(3)?;
    ensure!(plan.stdout.contains("image changes from"), "{plan}");
    ensure!(
        plan.stdout.contains("environment `WP_DEBUG` is new: `1`"),
        "{plan}"
    );
    let calls = account.gateway.calls();
    for touching in ["RegisterTaskDefinition", "UpdateService", "PutParameter"] {
        let count = calls.iter().filter(|call| *call == touching).count();
        // Making the stack has written the parameter once.
        let expected = usize::from(touching == "PutParameter");
        ensure!(count == expected, "{touching} was called {count} times");
    }
    Ok(())
}

#[test]
fn lost_credentials_and_throttling_are_told_apart() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    account.push_version("v1")?;
    account.gateway.fail(Fault {
        action: "DescribeServices",
        status: 400,
        code: "ThrottlingException",
        after: 1,
        times: 5,
    });
    deploy(&account, "v1", &[])?
        .expect_success()?
        .expect_said(&["wants to be asked less often"])?;

    account.push_version("v2")?;
    account.gateway.mend();
    account.gateway.fail(Fault {
        action: "DescribeServices",
        status: 400,
        code: "ExpiredTokenException",
        after: 2,
        times: usize::MAX,
    });
    deploy(&account, "v2", &[])?
        .expect_exit(15)?
        .expect_said(&["the credentials have run out", "wpimg status"])?;
    account.gateway.mend();

    account.gateway.fail(Fault {
        action: "DescribeTaskDefinition",
        status: 400,
        code: "AccessDeniedException",
        after: 0,
        times: usize::MAX,
    });
    deploy(&account, "v2", &[])?
        .expect_exit(1)?
        .expect_said(&["allow `ecs:DescribeTaskDefinition`"])?;
    Ok(())
}

#[test]
fn an_interrupted_release_is_taken_back_and_a_second_one_has_to_wait() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    account.push_version("v1")?;
    deploy(&account, "v1", &[])?.expect_success()?;

    account.push_version("v2")?;
    let words = [&["deploy", "--image", "v2", "--format", "json"], &POLL[..]].concat();
    let first = account.wpimg(&words)?.start()?;
    first.wait_for_line("begun")?;
    let second = deploy(&account, "v2", &[])?;
    second
        .expect_exit(10)?
        .expect_said(&["is in progress", "wpimg abort"])?;
    first.signal("INT")?;
    let first = first.finish()?;
    first.expect_exit(130)?;
    let last = first.stdout.lines().last().context("it has said nothing")?;
    ensure!(
        last.contains(r#""event":"ended""#) && last.contains(r#""exit_code":130"#),
        "{first}"
    );
    account.expect_version("v1")?;
    Ok(())
}

#[test]
fn a_job_ends_with_the_exit_code_of_its_command() -> Result<()> {
    let account = Account::open()?;
    account.with_stacks()?;
    account.push_version("v1")?;
    deploy(&account, "v1", &[])?.expect_success()?;
    let script = "read line < /var/www/html/version.txt; echo $line; exit 7";
    let job = account.run(&["job", "--", "/bin/sh", "-c", script])?;
    job.expect_exit(7)?;
    ensure!(job.stdout.contains("version v1"), "{job}");

    let logs = account.run(&["logs", "--since", "1h"])?;
    ensure!(
        logs.expect_success()?.stdout.contains("version v1"),
        "{logs}"
    );
    let revisions = account.run(&["revisions"])?;
    ensure!(
        revisions.expect_success()?.stdout.contains("runs"),
        "{revisions}"
    );
    account.run(&["scale", "1"])?.expect_success()?;
    ensure!(account.status()?["desired"] == 1);
    Ok(())
}
