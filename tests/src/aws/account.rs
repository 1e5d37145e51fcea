//! An account of AWS, with what a site needs around it.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::OnceLock,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Gateway, relay::Relay, stripped::MASTER_SECRET};
use crate::docker::Network;
use crate::image::shared_cache;
use crate::load::Question;
use crate::ministack::{ECR_HOST, Ministack, REGION};
use crate::site::{DATABASE_PASSWORD, Database};
use crate::vault::Vault;
use crate::wpimg::{Run, Wpimg};

/// The database's host on the network of the tasks, and its master user.
const DATABASE: &str = "database";
const MASTER: &str = "master";

/// What the site of the tests is called.
const SITE: &str = "shop";

/// An account in which nothing is yet; dropping it stops everything.
pub struct Account {
    pub gateway: Gateway,
    pub emulator: Ministack,
    /// The recipe of the site, and what lies beside it.
    pub directory: TempDir,
    /// Cluster and service, once somebody has asked.
    place: OnceLock<(String, String)>,
    _relay: Relay,
    database: Database,
}

/// Tasks belong to nobody once the emulator is gone.
impl Drop for Account {
    fn drop(&mut self) {
        self.emulator.stop();
        self.database
            .network
            .remove_containers_of("com.amazonaws.ecs.task-arn");
    }
}

impl Account {
    pub fn open() -> Result<Self> {
        let database = Database::start_in(Network::create()?, |server| server)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let relay = Relay::start(&database.network, port)?;
        let emulator = Ministack::start_for_tasks(port, relay.name())?;
        let gateway = Gateway::before(&emulator.host(), (ECR_HOST, &emulator.host()))?;
        let directory = tempfile::tempdir()?;
        let account = Self {
            gateway,
            emulator,
            directory,
            place: OnceLock::new(),
            _relay: relay,
            database,
        };
        account.write_recipe("")?;
        Ok(account)
    }

    /// The recipe, with more lines at its end.
    pub fn write_recipe(&self, more: &str) -> Result<()> {
        let recipe = format!(
            "[infra]\nname = \"{SITE}\"\nregion = \"{REGION}\"\nprocessor = \"amd64\"\n\
             egress = \"public\"\n{more}\n"
        );
        Ok(fs::write(self.recipe(), recipe)?)
    }

    fn recipe(&self) -> impl AsRef<Path> {
        self.directory.path().join("wpimg.toml")
    }

    /// `wpimg` with these words, where the recipe lies and with credentials of the account.
    pub fn wpimg(&self, words: &[&str]) -> Result<Wpimg> {
        let (name, rest) = words.split_first().context("no command")?;
        let mut command = Wpimg::command_called(name)?.current_dir(self.directory.path());
        for word in rest {
            command = command.arg(*word);
        }
        Ok(self
            .emulator
            .instead_of_aws(command)
            .env("AWS_ENDPOINT_URL", self.gateway.url())
            .env("WPIMG_BALANCER_ENDPOINT", self.emulator.host())
            .env("WPIMG_CACHE_DIR", shared_cache()?))
    }

    pub fn run(&self, words: &[&str]) -> Result<Run> {
        self.wpimg(words)?.run()
    }

    /// Both stacks are there, and the database of the site's secret is one that exists: the emulator's is only a name.
    pub fn with_stacks(&self) -> Result<()> {
        self.run(&["infra", "apply", "--yes"])?.expect_success()?;
        let vault = Vault::of(&self.emulator);
        let master = json!({ "username": MASTER, "password": DATABASE_PASSWORD });
        vault.keep(MASTER_SECRET, &master.to_string())?;
        // What the stack has made up, but for the host.
        let secret = self.output_of("data", "DatabaseSecret")?;
        let mut access: Value = serde_json::from_str(&vault.read(&secret)?)?;
        access["host"] = DATABASE.into();
        vault.change(&secret, &access.to_string())
    }

    /// The site's user of the database is to have this password from now on, as a rotation would say it.
    pub fn change_password(&self, password: &str) -> Result<()> {
        let vault = Vault::of(&self.emulator);
        let secret = self.output_of("data", "DatabaseSecret")?;
        let mut access: Value = serde_json::from_str(&vault.read(&secret)?)?;
        access["password"] = password.into();
        vault.change(&secret, &access.to_string())
    }

    /// What a stack tells about itself.
    pub fn output_of(&self, stack: &str, name: &str) -> Result<String> {
        let run = self.run(&["infra", "outputs", "--format", "json"])?;
        let document: Value = serde_json::from_str(&run.expect_success()?.stdout)?;
        let value = &document["stacks"][format!("{SITE}-{stack}")][name];
        let value = value.as_str();
        Ok(value
            .with_context(|| format!("no output {name}\n{run}"))?
            .to_owned())
    }

    /// Where the load balancer is reached, and the name that it knows itself by.
    pub fn balancer(&self) -> Result<(SocketAddr, String)> {
        let host = self.output_of("app", "BalancerDns")?;
        Ok((self.emulator.host().parse()?, host))
    }

    /// What the site answers a visitor at its load balancer.
    pub fn ask(&self, path: &str) -> Result<String> {
        let (address, host) = self.balancer()?;
        Ok(Question::ask_for(address, &host, path)?.answer()?)
    }

    /// Whether every deployment of the service has come to its end.
    pub fn is_settled(&self) -> Result<bool> {
        let (cluster, service) = match self.place.get() {
            Some(place) => place.clone(),
            None => {
                let found = (
                    self.output_of("app", "Cluster")?,
                    self.output_of("app", "Service")?,
                );
                self.place.get_or_init(|| found).clone()
            }
        };
        let body = json!({ "cluster": cluster, "services": [service] });
        let answer = Vault::of(&self.emulator).ecs("DescribeServices", &body)?;
        let deployments = answer["services"][0]["deployments"].as_array();
        let deployments = deployments.context("the service has no deployments")?;
        // The emulator goes on telling about those that have failed.
        let mut states = deployments
            .iter()
            .map(|deployment| &deployment["rolloutState"]);
        Ok(states.all(|state| state == "COMPLETED" || state == "FAILED"))
    }

    /// `wpimg status` as JSON.
    pub fn status(&self) -> Result<Value> {
        let run = self.run(&["status", "--format", "json"])?;
        Ok(serde_json::from_str(&run.expect_success()?.stdout)?)
    }

    /// Pushes the image of a recipe to the site's repository under a tag.
    pub fn push(&self, recipe: &Path, tag: &str) -> Result<()> {
        let repository = self.output_of("app", "Repository")?;
        ensure!(
            repository.starts_with(ECR_HOST),
            "the repository is {repository}"
        );
        let output = self.directory.path().join(format!("{tag}.oci"));
        let build = Wpimg::build()?
            .option("--cache-dir", shared_cache()?)
            .option("--recipe", recipe)
            .option("--output", output)
            .option("--tag", format!("{repository}:{tag}"))
            .arg("--push");
        self.emulator
            .instead_of_aws(build)
            .run()?
            .expect_success()?;
        Ok(())
    }
}
