//! Looks a host's name up once per run.
//!
//! The system resolver would be asked for every connection, and a mirror behind a rotating name
//! could change in the middle of a build. A failed look-up is not remembered.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{net, sync::OnceCell};

type Answer = Arc<OnceCell<Vec<SocketAddr>>>;

/// Remembers the addresses of every host it was asked for.
#[derive(Default)]
pub(super) struct RememberingResolver {
    answers: Mutex<HashMap<String, Answer>>,
}

impl RememberingResolver {
    fn answer(&self, host: &str) -> Answer {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(answers.entry(host.to_owned()).or_default())
    }
}

impl Resolve for RememberingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let answer = self.answer(&host);
        Box::pin(async move {
            let addresses = answer.get_or_try_init(|| look_up(&host)).await?.clone();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

async fn look_up(host: &str) -> io::Result<Vec<SocketAddr>> {
    // Port 0 is replaced by the URL's port.
    let addresses: Vec<_> = net::lookup_host((host, 0)).await?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(addresses)
}
