//! Networks in CIDR notation.

use std::net::{IpAddr, Ipv4Addr};

use super::ValueError;

/// An address and how many of its first bits make the network.
pub(super) struct Network {
    pub(super) address: IpAddr,
    pub(super) bits: Option<u8>,
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(bits.parse().ok().filter(|bits| *bits <= most)?)
            }
            Some(_) => return None,
            None => None,
        };
        Some(Self { address, bits })
    }
}

/// Refuses what the web application firewall does: no single addresses without `/32`, not `/0`, and no bits behind the
/// network's (WAFv2 API reference, "IPSet"; the last is not written there, and is what the service answers).
pub(super) fn check_firewall_entry(text: &str, expected: &'static str) -> Result<(), ValueError> {
    let unfit = |nearest| ValueError::Unfit {
        text: text.to_owned(),
        expected: expected.into(),
        nearest,
    };
    let Some(network) = Network::parse(text) else {
        return Err(unfit(None));
    };
    match (network.address, network.bits) {
        (IpAddr::V4(_), None) => Err(unfit(Some(format!("{text}/32")))),
        (IpAddr::V4(address), Some(bits @ 1..)) => {
            let first = Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << (32 - bits)));
            if first == address {
                return Ok(());
            }
            Err(ValueError::BitsBehind {
                text: text.to_owned(),
                bits,
                network: format!("{first}/{bits}"),
            })
        }
        (IpAddr::V4(_), Some(0)) | (IpAddr::V6(_), _) => Err(unfit(None)),
    }
}
