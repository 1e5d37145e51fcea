//! What the text of some parameters has to be beyond its pattern, because a service refuses it late.

use super::{
    ValueError,
    network::{Network, check_firewall_entry},
    pattern,
    schedule::is_schedule,
};

/// Characters of a domain name, and of what is between its dots (RFC 1035, section 2.3.4).
const LONGEST_DOMAIN: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A family and a size, such as `t4g.medium` and `u-6tb1.metal`.
const INSTANCE_TYPE: &str = r"[a-z0-9-]+\.[a-z0-9-]+";

/// A parameter that is looked at here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    /// Of the web application firewall.
    AdminNetworks,
    /// The template's pattern knows digits, but not that 255 is the most.
    Cidr,
    /// Web ACLs for load balancers are in us-east-1 too (WAFv2 API reference, "WebACL").
    DistributionFirewall,
    Domain,
    InstanceType,
    PeakEnd,
    PeakStart,
    /// The container reads them when it starts, and does not start with others (`entrypoint/src/settings/proxies.rs`).
    TrustedProxies,
}

impl Format {
    pub(crate) const ALL: [Self; 8] = [
        Self::AdminNetworks,
        Self::Cidr,
        Self::DistributionFirewall,
        Self::Domain,
        Self::InstanceType,
        Self::PeakEnd,
        Self::PeakStart,
        Self::TrustedProxies,
    ];

    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::AdminNetworks => "AdminNetworks",
            Self::Cidr => "Cidr",
            Self::DistributionFirewall => "DistributionFirewall",
            Self::Domain => "Domain",
            Self::InstanceType => "InstanceType",
            Self::PeakEnd => "PeakEnd",
            Self::PeakStart => "PeakStart",
            Self::TrustedProxies => "TrustedProxies",
        }
    }

    fn of(parameter: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.parameter() == parameter)
    }

    /// What the text, or an entry of the list, has to be.
    fn expected(self) -> &'static str {
        match self {
            Self::AdminNetworks => "an IPv4 network from /1 to /32",
            Self::Cidr => "an IPv4 network from /16 to /21, such as 10.0.0.0/16",
            Self::DistributionFirewall => {
                "the ARN of a global web ACL, arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID"
            }
            Self::Domain => "a name of which AWS makes certificates, such as shop.example.com",
            Self::InstanceType => "a type of EC2 such as t4g.medium",
            Self::PeakEnd | Self::PeakStart => {
                "cron(...) with six fields, rate(1 day) or at(2027-11-26T06:00:00)"
            }
            Self::TrustedProxies => "an address, or a network such as 192.0.2.0/24",
        }
    }

    fn check(self, text: &str) -> Result<(), ValueError> {
        let fits = match self {
            Self::AdminNetworks => return check_firewall_entry(text, self.expected()),
            Self::Cidr | Self::TrustedProxies => Network::parse(text).is_some(),
            Self::DistributionFirewall => text.contains(":global/webacl/"),
            Self::Domain => is_domain(text),
            Self::InstanceType => pattern::matches(INSTANCE_TYPE, text),
            Self::PeakEnd | Self::PeakStart => is_schedule(text),
        };
        if fits {
            return Ok(());
        }
        Err(ValueError::Unfit {
            text: text.to_owned(),
            expected: self.expected().into(),
            nearest: None,
        })
    }
}

/// What a list has entries of.
pub(super) fn entries(parameter: &str) -> &'static str {
    match Format::of(parameter) {
        Some(Format::AdminNetworks) => "IPv4 networks such as 192.0.2.0/24",
        Some(Format::TrustedProxies) => "addresses and networks such as 192.0.2.0/24",
        Some(
            Format::Cidr
            | Format::DistributionFirewall
            | Format::Domain
            | Format::InstanceType
            | Format::PeakEnd
            | Format::PeakStart,
        )
        | None => "texts",
    }
}

/// Refuses what the template takes and its service does not. Of a list it is asked for each entry. An empty text is as if the
/// parameter were not given.
pub(super) fn check(parameter: &str, text: &str) -> Result<(), ValueError> {
    match Format::of(parameter) {
        Some(format) if !text.is_empty() => format.check(text),
        Some(_) | None => Ok(()),
    }
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        label.len() <= LONGEST_LABEL && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= LONGEST_DOMAIN && text.split('.').all(is_label)
}
