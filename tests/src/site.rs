//! A WordPress site on real parts: network, database and the image under test, and what a person does with it.

use std::net::IpAddr;

use anyhow::{Result, ensure};

use crate::docker::{Container, Launch, Network};
use crate::http::{Client, Response};
use crate::image::Image;

/// The port on which the image serves.
pub const WEB_PORT: u16 = 8080;
pub const ADMIN: &str = "keeper";
pub const PASSWORD: &str = "correct horse battery staple";

/// As `tests/images/mariadb/accounts.sql` sets it.
pub const DATABASE_PASSWORD: &str = "wordpress-test-password";

const DATABASE_PORT: u16 = 3306;

/// One site; dropping it removes its containers, then its network.
pub struct Site {
    pub web: Container,
    pub database: Database,
}

/// A running database and the network on which it is called `database`.
pub struct Database {
    server: Container,
    pub network: Network,
}

impl Database {
    pub fn start() -> Result<Self> {
        Self::start_in(Network::create()?, |server| server)
    }

    /// Starts a database on a network that others may be on already, its container changed by `adjust` first.
    pub fn start_in(network: Network, adjust: impl FnOnce(Launch) -> Launch) -> Result<Self> {
        let server = Launch::of(Image::Mariadb.tag()?)
            .network(&network, "database")
            .tmpfs("/var/lib/mysql:uid=999,gid=999")
            .publish(DATABASE_PORT);
        let server = adjust(server).start()?;
        server.wait_for_greeting(DATABASE_PORT)?;
        Ok(Self { server, network })
    }

    /// The address of the server on its network.
    pub fn address(&self) -> Result<IpAddr> {
        Ok(self.server.direct_address(DATABASE_PORT)?.ip())
    }

    /// Where this machine reaches it.
    pub fn published_address(&self) -> Result<String> {
        self.server.address(DATABASE_PORT)
    }

    /// The image under test, set up to find this database by the variables of the official image.
    pub fn wordpress(&self, alias: &str) -> Result<Launch> {
        Ok(self
            .wordpress_without_password(alias)?
            .env("WORDPRESS_DB_PASSWORD", DATABASE_PASSWORD))
    }

    /// The same without the password, for tests that hand it over in another way.
    pub fn wordpress_without_password(&self, alias: &str) -> Result<Launch> {
        Ok(self.launch_without_password(Image::Wordpress.tag()?, alias))
    }

    /// Another image with a site in it, set up to find this database.
    pub fn launch(&self, image: &str, alias: &str) -> Launch {
        self.launch_without_password(image, alias)
            .env("WORDPRESS_DB_PASSWORD", DATABASE_PASSWORD)
    }

    fn launch_without_password(&self, image: &str, alias: &str) -> Launch {
        site_on(&self.network, image, alias)
    }
}

/// A site that looks for a database called `database`, whether or not there is one yet.
pub fn site_on(network: &Network, image: &str, alias: &str) -> Launch {
    Launch::of(image)
        .network(network, alias)
        .publish(WEB_PORT)
        .env("WORDPRESS_DB_HOST", "database")
        .env("WORDPRESS_DB_NAME", "wordpress")
        .env("WORDPRESS_DB_USER", "wordpress")
}

impl Site {
    /// Starts a site that has not been installed yet.
    pub fn start() -> Result<Self> {
        Self::start_with(|launch| launch)
    }

    /// Starts a site whose web container is changed by `adjust` first.
    pub fn start_with(adjust: impl FnOnce(Launch) -> Launch) -> Result<Self> {
        let database = Database::start()?;
        let web = adjust(database.wordpress("site")?).start()?;
        web.wait_for_http(WEB_PORT, "/healthz")?;
        Ok(Self { web, database })
    }

    pub fn client(&self) -> Result<Client> {
        self.web.client(WEB_PORT)
    }
}

/// Goes through WordPress's install form; the address used becomes the site's address.
pub fn install(client: &Client) -> Result<()> {
    let form = client.get("/wp-admin/install.php")?;
    ensure!(
        form.status == 200,
        "the install page answers {}: {}",
        form.status,
        form.text()
    );
    let done = client.post(
        "/wp-admin/install.php?step=2",
        &[
            ("weblog_title", "Test site"),
            ("user_name", ADMIN),
            ("admin_password", PASSWORD),
            ("admin_password2", PASSWORD),
            ("admin_email", "keeper@site.example"),
            ("blog_public", "0"),
            ("language", ""),
        ],
    )?;
    ensure!(
        done.status == 200 && done.text().contains("wp-login.php"),
        "the installation answers {}: {}",
        done.status,
        done.text()
    );
    Ok(())
}

/// Logs the administrator in; the client keeps the cookies.
pub fn log_in(client: &Client) -> Result<Response> {
    // The first visit sets the cookie by which WordPress learns that cookies work.
    client.get("/wp-login.php")?;
    let answer = client.post(
        "/wp-login.php",
        &[
            ("log", ADMIN),
            ("pwd", PASSWORD),
            ("testcookie", "1"),
            ("redirect_to", &client.url("/wp-admin/")),
        ],
    )?;
    ensure!(
        answer.status == 302,
        "the login answers {}: {}",
        answer.status,
        answer.text()
    );
    Ok(answer)
}
