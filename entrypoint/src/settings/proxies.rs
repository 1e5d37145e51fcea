//! Whose word about a visitor's address is believed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::server::parsed;
use super::{Environment, SettingsError};

/// A network such as `10.0.0.0/16`, or one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or(())?,
        };
        Ok(Self { address, bits })
    }
}

/// As nginx's `set_real_ip_from` takes it.
impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.bits)
    }
}

struct Networks(Vec<Network>);

impl FromStr for Networks {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let words = text.split([' ', ',', '\n', '\t']);
        let networks = words.filter(|word| !word.is_empty()).map(str::parse);
        networks.collect::<Result<_, ()>>().map(Self)
    }
}

/// The networks that `WPIMG_TRUSTED_PROXIES` lists.
pub(super) fn trusted_proxies(environment: &Environment) -> Result<Vec<Network>, SettingsError> {
    const EXPECTED: &str = "networks such as `10.0.0.0/16 fd00::/8`, with spaces or commas between";
    let networks = parsed(environment, "WPIMG_TRUSTED_PROXIES", EXPECTED)?;
    Ok(networks.map_or_else(Vec::new, |Networks(networks)| networks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(text: &str) -> Result<Vec<String>, SettingsError> {
        let networks = trusted_proxies(&[("WPIMG_TRUSTED_PROXIES", text)].into())?;
        Ok(networks.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn networks_and_single_addresses_are_taken() {
        assert_eq!(
            trusted("10.0.0.0/16, fd00::/8 192.0.2.1").unwrap(),
            ["10.0.0.0/16", "fd00::/8", "192.0.2.1/32"]
        );
        assert_eq!(trusted("").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for wrong in [
            "10.0.0.0/33",
            "::/129",
            "alb",
            "10.0.0/8",
            "10.0.0.0/8;",
            "10.0.0.0/-1",
        ] {
            let error = trusted(wrong).unwrap_err().to_string();
            assert!(
                error.contains("WPIMG_TRUSTED_PROXIES") && error.contains(wrong),
                "{error}"
            );
        }
    }
}
