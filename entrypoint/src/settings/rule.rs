//! What a setting of WordPress may hold, and the one form in which PHP gets it.

use super::Secret;

/// Longer is no name that DNS has.
const LONGEST_HOST: usize = 253;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// One line.
    Text,
    /// One line that no message shows.
    Hidden,
    /// `1` or `0`, on or off, true or false.
    Switch,
    /// One of these words; the second part lists them for a person.
    OneOf(&'static [&'static str], &'static str),
    /// A whole number from the first to the second; the third says so.
    Number(u32, u32, &'static str),
    /// Where a site is: scheme, host, perhaps a port and a path.
    Address,
    /// A host name or an IP address.
    Host,
    /// A memory limit as PHP writes it.
    Memory,
    Mail,
    /// One or more certificates as PEM.
    Certificates,
}

impl Rule {
    /// The value as PHP gets it, or what was expected instead.
    pub(super) fn normalised(self, value: &Secret) -> Result<Secret, &'static str> {
        let expected = self.expected();
        let text = str::from_utf8(value.expose()).map_err(|_| expected)?;
        let good = match self {
            Self::Text | Self::Hidden => is_line(text).then(|| text.to_owned()),
            Self::Switch => match text.trim() {
                "1" | "on" | "true" => Some("1".to_owned()),
                "0" | "off" | "false" => Some("0".to_owned()),
                _ => None,
            },
            Self::OneOf(words, _) => words.contains(&text.trim()).then(|| text.trim().to_owned()),
            Self::Number(least, most, _) => {
                let number = text.trim().parse::<u32>().ok();
                let within = number.filter(|number| (least..=most).contains(number));
                within.map(|number| number.to_string())
            }
            Self::Address => address(text.trim()),
            Self::Host => is_host(text.trim()).then(|| text.trim().to_owned()),
            Self::Memory => is_memory(text.trim()).then(|| text.trim().to_owned()),
            Self::Mail => is_mail(text.trim()).then(|| text.trim().to_owned()),
            Self::Certificates => text
                .contains("-----BEGIN CERTIFICATE-----")
                .then(|| format!("{}\n", text.trim_end())),
        };
        good.map(|text| Secret::new(text.into_bytes()))
            .ok_or(expected)
    }

    pub(super) fn may_be_shown(self) -> bool {
        !matches!(self, Self::Hidden | Self::Certificates)
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::Hidden => "one line of text",
            Self::Switch => "1 or 0, on or off",
            Self::OneOf(_, expected) | Self::Number(_, _, expected) => expected,
            Self::Address => "an address such as `https://shop.example` without a query",
            Self::Host => "a host name or an IP address",
            Self::Memory => "a size such as `256M`",
            Self::Mail => "an e-mail address",
            Self::Certificates => {
                "certificates as PEM; to name a file with them, put `_FILE` behind the variable's name"
            }
        }
    }
}

fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Without the slash at the end, as WordPress keeps it.
fn address(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // An IPv6 address has colons of its own, inside brackets.
    let end = authority.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match authority[end..].find(':') {
        Some(colon) => authority.split_at(end + colon),
        None => (authority, ""),
    };
    let host = host
        .strip_prefix('[')
        .map_or(Some(host), |host| host.strip_suffix(']'))?;
    let port_is_good = port.is_empty() || port[1..].parse::<u16>().is_ok_and(|port| port > 0);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._~%-".contains(&byte);
    (is_host(host) && port_is_good && path.bytes().all(plain)).then(|| text.to_owned())
}

fn is_host(text: &str) -> bool {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_label =
        |label: &str| !label.is_empty() && label.len() < 64 && label.bytes().all(allowed);
    text.len() <= LONGEST_HOST && text.split('.').all(is_label)
}

/// `-1` is PHP's word for no limit.
fn is_memory(text: &str) -> bool {
    let digits = text.strip_suffix(['K', 'M', 'G', 'k', 'm', 'g']);
    let number = digits.unwrap_or(text);
    text == "-1"
        || number.starts_with(|first| matches!(first, '1'..='9')) && number.parse::<u64>().is_ok()
}

fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |character: char| !character.is_whitespace() && !character.is_control();
    !name.is_empty() && name.chars().all(plain) && is_host(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_a_host_and_no_query() {
        for good in [
            "http://localhost",
            "https://shop.example:8443",
            "https://shop.example/blog",
            "http://[::1]:8080/a-b_c/%7Ed",
            "http://127.0.0.1",
        ] {
            assert_eq!(address(good).as_deref(), Some(good));
        }
        for wrong in [
            "",
            "https://",
            "shop.example",
            "ftp://shop.example",
            "https://shop.example?a",
            "https://keeper@shop.example",
            "https://shop.example:0",
            "https://shop.example:x",
            "https://shop example",
            "https://shop..example",
            "https://[::1",
            "https://shop.example/a'b",
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_as_php_reads_them() {
        for good in ["256M", "1g", "-1", "134217728"] {
            assert!(is_memory(good), "{good}");
        }
        for wrong in ["", "M", "0", "256MB", "1.5G", "-2", "+1M"] {
            assert!(!is_memory(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_e_mail_address_has_a_name_and_a_host() {
        assert!(is_mail("keeper+shop@mail.shop.example"));
        for wrong in ["keeper", "@shop.example", "keeper@", "a b@shop.example"] {
            assert!(!is_mail(wrong), "{wrong}");
        }
    }
}
