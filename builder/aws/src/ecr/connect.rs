//! A client for the registry of a host name.

use aws_config::Region;
use aws_sdk_ecr::Client;

use crate::{
    host::{PrivateHost, Stack, Standard},
    session,
};

pub(super) async fn client(host: &PrivateHost, profile: Option<&str>) -> Client {
    let mut loader = session::loader().region(Region::new(host.region().to_owned()));
    // The name of the registry is the wish; a profile that wishes the same is respected too.
    if host.standard() == Standard::Fips {
        loader = loader.use_fips(true);
    }
    if host.stack() == Stack::Dual {
        loader = loader.use_dual_stack(true);
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    Client::new(&loader.load().await)
}
