//! Whether the site answers, asked at its load balancer: the name of the site need not lead there yet, and a cache in front
//! of it would answer for it.

use std::time::Duration;

use reqwest::{Client, StatusCode, header::HOST, redirect::Policy};

use super::{Live, ReleaseError};
use crate::{commands::Context, error_report::Failure};

/// More than a page takes that nobody has asked for yet.
const PATIENCE: Duration = Duration::from_secs(15);

/// The image answers it with 200 where nginx and PHP serve, and nobody else does.
const READY: &str = "readyz";

/// What is asked of the load balancer.
#[derive(Debug, Clone)]
pub(crate) struct SiteQuestion {
    scheme: String,
    /// The site's name, in the request and in TLS.
    host: String,
    asked: Asked,
}

/// Who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// The load balancer, by its own name: its addresses change.
    Balancer(String),
    /// Whoever the site's name leads to: a load balancer behind CloudFront answers CloudFront only.
    Name,
    /// A host and a port, for a test or a tunnel.
    Endpoint(String),
}

impl SiteQuestion {
    /// Nothing where the stack does not say where the site is.
    pub(crate) fn of(live: &Live, context: &Context) -> Result<Option<Self>, Failure> {
        let (Ok(address), Ok(balancer)) = (live.output("Address"), live.output("BalancerDns"))
        else {
            return Ok(None);
        };
        let (scheme, host) = address.split_once("://").unwrap_or(("https", &address));
        let asked = match endpoint(context)? {
            Some(endpoint) => Asked::Endpoint(endpoint),
            None if live.output("DistributionId").is_ok() => Asked::Name,
            None => Asked::Balancer(balancer),
        };
        Ok(Some(Self {
            scheme: scheme.to_owned(),
            host: host.trim_end_matches('/').to_owned(),
            asked,
        }))
    }

    /// Asks once: whether it is our image that is behind the load balancer, and whether the site has a page. What it
    /// answers is its own business, also a redirection to the installation, as long as it is no failure of the server.
    pub(crate) async fn ask(&self) -> Result<(), String> {
        let client = self.client().await?;
        let ready = self.get(&client, READY).await?;
        if ready != StatusCode::OK {
            return Err(format!("`{}/{READY}` answers {ready}", self.host));
        }
        let page = self.get(&client, "").await?;
        if page.is_server_error() {
            return Err(format!("`{}/` answers {page}", self.host));
        }
        Ok(())
    }

    async fn client(&self) -> Result<Client, String> {
        let mut builder = Client::builder().timeout(PATIENCE).redirect(Policy::none());
        if let Asked::Balancer(balancer) = &self.asked {
            let found = tokio::net::lookup_host((balancer.as_str(), 0)).await;
            let addresses: Vec<_> = found
                .map_err(|error| format!("`{balancer}` has no address: {error}"))?
                .collect();
            // A proxy would look the name up itself.
            builder = builder.resolve_to_addrs(&self.host, &addresses).no_proxy();
            // Without a name of its own the site has the load balancer's, for which nobody has a certificate.
            if *balancer == self.host {
                builder = builder.tls_danger_accept_invalid_certs(true);
            }
        }
        builder.build().map_err(|error| causes(&error))
    }

    async fn get(&self, client: &Client, path: &str) -> Result<StatusCode, String> {
        let authority = match &self.asked {
            Asked::Endpoint(endpoint) => endpoint,
            Asked::Balancer(_) | Asked::Name => &self.host,
        };
        let url = format!("{}://{authority}/{path}", self.scheme);
        let request = client.get(url).header(HOST, &self.host);
        match request.send().await {
            Ok(answer) => Ok(answer.status()),
            Err(error) => Err(causes(&error.without_url())),
        }
    }
}

/// Where the load balancer is reached instead, for a test or a tunnel.
fn endpoint(context: &Context) -> Result<Option<String>, ReleaseError> {
    let Some(text) = &context.environment.balancer_endpoint else {
        return Ok(None);
    };
    let wrong = || ReleaseError::Endpoint { text: text.clone() };
    let (_, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    port.parse::<u16>().map_err(|_| wrong())?;
    Ok(Some(text.clone()))
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
