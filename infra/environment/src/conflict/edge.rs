//! What stands between visitors and the load balancer: name, certificates, CloudFront, firewalls.

use super::{Choices, Clash, Conflict};

/// Characters of the first name of a certificate (ACM API reference, "RequestCertificate").
const LONGEST_ISSUED: usize = 64;

pub(super) fn zone_has_a_domain(choices: &Choices<'_>) -> Option<Clash> {
    let clashes = choices.has("HostedZone") && !choices.has("Domain");
    clashes.then_some(Clash {
        about: &["HostedZone", "Domain"],
        conflict: Conflict::ZoneWithoutDomain,
    })
}

pub(super) fn distribution_has_a_domain(choices: &Choices<'_>) -> Option<Clash> {
    let clashes = choices.has("DistributionCertificate") && !choices.has("Domain");
    clashes.then_some(Clash {
        about: &["DistributionCertificate", "Domain"],
        conflict: Conflict::DistributionWithoutDomain,
    })
}

pub(super) fn distribution_firewall_has_a_distribution(choices: &Choices<'_>) -> Option<Clash> {
    let clashes = choices.has("DistributionFirewall") && !choices.has("DistributionCertificate");
    clashes.then_some(Clash {
        about: &["DistributionFirewall", "DistributionCertificate"],
        conflict: Conflict::FirewallWithoutDistribution,
    })
}

/// The firewall alone knows the list, so without one there is none.
pub(super) fn admin_networks_have_a_firewall(choices: &Choices<'_>) -> Option<Clash> {
    let clashes = choices.has("AdminNetworks") && !choices.is("Firewall", "on");
    clashes.then_some(Clash {
        about: &["AdminNetworks", "Firewall"],
        conflict: Conflict::NetworksWithoutFirewall,
    })
}

/// With CloudFront's prefix list port 80 is closed to everybody, and without a certificate nothing listens on port 443.
pub(super) fn visitors_get_in(choices: &Choices<'_>) -> Option<Clash> {
    let clashes =
        choices.has("CloudFrontPrefixList") && !choices.has("Certificate") && !is_issued(choices);
    clashes.then_some(Clash {
        about: &["CloudFrontPrefixList", "Certificate", "HostedZone"],
        conflict: Conflict::Unreachable,
    })
}

pub(super) fn certificate_can_be_issued(choices: &Choices<'_>) -> Option<Clash> {
    let length = choices.of("Domain").len();
    (is_issued(choices) && length > LONGEST_ISSUED).then_some(Clash {
        about: &["Domain"],
        conflict: Conflict::DomainTooLong {
            length,
            limit: LONGEST_ISSUED,
        },
    })
}

/// Whether the app stack asks for a certificate itself, as its condition `IsIssued` says.
fn is_issued(choices: &Choices<'_>) -> bool {
    choices.has("Domain") && choices.has("HostedZone") && !choices.has("Certificate")
}
