//! Which registry names belong to ECR.
//!
//! ```text
//! <account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn]
//! <account>.dkr-ecr[-fips].<region>.on.aws                            IPv4 and IPv6
//! public.ecr.aws
//! ```
//!
//! A name decides who is sent a password, so the whole of it has to match: no port, no other
//! suffix, and China's regions only below China's suffix. Source: Amazon ECR user guide, "Private
//! registry" and "Getting started with making requests over IPv6".

use std::fmt;

/// The registry that everybody can pull from.
const PUBLIC: &str = "public.ecr.aws";
const ACCOUNT_DIGITS: usize = 12;
/// No region has a name half as long.
const LONGEST_REGION: usize = 32;

/// A registry of Amazon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EcrHost {
    Private(PrivateHost),
    Public,
}

/// The registry that an account has in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateHost {
    host: String,
    account: String,
    region: String,
    standard: Standard,
    stack: Stack,
}

/// Whether only validated cryptography may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    Usual,
    Fips,
}

/// Which versions of the Internet Protocol the host answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    Ipv4,
    Dual,
}

impl EcrHost {
    /// Returns nothing for a registry that is not Amazon's.
    pub fn parse(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        if host == PUBLIC {
            return Some(Self::Public);
        }
        PrivateHost::parse(host).map(Self::Private)
    }
}

impl fmt::Display for EcrHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private(private) => formatter.write_str(&private.host),
            Self::Public => formatter.write_str(PUBLIC),
        }
    }
}

impl PrivateHost {
    fn parse(host: String) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let (stack, rest) = if let Some(rest) = rest.strip_prefix("dkr.ecr") {
            (Stack::Ipv4, rest)
        } else {
            (Stack::Dual, rest.strip_prefix("dkr-ecr")?)
        };
        let (standard, rest) = match rest.strip_prefix("-fips") {
            Some(rest) => (Standard::Fips, rest),
            None => (Standard::Usual, rest),
        };
        let (region, suffix) = rest.strip_prefix('.')?.split_once('.')?;
        let is_china = region.starts_with("cn-");
        let expected = match (stack, is_china) {
            (Stack::Ipv4, false) => "amazonaws.com",
            (Stack::Ipv4, true) => "amazonaws.com.cn",
            (Stack::Dual, false) => "on.aws",
            (Stack::Dual, true) => "on.amazonwebservices.com.cn",
        };
        if suffix != expected || !is_account(account) || !is_region(region) {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            standard,
            stack,
            host,
        })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    pub fn standard(&self) -> Standard {
        self.standard
    }

    pub fn stack(&self) -> Stack {
        self.stack
    }
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `eu-west-1`, `us-gov-east-1`: words and a number. The region becomes part of host names.
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [first @ .., number] = words.as_slice() else {
        return false;
    };
    text.len() <= LONGEST_REGION
        && first.len() >= 2
        && first
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn private(host: &str) -> PrivateHost {
        match EcrHost::parse(host) {
            Some(EcrHost::Private(private)) => private,
            other => panic!("{host}: {other:?}"),
        }
    }

    #[test]
    fn every_kind_of_private_registry_is_known() {
        for (host, region, standard, stack) in [
            (
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                "eu-west-1",
                Standard::Usual,
                Stack::Ipv4,
            ),
            (
                "123456789012.dkr.ecr-fips.us-gov-east-1.amazonaws.com",
                "us-gov-east-1",
                Standard::Fips,
                Stack::Ipv4,
            ),
            (
                "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
                Standard::Usual,
                Stack::Ipv4,
            ),
            (
                "123456789012.dkr-ecr.us-east-1.on.aws",
                "us-east-1",
                Standard::Usual,
                Stack::Dual,
            ),
            (
                "123456789012.dkr-ecr-fips.us-east-1.on.aws",
                "us-east-1",
                Standard::Fips,
                Stack::Dual,
            ),
            (
                "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
                "cn-north-1",
                Standard::Usual,
                Stack::Dual,
            ),
        ] {
            let parsed = private(host);
            assert_eq!(parsed.account(), "123456789012");
            assert_eq!(
                (parsed.region(), parsed.standard(), parsed.stack()),
                (region, standard, stack)
            );
            assert_eq!(EcrHost::Private(parsed).to_string(), host);
        }
    }

    #[test]
    fn host_names_have_no_case() {
        let parsed = private("123456789012.DKR.ecr.EU-west-1.AmazonAWS.com");
        assert_eq!(
            parsed.host(),
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
        );
        assert_eq!(EcrHost::parse("Public.ECR.aws"), Some(EcrHost::Public));
    }

    #[test]
    fn a_name_that_only_looks_like_ecr_is_somebody_elses() {
        for host in [
            "",
            "docker.io",
            "amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
            "123456789012.dkr.ecr.eu-west-1.evil-amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.evil.example.amazonaws.com",
            "123456789012.dkr.ecr.evil.example/.amazonaws.com",
            "evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "evil.example.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "user@123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com:443",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com\n",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.on.aws",
            "123456789012.dkr-ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecrx.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr-fipsy.eu-west-1.amazonaws.com",
            "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
            "1234567890123.dkr.ecr.eu-west-1.amazonaws.com",
            "12345678901a.dkr.ecr.eu-west-1.amazonaws.com",
            "١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr..amazonaws.com",
            "123456789012.dkr.ecr.west.amazonaws.com",
            "123456789012.dkr.ecr.eu--1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-.amazonaws.com",
            "123456789012.dkr.ecr.eu_west-1.amazonaws.com",
            "public.ecr.aws.evil.example",
            "evil.public.ecr.aws",
            "public.ecr.aws:443",
        ] {
            assert_eq!(EcrHost::parse(host), None, "{host}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_for_ecr_ends_as_ecr_does(
            host in "([0-9]{12}|\\PC{0,8})\\.dkr[.-]ecr(-fips)?\\.(eu-west-1|cn-north-1|\\PC{0,8})\\.(amazonaws\\.com|on\\.aws|amazonaws\\.com\\.cn|\\PC{0,8})"
        ) {
            if let Some(EcrHost::Private(private)) = EcrHost::parse(&host) {
                prop_assert!(
                    [".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".on.amazonwebservices.com.cn"]
                        .iter()
                        .any(|suffix| private.host().ends_with(suffix))
                );
                prop_assert!(private.host().bytes().all(
                    |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte)
                ));
            }
        }
    }
}
