//! Challenges: how a registry asks who we are (`WWW-Authenticate`, RFC 7235, 4.1).

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    Basic,
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
    /// A scheme we do not know.
    Other(String),
}

impl Challenge {
    /// Reads all challenges of one header; what is malformed is left out.
    pub(crate) fn parse_all(header: &str) -> Vec<Self> {
        let mut rest = Rest(header);
        let mut challenges = Vec::new();
        while let Some(scheme) = rest.scheme() {
            let mut realm = None;
            let (mut service, mut scope) = (None, None);
            while let Some((name, value)) = rest.parameter() {
                match name.to_ascii_lowercase().as_str() {
                    "realm" => realm = Some(value),
                    "service" => service = Some(value),
                    "scope" => scope = Some(value),
                    _ => {}
                }
            }
            match (scheme.to_ascii_lowercase().as_str(), realm) {
                ("basic", _) => challenges.push(Self::Basic),
                ("bearer", Some(realm)) => challenges.push(Self::Bearer {
                    realm,
                    service,
                    scope,
                }),
                _ => challenges.push(Self::Other(scheme.chars().take(40).collect())),
            }
        }
        challenges
    }
}

/// What is left of a header to read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes the next word that starts a challenge.
    fn scheme(&mut self) -> Option<&'a str> {
        self.skip_separators();
        let word = self.token()?;
        Some(word)
    }

    /// Takes `name=value` or `name="value"`; a word without `=` is the next challenge's.
    fn parameter(&mut self) -> Option<(&'a str, String)> {
        let before = self.0;
        self.skip_separators();
        let found = self.token().and_then(|name| {
            self.0 = self.0.trim_start();
            self.0 = self.0.strip_prefix('=')?.trim_start();
            Some((name, self.value()))
        });
        if found.is_none() {
            self.0 = before;
        }
        found
    }

    fn value(&mut self) -> String {
        let Some(quoted) = self.0.strip_prefix('"') else {
            return self.token().unwrap_or_default().to_owned();
        };
        let mut value = String::new();
        let mut characters = quoted.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => {
                    self.0 = &quoted[at + 1..];
                    return value;
                }
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                _ => value.push(c),
            }
        }
        self.0 = "";
        value
    }

    fn token(&mut self) -> Option<&'a str> {
        let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | '=' | '"');
        let end = self.0.find(is_end).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(end);
        if token.is_empty() {
            return None;
        }
        self.0 = rest;
        Some(token)
    }

    fn skip_separators(&mut self) {
        self.0 = self
            .0
            .trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Challenge;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn the_challenges_of_registries_are_understood() {
        let check = |text: &str, expected: &[Challenge]| {
            assert_eq!(Challenge::parse_all(text), expected, "{text}");
        };
        check(
            r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push""#,
            &[bearer(
                "https://auth.example/token",
                Some("r.example"),
                Some("repository:a/b:pull,push"),
            )],
        );
        check(
            r#"Basic realm="https://1.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com""#,
            &[Challenge::Basic],
        );
        check(
            r#"Negotiate, bearer Realm = https://x , Basic realm="a \"b\", c""#,
            &[
                Challenge::Other("Negotiate".to_owned()),
                bearer("https://x", None, None),
                Challenge::Basic,
            ],
        );
        check("Bearer service=x", &[Challenge::Other("Bearer".to_owned())]);
        check("", &[]);
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parser_hang_or_panic(text in "[a-zA-Z=,\" \\\\]{0,40}") {
            prop_assert!(Challenge::parse_all(&text).len() <= 40);
        }
    }
}
