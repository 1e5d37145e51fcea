//! One site from its recipe to a browser's first page: everything that the other modules test one by one, together.
//!
//! Three plugins, a theme and a release of WordPress; locked, vendored, built twice for two platforms without a network,
//! pushed to a registry and to ECR, pulled and run by Docker, and for the other platform by an emulated processor.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use wpimg_e2e::archive_server::{ArchiveServer, Files};
use wpimg_e2e::content::{plugin, theme};
use wpimg_e2e::docker::PulledImage;
use wpimg_e2e::image::shared_cache;
use wpimg_e2e::layout::{self, output, unpack};
use wpimg_e2e::ministack::{ECR_HOST, Ministack};
use wpimg_e2e::registry::Registry;
use wpimg_e2e::requirement::Requirement;
use wpimg_e2e::site::{Database, WEB_PORT, install};
use wpimg_e2e::wordpress_release::Release;
use wpimg_e2e::wpimg::Wpimg;
use wpimg_e2e::wrap::{is_root, wrap};

/// What of PHP the recipe asks for beside what is always there, as `php -m` calls it.
const MODULES: &[&str] = &[
    "curl",
    "gd",
    "imagick",
    "intl",
    "mbstring",
    "mysqli",
    "redis",
    "Zend OPcache",
    "zip",
];

/// The site's repository, as a team has it in git.
struct Project {
    directory: TempDir,
    elsewhere: ArchiveServer,
}

impl Project {
    fn new() -> Result<Self> {
        let release = Release::pack()?;
        let elsewhere = ArchiveServer::serve(Files::from([
            (
                format!("release/wordpress-{}.tar.gz", release.version),
                release.tarball,
            ),
            ("far.zip".to_owned(), plugin("far", "3").zip()?),
        ]))?;
        let directory = tempfile::tempdir()?;
        let path = directory.path();
        fs::write(path.join("akismet.zip"), plugin("akismet", "99").zip()?)?;
        plugin("near", "1").write_to(path)?;
        theme("plain", "1").write_to(path)?;
        let recipe = format!(
            r#"
[image]
name = "shop"
platforms = ["linux/amd64", "linux/arm64"]
compression = "gzip" # the Docker Engine under test may be older than zstd

[wordpress]
version = "{}"

[[plugin]]
path = "akismet.zip"
[[plugin]]
path = "near"
[[plugin]]
url = "{}"
[[theme]]
path = "plain"
"#,
            release.version,
            elsewhere.url_of("far.zip")
        );
        fs::write(path.join("wpimg.toml"), recipe)?;
        Ok(Self {
            directory,
            elsewhere,
        })
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn command(&self, name: &str) -> Result<Wpimg> {
        Ok(Wpimg::command_called(name)?
            .current_dir(self.path())
            .env("WPIMG_CACHE_DIR", shared_cache()?)
            .env("WPIMG_WORDPRESS_ORG", format!("{}/", self.elsewhere.url())))
    }

    /// A build in a pipeline, which has nothing but the repository and what was vendored.
    fn build(&self, place: &str) -> Result<Wpimg> {
        let place = self.path().join(place);
        fs::create_dir_all(&place)?;
        Ok(self
            .command("build")?
            .env("CI", "true")
            .option("--vendor", self.path().join("vendor"))
            .option("--cache-dir", place.join("cache"))
            .option("--output", place.join("image")))
    }
}

#[test]
fn a_site_goes_from_its_recipe_to_a_registry_and_from_there_to_its_first_page() -> Result<()> {
    let project = Project::new()?;
    project.command("lock")?.run()?.expect_success()?;
    project
        .command("vendor")?
        .arg("vendor")
        .run()?
        .expect_success()?;

    let (registry, aws) = (Registry::start()?, Ministack::start()?);
    let reference = registry.reference("team/shop:1");
    let first = project
        .build("first")?
        .arg("--push")
        .option("--tag", &reference)
        .run()?;
    let digest = first.digest()?;
    let second = project.build("second")?.run()?;
    ensure!(second.digest()? == digest, "{first}\n{second}");

    let pushed = aws.instead_of_aws(
        Wpimg::command_called("push")?
            .arg(project.path().join("second/image"))
            .arg(format!("{ECR_HOST}/team/shop:1"))
            .arg("--create-repository"),
    );
    let pushed = pushed.run()?;
    ensure!(pushed.expect_success()?.stdout.contains(digest), "{pushed}");
    let index = layout::inspect(
        &["--tls-verify=false", "--raw"],
        &format!("docker://{reference}"),
    )?;
    let count = index["manifests"].as_array().map_or(0, Vec::len);
    ensure!(count == 2, "the registry has {index}");

    let database = Database::start()?;
    for (alias, reference) in [
        ("site", reference),
        ("site-from-ecr", format!("{}/team/shop:1", aws.host())),
    ] {
        let image = PulledImage::pull(&reference)?;
        serves_its_first_page(&database, &image, alias).with_context(|| reference)?;
    }
    runs_on_the_other_processor(&project)
}

fn serves_its_first_page(database: &Database, image: &PulledImage, alias: &str) -> Result<()> {
    let web = database.launch(image.reference(), alias).start()?;
    let client = web.wait_for_http(WEB_PORT, "/healthz")?;
    let page = client.get("/wp-admin/install.php")?;
    if page.text().contains("Already Installed") {
        ensure!(alias != "site", "the first site was installed before");
    } else {
        ensure!(page.text().contains("weblog_title"), "{}", page.text());
        install(&client)?;
    }
    for (path, there) in [
        ("plugins/akismet/akismet.php", true),
        ("plugins/akismet/class.akismet.php", false),
        ("plugins/near/near.php", true),
        ("plugins/far/far.php", true),
        ("themes/plain/style.css", true),
    ] {
        let script = format!("test -e /var/www/html/wp-content/{path} && echo yes || echo no");
        let seen = web.shell(&script)?;
        ensure!((seen == "yes") == there, "is `{path}` there? {seen}");
    }
    Ok(())
}

/// The arm64 image's PHP, on a processor that is made of software.
fn runs_on_the_other_processor(project: &Project) -> Result<()> {
    Requirement::Qemu.check()?;
    Requirement::Unshare.check()?;
    let layout = project.path().join("first/image");
    let root = unpack(&layout, "arm64", &project.path().join("arm64"))?;
    fs::copy(Requirement::Qemu.path()?, root.join("qemu"))?;
    let mut inside = Requirement::Unshare.command();
    if !is_root()? {
        inside.args(["--user", "--map-root-user"]);
    }
    inside.arg("--root").arg(&root);
    let mut php = std::process::Command::new("/qemu");
    php.args(["/usr/sbin/php-fpm8.4", "-m"]);
    let modules = output(&mut wrap(inside, &php))?;
    for module in MODULES {
        ensure!(
            modules.lines().any(|line| line == *module),
            "PHP on arm64 has no `{module}`: {modules}"
        );
    }
    Ok(())
}
